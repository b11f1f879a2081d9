"""What every `Store` must do: an adapter's tests subclass `StoreContract` and give it a `store` fixture."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit
from uuid import uuid4

import httpx
import pytest

from vannilli_app.storage import FINAL_RENDERS, RAW_UPLOADS, ObjectMissing, PresignedPut, Store

BODY = bytes(range(256)) * 40
MEGABYTE = 1 << 20


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=30) as client:
        yield client


@pytest.fixture
def key() -> str:
    return f"tests/{uuid4()}/clip.mp4"


async def put(
    http: httpx.AsyncClient,
    link: PresignedPut,
    body: bytes = BODY,
    *,
    method: str = "PUT",
    url: str = "",
    headers: dict[str, str] | None = None,
) -> int:
    answer = await http.request(
        method, url or link.url, content=body, headers=link.headers if headers is None else headers
    )
    return answer.status_code


def with_query(url: str, pairs: list[tuple[str, str]]) -> str:
    return urlsplit(url)._replace(query=urlencode(pairs)).geturl()


def spoilt_queries(url: str) -> list[str]:
    """The same link with each parameter changed, each left out, each doubled, and one added."""
    pairs = parse_qsl(urlsplit(url).query)
    spoilt = [[*pairs, ("more", "1")]]
    for index, (name, value) in enumerate(pairs):
        other = value[:-1] + ("1" if value[-1] != "1" else "2")
        spoilt.append([*pairs[:index], (name, other), *pairs[index + 1 :]])
        spoilt.append([*pairs[:index], *pairs[index + 1 :]])
        if "signature" not in name.lower():  # SeaweedFS reads the first of two
            spoilt.append([*pairs, (name, other)])
    return [with_query(url, one) for one in spoilt]


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


class StoreContract:
    async def test_what_was_put_comes_back(self, store: Store, http: httpx.AsyncClient, key: str) -> None:
        before = datetime.now(UTC)
        link = await store.presign_put(RAW_UPLOADS, key, content_type="video/mp4", size=len(BODY))
        assert (link.method, link.headers) == ("PUT", {"Content-Type": "video/mp4"})
        assert abs(link.expires_at - before - timedelta(seconds=300)) < timedelta(seconds=5)
        assert await put(http, link) == 200

        found = await store.head(RAW_UPLOADS, key)
        assert found is not None
        assert (found.size, found.content_type) == (len(BODY), "video/mp4")
        assert abs(found.modified_at - before) < timedelta(seconds=5)

        answer = await http.get(await store.presign_get(RAW_UPLOADS, key, expires=60))
        assert (answer.status_code, answer.content) == (200, BODY)
        assert answer.headers["content-type"] == "video/mp4"
        assert answer.headers["etag"]
        assert "content-disposition" not in answer.headers

    @pytest.mark.parametrize(
        ("body", "headers"),
        [
            (BODY, {"Content-Type": "text/html"}),
            (BODY, {"Content-Type": "video/mp4; a=b"}),
            (BODY, {}),
            (BODY[:-1], None),
            (BODY + b"!", None),
            (b"", None),
        ],
        ids=["another type", "type with a parameter", "no type", "shorter", "longer", "empty"],
    )
    async def test_an_upload_of_another_type_or_length_is_refused(
        self, store: Store, http: httpx.AsyncClient, key: str, body: bytes, headers: dict[str, str] | None
    ) -> None:
        link = await store.presign_put(RAW_UPLOADS, key, content_type="video/mp4", size=len(BODY))
        assert await put(http, link, body, headers=headers) == 403
        assert await store.head(RAW_UPLOADS, key) is None

    async def test_a_link_is_for_one_method(self, store: Store, http: httpx.AsyncClient, key: str) -> None:
        link = await store.presign_put(RAW_UPLOADS, key, content_type="video/mp4", size=len(BODY))
        assert await put(http, link) == 200
        read = await store.presign_get(RAW_UPLOADS, key, expires=60)
        for method, url in [("GET", link.url), ("DELETE", link.url), ("PUT", read), ("DELETE", read)]:
            answer = await http.request(
                method, url, content=BODY if method == "PUT" else None, headers=link.headers
            )
            assert answer.status_code == 403, (method, url)
        assert (await http.get(read)).content == BODY

    async def test_a_link_is_for_one_key(self, store: Store, http: httpx.AsyncClient, key: str) -> None:
        link = await store.presign_put(RAW_UPLOADS, key, content_type="video/mp4", size=len(BODY))
        other = key.replace("clip", "other")
        assert await put(http, link, url=link.url.replace("clip.mp4", "other.mp4")) == 403
        assert await put(http, link, url=link.url.replace(RAW_UPLOADS, FINAL_RENDERS)) == 403
        assert await store.head(RAW_UPLOADS, other) is None
        assert await store.head(FINAL_RENDERS, key) is None
        assert await put(http, link) == 200
        read = await store.presign_get(RAW_UPLOADS, other, expires=60)
        assert (await http.get(read.replace("other.mp4", "clip.mp4"))).status_code == 403

    async def test_a_changed_link_is_refused(self, store: Store, http: httpx.AsyncClient, key: str) -> None:
        link = await store.presign_put(RAW_UPLOADS, key, content_type="video/mp4", size=len(BODY))
        for url in spoilt_queries(link.url):
            assert await put(http, link, url=url) in {400, 403}, url
        assert await store.head(RAW_UPLOADS, key) is None
        assert await put(http, link) == 200
        read = await store.presign_get(
            RAW_UPLOADS, key, expires=60, filename="a.mp4", content_type="video/mp4"
        )
        for url in spoilt_queries(read):
            assert (await http.get(url)).status_code in {400, 403}, url
        assert (await http.get(read)).status_code == 200

    async def test_links_expire(self, store: Store, http: httpx.AsyncClient, key: str) -> None:
        link = await store.presign_put(RAW_UPLOADS, key, content_type="video/mp4", size=len(BODY))
        assert await put(http, link) == 200
        late = await store.presign_put(RAW_UPLOADS, key, content_type="video/mp4", size=len(BODY), expires=1)
        read = await store.presign_get(RAW_UPLOADS, key, expires=1)
        await asyncio.sleep(2.1)
        assert await put(http, late) == 403
        assert (await http.get(read)).status_code == 403

    @pytest.mark.parametrize(
        ("asked", "first", "last"),
        [("bytes=10-19", 10, 19), ("bytes=-5", 10235, 10239), ("bytes=9-", 9, 10239)],
    )
    async def test_a_part_can_be_read(
        self,
        store: Store,
        http: httpx.AsyncClient,
        key: str,
        tmp_path: Path,
        asked: str,
        first: int,
        last: int,
    ) -> None:
        await self.given(store, key, tmp_path)
        read = await store.presign_get(RAW_UPLOADS, key, expires=60)
        answer = await http.get(read, headers={"Range": asked})
        assert answer.status_code == 206
        assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(BODY)}"
        assert answer.content == BODY[first : last + 1]

    async def test_a_part_beyond_the_end_is_refused(
        self, store: Store, http: httpx.AsyncClient, key: str, tmp_path: Path
    ) -> None:
        await self.given(store, key, tmp_path)
        read = await store.presign_get(RAW_UPLOADS, key, expires=60)
        assert (await http.get(read, headers={"Range": "bytes=99999-"})).status_code == 416

    @pytest.mark.parametrize(
        "filename",
        ["Señorita, 8 bars.mp4", 'quote" and \\ and /.mp4', "日本語 🎤.mp4", "a\r\nX-Evil: 1.mp4"],
    )
    async def test_a_download_has_a_name(
        self, store: Store, http: httpx.AsyncClient, key: str, tmp_path: Path, filename: str
    ) -> None:
        await self.given(store, key, tmp_path)
        read = await store.presign_get(
            RAW_UPLOADS, key, expires=60, filename=filename, content_type="application/octet-stream"
        )
        answer = await http.get(read)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/octet-stream"
        assert "x-evil" not in answer.headers
        disposition = answer.headers["content-disposition"]
        assert disposition.startswith('attachment; filename="')
        told = unquote(disposition.partition("filename*=UTF-8''")[2])
        assert told == filename.translate(dict.fromkeys(map(ord, '"\\/\r\n'), "_"))

    async def test_a_missing_file(
        self, store: Store, http: httpx.AsyncClient, key: str, tmp_path: Path
    ) -> None:
        assert await store.head(RAW_UPLOADS, key) is None
        await store.delete(RAW_UPLOADS, key)
        assert (await http.get(await store.presign_get(RAW_UPLOADS, key, expires=60))).status_code == 404
        with pytest.raises(ObjectMissing):
            await store.download(RAW_UPLOADS, key, tmp_path / "none")
        assert names(tmp_path) == []

    async def test_a_second_upload_replaces_the_first(self, store: Store, key: str, tmp_path: Path) -> None:
        await self.given(store, key, tmp_path)
        (tmp_path / "second").write_bytes(b"second")
        await store.upload(RAW_UPLOADS, key, tmp_path / "second", "video/webm")
        found = await store.head(RAW_UPLOADS, key)
        assert found is not None
        assert (found.size, found.content_type) == (6, "video/webm")
        await store.download(RAW_UPLOADS, key, tmp_path / "second")
        assert (tmp_path / "second").read_bytes() == b"second"

    async def test_listing_and_deleting(self, store: Store, tmp_path: Path) -> None:
        root = f"tests/{uuid4()}"
        keys = [f"{root}/{name}" for name in ("1/a.mp4", "1/b/c.mp4", "10/a.mp4", "2.mp4")]
        for key in keys:
            await self.given(store, key, tmp_path)

        async def listed(prefix: str) -> list[str]:
            return [found.key async for found in store.list(RAW_UPLOADS, prefix)]

        assert await listed(f"{root}/") == keys
        assert await listed(f"{root}/1") == keys[:3]
        assert await listed(f"{root}/3/") == []
        assert set(keys) <= set(await listed(""))
        found = [one async for one in store.list(RAW_UPLOADS, f"{root}/2")]
        assert found[0].size == len(BODY)
        assert abs(found[0].modified_at - datetime.now(UTC)) < timedelta(seconds=30)

        await store.delete_prefix(RAW_UPLOADS, f"{root}/1/")
        assert await listed(f"{root}/") == keys[2:]
        await store.delete(RAW_UPLOADS, keys[3])
        assert await listed(f"{root}/") == keys[2:3]
        await store.delete_prefix(RAW_UPLOADS, f"{root}/nothing/")

    @pytest.mark.parametrize(
        "bad", ["", "/a", "a/", "a//b", "../a", "a/../b", "a/./b", ".a", "a\\b", "a b", "ä", "a" * 513]
    )
    async def test_a_key_that_no_store_takes(self, store: Store, tmp_path: Path, bad: str) -> None:
        with pytest.raises(ValueError, match="not a bucket and key"):
            await store.presign_put(RAW_UPLOADS, bad, content_type="video/mp4", size=1)
        with pytest.raises(ValueError, match="not a bucket and key"):
            await store.presign_get("../etc", "a", expires=60)
        for call in (store.presign_get(RAW_UPLOADS, bad, expires=60), store.head(RAW_UPLOADS, bad)):
            with pytest.raises(ValueError, match="not a bucket and key"):
                await call
        with pytest.raises(ValueError, match="not a bucket and key"):
            await store.download(RAW_UPLOADS, bad, tmp_path / "out")
        with pytest.raises(ValueError, match="not a bucket and key"):
            await store.delete(RAW_UPLOADS, bad)

    @pytest.mark.parametrize("prefix", ["", "/", "a", "../"])
    async def test_only_a_folder_is_deleted_whole(self, store: Store, prefix: str) -> None:
        with pytest.raises(ValueError, match=r"prefix|bucket and key"):
            await store.delete_prefix(RAW_UPLOADS, prefix)

    async def test_an_upload_that_cannot_be(self, store: Store, key: str) -> None:
        for content_type, size, expires in [("video/mp4", 0, 300), ("video", 1, 300), ("video/mp4", 1, 0)]:
            with pytest.raises(ValueError, match="not an upload"):
                await store.presign_put(
                    RAW_UPLOADS, key, content_type=content_type, size=size, expires=expires
                )

    async def test_a_cut_upload_leaves_nothing(self, store: Store, key: str) -> None:
        link = await store.presign_put(RAW_UPLOADS, key, content_type="video/mp4", size=MEGABYTE)
        target = urlsplit(link.url)
        reader, writer = await asyncio.open_connection(target.hostname, target.port)
        head = f"PUT {target.path}?{target.query} HTTP/1.1\r\nHost: {target.netloc}\r\n"
        head += f"Content-Type: video/mp4\r\nContent-Length: {MEGABYTE}\r\n\r\n"
        writer.write(head.encode() + bytes(MEGABYTE // 2))
        await writer.drain()
        writer.write_eof()
        await reader.read()
        writer.close()
        await writer.wait_closed()
        assert await store.head(RAW_UPLOADS, key) is None

    async def test_large_files_stream(
        self, store: Store, http: httpx.AsyncClient, key: str, tmp_path: Path
    ) -> None:
        size = 96 * MEGABYTE

        async def body() -> AsyncIterator[bytes]:
            for _ in range(size // MEGABYTE):
                yield bytes(MEGABYTE)

        link = await store.presign_put(RAW_UPLOADS, key, content_type="video/mp4", size=size)
        tracemalloc.start()
        try:
            headers = {**link.headers, "Content-Length": str(size)}
            assert (await http.put(link.url, content=body(), headers=headers)).status_code == 200
            read = 0
            async with http.stream("GET", await store.presign_get(RAW_UPLOADS, key, expires=60)) as answer:
                async for chunk in answer.aiter_raw():
                    read += len(chunk)
            await store.download(RAW_UPLOADS, key, tmp_path / "copy")
            await store.upload(RAW_UPLOADS, key, tmp_path / "copy", "video/mp4")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert read == size == (tmp_path / "copy").stat().st_size
        assert peak < size / 2
        await store.delete(RAW_UPLOADS, key)

    async def given(self, store: Store, key: str, tmp_path: Path) -> None:
        source = tmp_path / "source"
        source.write_bytes(BODY)
        await store.upload(RAW_UPLOADS, key, source, "video/mp4")
        source.unlink()

    async def test_what_was_sent_in_parts_comes_back_whole(
        self, store: Store, http: httpx.AsyncClient, key: str
    ) -> None:
        """In any order, one of them twice; none of it can be seen before it is whole."""
        large, last = bytes([1]) * store.part_bytes, b"the end"
        upload = await store.begin_upload(RAW_UPLOADS, key, content_type="video/mp4")
        assert await store.parts(RAW_UPLOADS, key, upload) == {}
        for number, body in [(2, b"the eno"), (1, large), (2, last)]:
            link = await store.presign_part(RAW_UPLOADS, key, upload, number, size=len(body))
            assert await put(http, link, body) == 200
        assert await store.parts(RAW_UPLOADS, key, upload) == {1: len(large), 2: len(last)}
        assert await store.head(RAW_UPLOADS, key) is None

        size = len(large) + len(last)
        for other in (0, size - 1, size + 1):
            with pytest.raises(ObjectMissing):
                await store.join_parts(RAW_UPLOADS, key, upload, size=other)
        assert await store.head(RAW_UPLOADS, key) is None

        await store.join_parts(RAW_UPLOADS, key, upload, size=size)
        found = await store.head(RAW_UPLOADS, key)
        assert found is not None
        assert (found.size, found.content_type) == (size, "video/mp4")
        answer = await http.get(await store.presign_get(RAW_UPLOADS, key, expires=60))
        assert answer.content == large + last
        with pytest.raises(ObjectMissing):
            await store.parts(RAW_UPLOADS, key, upload)
        with pytest.raises(ObjectMissing):
            await store.join_parts(RAW_UPLOADS, key, upload, size=size)
        await store.delete(RAW_UPLOADS, key)

    async def test_a_link_is_for_one_part_of_one_length(
        self, store: Store, http: httpx.AsyncClient, key: str
    ) -> None:
        upload = await store.begin_upload(RAW_UPLOADS, key, content_type="video/mp4")
        link = await store.presign_part(RAW_UPLOADS, key, upload, 1, size=len(BODY))
        assert await put(http, link, BODY[:-1]) == 403
        assert await put(http, link, BODY + b"!") == 403
        for spoilt in spoilt_queries(link.url):
            assert await put(http, link, url=spoilt) in (400, 403), spoilt
        assert await store.parts(RAW_UPLOADS, key, upload) == {}

    async def test_abandoned_uploads_end(self, store: Store, http: httpx.AsyncClient) -> None:
        root = f"tests/{uuid4()}"
        now = datetime.now(UTC)
        uploads = {}
        for name in ("1/a.mp4", "10/a.mp4"):
            uploads[name] = await store.begin_upload(RAW_UPLOADS, f"{root}/{name}", content_type="video/mp4")
            link = await store.presign_part(RAW_UPLOADS, f"{root}/{name}", uploads[name], 1, size=len(BODY))
            assert await put(http, link) == 200
        soon = now + timedelta(minutes=1)
        assert await store.abandon_uploads(RAW_UPLOADS, f"{root}/1/", before=now - timedelta(minutes=1)) == 0
        assert await store.abandon_uploads(RAW_UPLOADS, f"{root}/1/", before=soon) == 1
        with pytest.raises(ObjectMissing):
            await store.parts(RAW_UPLOADS, f"{root}/1/a.mp4", uploads["1/a.mp4"])
        assert await store.parts(RAW_UPLOADS, f"{root}/10/a.mp4", uploads["10/a.mp4"]) == {1: len(BODY)}
        late = await store.presign_part(RAW_UPLOADS, f"{root}/1/a.mp4", uploads["1/a.mp4"], 2, size=len(BODY))
        assert await put(http, late) == 404
        assert await store.abandon_uploads(RAW_UPLOADS, f"{root}/", before=soon) == 1
        assert await store.head(RAW_UPLOADS, f"{root}/1/a.mp4") is None
