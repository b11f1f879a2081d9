"""Files in a folder, behind signed links of our own server that behave as S3's do.

A link is `/files/BUCKET/KEY?method=…&expires=…&…&signature=…`: an HMAC over bucket, key and every parameter,
so that a changed, added or missing one is refused with 403.
"""

import asyncio
import hashlib
import hmac
import time
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlencode

from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from vannilli_app.storage.base import (
    ListedObject,
    ObjectInfo,
    ObjectMissing,
    PresignedPut,
    check_folder,
    check_key,
    check_part,
    check_prefix,
    check_put,
    content_disposition,
)
from vannilli_app.storage.folder import Folder
from vannilli_app.storage.parts import Parts

_PATH = "/files"
_BATCH = 1 << 20
_PART = 1 << 20


def link_key(secret: bytes) -> bytes:
    """The key that signs links, derived so that no other use of the app's secret can make one."""
    return hmac.digest(secret, b"vannilli storage link v1", hashlib.sha256)


class LocalStore:
    """A `Store` in a folder of this machine. `routes(store)` must be served under `base_url`.

    `key` signs the links (see `link_key`); every process of the app needs the same one. A key cannot also be
    the folder of another key, as in any file system.
    """

    def __init__(self, folder: Path, *, base_url: str, key: bytes) -> None:
        self.folder = Folder(folder)
        self._parts = Parts(folder)
        self._base_url = base_url.rstrip("/")
        self._key = key

    async def presign_put(
        self, bucket: str, key: str, *, content_type: str, size: int, expires: int = 300
    ) -> PresignedPut:
        check_put(bucket, key, content_type, size, expires)
        until = int(time.time()) + expires
        url = self._link("PUT", bucket, key, until, {"type": content_type, "size": str(size)})
        return PresignedPut("PUT", url, {"Content-Type": content_type}, datetime.fromtimestamp(until, UTC))

    @property
    def part_bytes(self) -> int:
        return _PART

    async def begin_upload(self, bucket: str, key: str, *, content_type: str) -> str:
        check_put(bucket, key, content_type, 1, 1)
        return await asyncio.to_thread(self._parts.begin, bucket, key, content_type)

    async def presign_part(
        self, bucket: str, key: str, upload: str, number: int, *, size: int, expires: int = 300
    ) -> PresignedPut:
        check_part(bucket, key, number, size, expires)
        until = int(time.time()) + expires
        part = {"upload": upload, "part": str(number), "size": str(size)}
        url = self._link("PUT", bucket, key, until, part)
        return PresignedPut("PUT", url, {}, datetime.fromtimestamp(until, UTC))

    async def parts(self, bucket: str, key: str, upload: str) -> dict[int, int]:
        check_key(bucket, key)
        return await asyncio.to_thread(self._parts.sizes, upload)

    async def join_parts(self, bucket: str, key: str, upload: str, *, size: int) -> None:
        check_key(bucket, key)
        await asyncio.to_thread(self._join, bucket, key, upload, size)

    async def abandon_uploads(self, bucket: str, prefix: str, *, before: datetime) -> int:
        check_prefix(bucket, prefix)
        return await asyncio.to_thread(self._parts.abandon, bucket, prefix, before)

    async def presign_get(
        self,
        bucket: str,
        key: str,
        *,
        expires: int,
        filename: str | None = None,
        content_type: str | None = None,
    ) -> str:
        check_key(bucket, key)
        wanted = {"filename": filename, "type": content_type}
        given = {name: value for name, value in wanted.items() if value is not None}
        return self._link("GET", bucket, key, int(time.time()) + expires, given)

    async def head(self, bucket: str, key: str) -> ObjectInfo | None:
        return await asyncio.to_thread(self.folder.head, bucket, key)

    async def download(self, bucket: str, key: str, path: Path) -> None:
        await asyncio.to_thread(self.folder.copy_out, bucket, key, path)

    async def upload(self, bucket: str, key: str, path: Path, content_type: str) -> None:
        check_key(bucket, key)
        await asyncio.to_thread(self.folder.copy_in, bucket, key, path, content_type)

    async def delete(self, bucket: str, key: str) -> None:
        await asyncio.to_thread(self.folder.delete, bucket, key)

    async def delete_prefix(self, bucket: str, prefix: str) -> None:
        check_folder(bucket, prefix)
        for found in await asyncio.to_thread(self.folder.scan, bucket, prefix):
            await self.delete(bucket, found.key)

    async def list(self, bucket: str, prefix: str) -> AsyncIterator[ListedObject]:
        check_prefix(bucket, prefix)
        for found in await asyncio.to_thread(self.folder.scan, bucket, prefix):
            yield found

    def permits(self, method: str, bucket: str, key: str, query: Sequence[tuple[str, str]]) -> bool:
        """Whether a request carries a link of ours, unchanged and still valid. HEAD needs a GET link."""
        given = dict(query)
        signature = given.pop("signature", "")
        if len(given) + 1 != len(query) or given.get("method") != ("GET" if method == "HEAD" else method):
            return False
        genuine = hmac.compare_digest(signature.encode(), self._sign(bucket, key, given).encode())
        return genuine and time.time() < int(given["expires"])

    async def receive(
        self, bucket: str, key: str, content_type: str, size: int, body: AsyncIterable[bytes]
    ) -> bool:
        """Store what streams in; False, and nothing stored, when it is not exactly `size` bytes."""
        with self.folder.incoming() as temporary:
            if await _write(temporary, body, size) != size:
                return False
            await asyncio.to_thread(self.folder.publish, temporary, bucket, key, content_type)
            return True

    async def receive_part(self, upload: str, number: int, size: int, body: AsyncIterable[bytes]) -> bool:
        """The same for a part of an upload. Raises `ObjectMissing` when the upload is over."""
        with self.folder.incoming() as temporary:
            if await _write(temporary, body, size) != size:
                return False
            await asyncio.to_thread(self._parts.keep, upload, number, temporary)
            return True

    def _join(self, bucket: str, key: str, upload: str, size: int) -> None:
        with self.folder.incoming() as temporary:
            content_type = self._parts.join(upload, temporary, size)
            self.folder.publish(temporary, bucket, key, content_type)
        self._parts.forget(upload)

    def _link(self, method: str, bucket: str, key: str, until: int, more: dict[str, str]) -> str:
        query = {"method": method, "expires": str(until), **more}
        query["signature"] = self._sign(bucket, key, query)
        return f"{self._base_url}{_PATH}/{bucket}/{quote(key)}?{urlencode(query)}"

    def _sign(self, bucket: str, key: str, query: dict[str, str]) -> str:
        message = urlencode([("bucket", bucket), ("key", key), *sorted(query.items())])
        return hmac.digest(self._key, message.encode(), hashlib.sha256).hex()


def routes(store: LocalStore) -> list[Route]:
    """What serves the store's links: put it in the app that answers at the store's base URL."""
    return [Route(_PATH + "/{bucket}/{key:path}", _Links(store))]


class _Links:
    """The ASGI endpoint; a class, so that every method comes here and a wrong one is 403, as in S3."""

    def __init__(self, store: LocalStore) -> None:
        self._store = store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        bucket, key = request.path_params["bucket"], request.path_params["key"]
        if not self._store.permits(request.method, bucket, key, request.query_params.multi_items()):
            response = _refusal("This link is not valid or has expired.")
        elif request.method == "PUT":
            response = await self._put(request, bucket, key)
        else:
            response = await self._get(request, bucket, key)
        await response(scope, receive, send)

    async def _put(self, request: Request, bucket: str, key: str) -> Response:
        asked = request.query_params
        size = int(asked["size"])
        if request.headers.get("content-length") != asked["size"]:
            return _refusal("This link takes a file of another length.")
        if "type" in asked and request.headers.get("content-type") != asked["type"]:
            return _refusal("This link takes another type of file.")
        body = request.stream()
        try:
            if "part" in asked:
                whole = await self._store.receive_part(asked["upload"], int(asked["part"]), size, body)
            else:
                whole = await self._store.receive(bucket, key, asked["type"], size, body)
        except ObjectMissing:
            return Response("This upload is over.", 404, media_type="text/plain")
        except ClientDisconnect:
            whole = False
        return Response() if whole else _refusal("The upload was cut short.")

    async def _get(self, request: Request, bucket: str, key: str) -> Response:
        found = await asyncio.to_thread(self._store.folder.look, bucket, key)
        if found is None:
            return _nothing()
        status, stored_as = found
        query = request.query_params
        # The files are strangers': shown only as the type they were checked to be, never run in our origin.
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        headers["Cache-Control"] = "private"
        if "filename" in query:
            headers["Content-Disposition"] = content_disposition(query["filename"])
        path = self._store.folder.path(bucket, key)
        return _Found(path, media_type=query.get("type", stored_as), headers=headers, stat_result=status)


class _Found(FileResponse):
    """A file that may go, as files do, between being found and being opened: then there is none."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        held: list[Message] = []  # the beginning, which could not be taken back

        async def send_held(message: Message) -> None:
            if message["type"] == "http.response.start":
                held.append(message)
                return
            while held:
                await send(held.pop())
            await send(message)

        try:
            await super().__call__(scope, receive, send_held)
        except FileNotFoundError:
            if not held:
                raise
            await _nothing()(scope, receive, send)


def _nothing() -> Response:
    return Response("There is no such file.", 404, media_type="text/plain")


def _refusal(sentence: str) -> Response:
    return Response(sentence, 403, media_type="text/plain", headers={"Cache-Control": "no-store"})


async def _write(path: Path, body: AsyncIterable[bytes], limit: int) -> int:
    """Write what streams in, up to a piece beyond `limit`; how many bytes came."""
    written = 0
    file = await asyncio.to_thread(path.open, "wb")
    try:
        async for batch in _batches(body):
            written += len(batch)
            if written > limit:
                break
            await asyncio.to_thread(file.write, batch)
    finally:
        await asyncio.to_thread(file.close)
    return written


async def _batches(body: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in pieces of about 1 MiB: a hop to a thread costs more than writing 64 KiB."""
    batch = bytearray()
    async for chunk in body:
        batch += chunk
        if len(batch) >= _BATCH:
            yield bytes(batch)
            batch.clear()
    yield bytes(batch)
