"""A store that waits for another one which is away: for workers, whose long work is not thrown away for that."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from vannilli_app.storage.base import ListedObject, ObjectInfo, PresignedPut, Store, StoreUnavailable

PATIENCE_SECONDS = 300.0
PAUSES = (0.5, 1.0, 2.0, 5.0)  # seconds; the last one again and again

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")


class PatientStore:
    """A `Store` whose calls are repeated while `inner` is away or full, for so many seconds; then it raises as it does.

    Listings are not repeated: what runs over all files runs again by itself.
    """

    def __init__(self, inner: Store, patience: float = PATIENCE_SECONDS) -> None:
        self._inner = inner
        self._patience = patience

    async def presign_put(
        self, bucket: str, key: str, *, content_type: str, size: int, expires: int = 300
    ) -> PresignedPut:
        return await self._inner.presign_put(
            bucket, key, content_type=content_type, size=size, expires=expires
        )

    @property
    def part_bytes(self) -> int:
        return self._inner.part_bytes

    async def begin_upload(self, bucket: str, key: str, *, content_type: str) -> str:
        return await self._persist(lambda: self._inner.begin_upload(bucket, key, content_type=content_type))

    async def presign_part(
        self, bucket: str, key: str, upload: str, number: int, *, size: int, expires: int = 300
    ) -> PresignedPut:
        return await self._inner.presign_part(bucket, key, upload, number, size=size, expires=expires)

    async def parts(self, bucket: str, key: str, upload: str) -> dict[int, int]:
        return await self._persist(lambda: self._inner.parts(bucket, key, upload))

    async def join_parts(self, bucket: str, key: str, upload: str, *, size: int) -> None:
        await self._persist(lambda: self._inner.join_parts(bucket, key, upload, size=size))

    async def abandon_uploads(self, bucket: str, prefix: str, *, before: datetime) -> int:
        return await self._persist(lambda: self._inner.abandon_uploads(bucket, prefix, before=before))

    async def presign_get(
        self,
        bucket: str,
        key: str,
        *,
        expires: int,
        filename: str | None = None,
        content_type: str | None = None,
    ) -> str:
        return await self._inner.presign_get(
            bucket, key, expires=expires, filename=filename, content_type=content_type
        )

    async def head(self, bucket: str, key: str) -> ObjectInfo | None:
        return await self._persist(lambda: self._inner.head(bucket, key))

    async def download(self, bucket: str, key: str, path: Path) -> None:
        await self._persist(lambda: self._inner.download(bucket, key, path))

    async def upload(self, bucket: str, key: str, path: Path, content_type: str) -> None:
        await self._persist(lambda: self._inner.upload(bucket, key, path, content_type))

    async def delete(self, bucket: str, key: str) -> None:
        await self._persist(lambda: self._inner.delete(bucket, key))

    async def delete_prefix(self, bucket: str, prefix: str) -> None:
        await self._persist(lambda: self._inner.delete_prefix(bucket, prefix))

    def list(self, bucket: str, prefix: str) -> AsyncIterator[ListedObject]:
        return self._inner.list(bucket, prefix)

    async def _persist(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        gives_up, tries = time.monotonic() + self._patience, 0
        while True:
            try:
                return await call()
            except StoreUnavailable as error:
                pause = PAUSES[min(tries, len(PAUSES) - 1)]
                if time.monotonic() + pause > gives_up:
                    raise
                log.warning("the store is away and is waited for: %s", error.message)
                await asyncio.sleep(pause)
                tries += 1
