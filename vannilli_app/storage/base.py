"""The port: what the product asks of an object store, and the types and errors that go with it.

Every adapter passes `tests/contracts/store.py`. Paths of keys are product.md section 6, "Storage paths".
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from vannilli_app.errors import NotFound, Unavailable

RAW_UPLOADS = "vannilli-raw-uploads"
FINAL_RENDERS = "vannilli-final-renders"
BACKUPS = "vannilli-backups"
BUCKETS = (RAW_UPLOADS, FINAL_RENDERS, BACKUPS)

SHOWCASE = "showcase/"
"""Where the showcase's copies are among the renders: kept until their artist opts out."""

MAX_KEY = 512
MAX_PARTS = 10_000
_BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
# No part begins with a dot, so neither `..` nor a hidden file can be named.
_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,199})*")
_CONTENT_TYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")


class StoreUnavailable(Unavailable):
    """The files cannot be reached right now. Try again in a moment."""

    code = "store_unavailable"


class ObjectMissing(NotFound):
    """That file is no longer there."""

    code = "file_missing"


@dataclass(frozen=True, slots=True)
class PresignedPut:
    """A link that takes one file: send exactly these headers and the promised number of bytes.

    `expires_at` is in UTC. A browser sets `Content-Length` by itself.
    """

    method: str
    url: str
    headers: dict[str, str]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """What is known of a stored file: bytes, the type it was stored with, when it was written (UTC)."""

    size: int
    content_type: str
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class ListedObject:
    """One entry of a listing. `modified_at` is in UTC."""

    key: str
    size: int
    modified_at: datetime


class Store(Protocol):
    """Files under keys in buckets.

    Methods are coroutines, safe to call from any number of tasks of one event loop; the blocking work runs in
    threads, and a cancelled call may still complete there. A file appears whole or not at all; writing a key
    again replaces it. Every method raises `ValueError` for a bucket, key, type or length that could never be
    right, and `StoreUnavailable` when the store does not answer or its disk is full.
    """

    async def presign_put(
        self, bucket: str, key: str, *, content_type: str, size: int, expires: int = 300
    ) -> PresignedPut:
        """A link to upload `size` bytes (1 or more) of `content_type`, valid for `expires` seconds.

        The store answers 200 to that upload and 403 to any other method, type, length, key or time.
        """

    @property
    def part_bytes(self) -> int:
        """How large each part of an upload in parts must be, but the last."""

    async def begin_upload(self, bucket: str, key: str, *, content_type: str) -> str:
        """Begin an upload in parts; the id to name it by. There is no file until `join_parts`."""

    async def presign_part(
        self, bucket: str, key: str, upload: str, number: int, *, size: int, expires: int = 300
    ) -> PresignedPut:
        """A link to send part `number` (1 to 10,000) of `size` bytes, valid for `expires` seconds.

        The store answers 200 to that, 403 to any other length, number or time, 404 when the upload is over. A part
        may be sent again.
        """

    async def parts(self, bucket: str, key: str, upload: str) -> dict[int, int]:
        """The bytes of each part that has arrived, by number. Raises `ObjectMissing` when the upload is over."""

    async def join_parts(self, bucket: str, key: str, upload: str, *, size: int) -> None:
        """Make the parts that have arrived one file, in the order of their numbers, and end the upload.

        Raises `ObjectMissing` when the upload is over, also by somebody who joins it at the same time, and when its
        parts are not `size` bytes together.
        """

    async def abandon_uploads(self, bucket: str, prefix: str, *, before: datetime) -> int:
        """End the uploads in parts of every key that begins with `prefix` (`""` for all) and that were begun before
        then (UTC), and drop their parts; how many there were."""

    async def presign_get(
        self,
        bucket: str,
        key: str,
        *,
        expires: int,
        filename: str | None = None,
        content_type: str | None = None,
    ) -> str:
        """A link to read the file, with Range, for `expires` seconds; 404 if none, 403 when tampered.

        With `filename` (any Unicode) the browser saves it under that name; without, it is shown in place.
        `content_type` overrides the stored type. Whoever has the link can read: check the owner first.
        """

    async def head(self, bucket: str, key: str) -> ObjectInfo | None:
        """What is stored under the key, or None."""

    async def download(self, bucket: str, key: str, path: Path) -> None:
        """Copy the file to `path`, whose folder exists. Raises `ObjectMissing`."""

    async def upload(self, bucket: str, key: str, path: Path, content_type: str) -> None:
        """Store the file at `path`."""

    async def delete(self, bucket: str, key: str) -> None:
        """Remove the file; no error if there is none."""

    async def delete_prefix(self, bucket: str, prefix: str) -> None:
        """Remove every file whose key begins with `prefix`, which ends in a slash."""

    def list(self, bucket: str, prefix: str) -> AsyncIterator[ListedObject]:
        """Every file whose key begins with `prefix` (`""` for all), in the order of keys: `async for`."""


def check_key(bucket: str, key: str) -> None:
    """Raise `ValueError` unless both are names that every store and file system takes."""
    if not _BUCKET.fullmatch(bucket) or len(key) > MAX_KEY or not _KEY.fullmatch(key):
        raise ValueError(f"not a bucket and key: {bucket!r}, {key!r}")


def check_prefix(bucket: str, prefix: str) -> None:
    """Raise `ValueError` unless the prefix is empty or the beginning of a key."""
    check_key(bucket, prefix.removesuffix("/") if prefix else "all")


def check_folder(bucket: str, prefix: str) -> None:
    """Raise `ValueError` unless the prefix names a folder: `user/1` must not reach `user/10`."""
    check_prefix(bucket, prefix)
    if not prefix.endswith("/"):
        raise ValueError(f"a prefix to delete ends in a slash: {prefix!r}")


def check_put(bucket: str, key: str, content_type: str, size: int, expires: int) -> None:
    """Raise `ValueError` for an upload that no store could take."""
    check_key(bucket, key)
    if not _CONTENT_TYPE.fullmatch(content_type) or size < 1 or expires < 1:
        raise ValueError(f"not an upload: {content_type!r}, {size} bytes, {expires} s")


def check_part(bucket: str, key: str, number: int, size: int, expires: int) -> None:
    """Raise `ValueError` for a part that no store could take."""
    check_key(bucket, key)
    if not 1 <= number <= MAX_PARTS or size < 1 or expires < 1:
        raise ValueError(f"not a part: number {number}, {size} bytes, {expires} s")


def content_disposition(filename: str) -> str:
    """The header that saves a file under this name: RFC 6266, with an ASCII name for old clients."""
    name = re.sub(r'[\x00-\x1f\x7f/\\"]', "_", filename)
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace("%", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def located(url: str) -> tuple[str, str]:
    """Bucket and key of a `store:BUCKET/KEY` link, which names a file of ours without opening it."""
    bucket, _, key = url.removeprefix("store:").partition("/")
    return bucket, key
