"""Files that arrive in parts, on a disk of ours, until they are whole. Blocking: `local` calls it in threads.

FOLDER/.parts/UPLOAD/about      which file it will be; as old as the upload
FOLDER/.parts/UPLOAD/NUMBER     a part that has arrived
"""

import json
import secrets
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from vannilli_app.storage.base import ObjectMissing
from vannilli_app.storage.folder import translated

_ABOUT = "about"


class Parts:
    """The uploads that are under way beside the files of `root`. Raises as `Folder` does; `ObjectMissing` for an upload
    that is not, or no longer, under way."""

    def __init__(self, root: Path) -> None:
        self._root = root / ".parts"

    def begin(self, bucket: str, key: str, content_type: str) -> str:
        """A new upload's id."""
        upload = secrets.token_hex(16)
        with translated():
            (self._root / upload).mkdir(parents=True)
            about = {"bucket": bucket, "key": key, "content_type": content_type}
            (self._root / upload / _ABOUT).write_text(json.dumps(about))
        return upload

    def keep(self, upload: str, number: int, written: Path) -> None:
        """Take in a whole part; one of the same number is replaced."""
        with translated():
            written.replace(self._root / upload / str(number))

    def sizes(self, upload: str) -> dict[int, int]:
        """How many bytes each part that has arrived has, in order."""
        with translated():
            found = {path.name: path.stat().st_size for path in (self._root / upload).iterdir()}
        return {int(name): found[name] for name in sorted(found.keys() - {_ABOUT}, key=int)}

    def join(self, upload: str, whole: Path, size: int) -> str:
        """Write all parts in a row to `whole`; the content type that the file was to have.

        Whoever joined the upload a moment before is removing the parts: what is not `size` bytes is not all of it.
        """
        with translated(), whole.open("wb") as target:
            about = json.loads((self._root / upload / _ABOUT).read_text())
            for number in self.sizes(upload):
                with (self._root / upload / str(number)).open("rb") as part:
                    shutil.copyfileobj(part, target)
            if target.tell() != size:
                raise ObjectMissing
        return str(about["content_type"])

    def forget(self, upload: str) -> None:
        """Remove an upload with its parts; no error if there is none."""
        shutil.rmtree(self._root / upload, ignore_errors=True)

    def abandon(self, bucket: str, prefix: str, before: datetime) -> int:
        """Forget the uploads of keys that begin with `prefix` and were begun before then; how many there were."""
        found = [
            upload
            for upload, key, begun in self._under_way(bucket)
            if key.startswith(prefix) and begun < before
        ]
        for upload in found:
            self.forget(upload)
        return len(found)

    def _under_way(self, bucket: str) -> Iterator[tuple[str, str, datetime]]:
        for about in self._root.glob(f"*/{_ABOUT}"):
            try:
                told = json.loads(about.read_text())
                begun = datetime.fromtimestamp(about.stat().st_mtime, UTC)
            except (FileNotFoundError, ValueError):  # it has just been joined, or is just being begun
                continue
            if told["bucket"] == bucket:
                yield about.parent.name, told["key"], begun
