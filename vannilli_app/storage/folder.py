"""Files on a disk of ours, written whole or not at all. Blocking: `local` calls it in threads.

FOLDER/BUCKET/KEY           the file
FOLDER/.types/BUCKET/KEY    its content type
FOLDER/.incoming/RANDOM     being written; renamed when whole, swept when a crash left it
"""

import errno
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from vannilli_app.storage.base import ListedObject, ObjectInfo, ObjectMissing, StoreUnavailable, check_key
from vannilli_app.words import _

_STALE_SECONDS = 6 * 3600
_ATTEMPTS = 50


class Folder:
    """A folder that holds buckets. Safe to use from several threads and processes at once.

    Raises `ObjectMissing` for a file that is not there, `StoreUnavailable` when the disk fails or is full.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / ".incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)
        self._sweep()

    def path(self, bucket: str, key: str) -> Path:
        """Where the file lies, or would lie."""
        check_key(bucket, key)
        return self._root / bucket / key

    def content_type(self, bucket: str, key: str) -> str:
        """The type the file was stored with."""
        with translated():
            return self._type_path(bucket, key).read_text()

    def look(self, bucket: str, key: str) -> tuple[os.stat_result, str] | None:
        """How the file is, and the type it was stored with; None if there is none."""
        try:
            with translated():
                return self.path(bucket, key).stat(), self.content_type(bucket, key)
        except ObjectMissing:
            return None

    def head(self, bucket: str, key: str) -> ObjectInfo | None:
        found = self.look(bucket, key)
        return ObjectInfo(found[0].st_size, found[1], _moment(found[0])) if found else None

    def copy_out(self, bucket: str, key: str, path: Path) -> None:
        part = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        try:
            with translated():
                shutil.copyfile(self.path(bucket, key), part)
                part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    def copy_in(self, bucket: str, key: str, path: Path, content_type: str) -> None:
        with self.incoming() as temporary:
            shutil.copyfile(path, temporary)
            self.publish(temporary, bucket, key, content_type)

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """A name to write to and then `publish`; removed at the end if that did not happen."""
        temporary = self._incoming / secrets.token_hex(16)
        try:
            with translated():
                yield temporary
        finally:
            temporary.unlink(missing_ok=True)

    def publish(self, temporary: Path, bucket: str, key: str, content_type: str) -> None:
        """Make a whole file durable and visible. Its type goes first: no file is ever without one."""
        kind = temporary.with_suffix(".type")
        with translated():
            kind.write_text(content_type)
            _place(kind, self._type_path(bucket, key))
            _place(temporary, self.path(bucket, key))

    def delete(self, bucket: str, key: str) -> None:
        for path in (self.path(bucket, key), self._type_path(bucket, key)):
            path.unlink(missing_ok=True)
            with suppress(OSError):  # a folder that is not empty stays
                for parent in list(path.parents)[: key.count("/")]:
                    parent.rmdir()

    def scan(self, bucket: str, prefix: str) -> list[ListedObject]:
        """Every file whose key begins with `prefix`, in the order of keys."""
        root = self._root / bucket
        found = []
        for folder, _folders, names in os.walk(root / prefix.rpartition("/")[0]):
            for path in (Path(folder, name) for name in names):
                key = path.relative_to(root).as_posix()
                with suppress(FileNotFoundError):  # deleted meanwhile
                    if key.startswith(prefix):
                        status = path.stat()
                        found.append(ListedObject(key, status.st_size, _moment(status)))
        return sorted(found, key=lambda one: one.key)

    def _type_path(self, bucket: str, key: str) -> Path:
        return self._root / ".types" / bucket / key

    def _sweep(self) -> None:
        """Remove what a killed process was still writing."""
        for left in self._incoming.iterdir():
            with suppress(FileNotFoundError):
                if left.stat().st_mtime < time.time() - _STALE_SECONDS:
                    left.unlink()


def _moment(status: os.stat_result) -> datetime:
    return datetime.fromtimestamp(status.st_mtime, UTC)


def _place(written: Path, target: Path) -> None:
    """Rename with everything on the disk first: after a power cut the file is whole or not there."""
    with written.open("rb") as file:
        os.fsync(file.fileno())
    for left in reversed(range(_ATTEMPTS)):
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            written.replace(target)
            break
        except (FileNotFoundError, FileExistsError):  # a deletion takes the emptied folder away meanwhile
            if not left:
                raise
    with suppress(FileNotFoundError):
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def translated() -> Iterator[None]:
    """Turn the disk's errors into ours."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ObjectMissing from error
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise StoreUnavailable(_("There is no room left for files. Try again later.")) from error
        raise StoreUnavailable from error
