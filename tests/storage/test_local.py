import asyncio
import errno
import os
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from tests.contracts.store import BODY, StoreContract, http, key
from vannilli_app.storage import RAW_UPLOADS, LocalStore, ObjectMissing, StoreUnavailable
from vannilli_app.storage.folder import Folder, translated
from vannilli_app.storage.local import link_key, routes

__all__ = ["http", "key"]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStore]:
    """The store behind a real server on loopback."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()  # who comes before the server runs waits for it
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        made = LocalStore(tmp_path_factory.mktemp("files"), base_url=base_url, key=link_key(b"secret"))
        server = uvicorn.Server(
            uvicorn.Config(Starlette(routes=routes(made)), lifespan="off", log_level="error")
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield made
        server.should_exit = True
        thread.join()


class TestLocalStore(StoreContract):
    """The contract."""


def left_over(store: LocalStore) -> list[Path]:
    return list((store.folder.path(RAW_UPLOADS, "a").parents[1] / ".incoming").iterdir())


async def test_head_answers_as_get_without_the_body(
    store: LocalStore, http: httpx.AsyncClient, key: str, tmp_path: Path
) -> None:
    await TestLocalStore().given(store, key, tmp_path)
    link = await store.presign_get(RAW_UPLOADS, key, expires=60)
    answer, whole = await http.head(link), await http.get(link)
    assert (answer.status_code, answer.content) == (200, b"")
    for name in ("content-length", "content-type", "etag", "accept-ranges"):
        assert answer.headers[name] == whole.headers[name]


async def test_a_strangers_file_never_runs_in_our_origin(
    store: LocalStore, http: httpx.AsyncClient, key: str, tmp_path: Path
) -> None:
    await TestLocalStore().given(store, key, tmp_path)
    headers = (await http.get(await store.presign_get(RAW_UPLOADS, key, expires=60))).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "sandbox"


async def test_no_path_leaves_the_folder(store: LocalStore, http: httpx.AsyncClient, key: str) -> None:
    link = await store.presign_get(RAW_UPLOADS, key, expires=60)
    for escape in ("..%2f..%2fsecret_key", "%2e%2e/%2e%2e/secret_key", "/etc/passwd", "a%00b"):
        assert (await http.get(link.replace(key, escape))).status_code == 403


async def test_a_file_that_goes_while_it_is_fetched_is_not_there(tmp_path: Path, key: str) -> None:
    class Vanishing(Folder):
        """Its files go as soon as they are found."""

        def look(self, bucket: str, key: str) -> tuple[os.stat_result, str] | None:
            found = super().look(bucket, key)
            self.delete(bucket, key)
            return found

    store = LocalStore(tmp_path / "files", base_url="http://files.test", key=link_key(b"secret"))
    await TestLocalStore().given(store, key, tmp_path)
    store.folder = Vanishing(tmp_path / "files")
    transport = httpx.ASGITransport(Starlette(routes=routes(store)))
    async with httpx.AsyncClient(transport=transport) as client:
        answer = await client.get(await store.presign_get(RAW_UPLOADS, key, expires=60))
    assert (answer.status_code, answer.text) == (404, "There is no such file.")


async def test_who_joins_late_does_not_publish_what_is_left(store: LocalStore, key: str) -> None:
    async def sent() -> AsyncIterator[bytes]:
        yield b"12345"

    for _ in range(20):
        upload = await store.begin_upload(RAW_UPLOADS, key, content_type="video/mp4")
        for number in range(1, 101):
            assert await store.receive_part(upload, number, 5, sent())
        joins = [store.join_parts(RAW_UPLOADS, key, upload, size=500) for _ in range(16)]
        ended = await asyncio.gather(*joins, return_exceptions=True)
        assert None in ended
        assert all(error is None or isinstance(error, ObjectMissing) for error in ended), ended
        found = await store.head(RAW_UPLOADS, key)
        assert found is not None
        assert found.size == 500


async def test_a_link_of_another_secret_is_refused(
    store: LocalStore, http: httpx.AsyncClient, key: str, tmp_path: Path
) -> None:
    await TestLocalStore().given(store, key, tmp_path)
    link = await store.presign_get(RAW_UPLOADS, key, expires=60)
    base_url = link.partition("/files/")[0]
    for forged_key in (b"secret", link_key(b"another")):
        forger = LocalStore(tmp_path / "forger", base_url=base_url, key=forged_key)
        assert (await http.get(await forger.presign_get(RAW_UPLOADS, key, expires=60))).status_code == 403


async def test_an_upload_without_a_length_is_refused(
    store: LocalStore, http: httpx.AsyncClient, key: str
) -> None:
    async def chunks():
        yield BODY

    link = await store.presign_put(RAW_UPLOADS, key, content_type="video/mp4", size=len(BODY))
    assert (await http.put(link.url, content=chunks(), headers=link.headers)).status_code == 403


async def test_nothing_is_left_of_uploads_that_failed(store: LocalStore, key: str) -> None:
    async def too_little():
        yield b"1234"

    async def too_much():
        yield bytes(3 << 20)

    async def broken():
        yield b"12"
        raise OSError(errno.ENOSPC, "disk full")

    assert not await store.receive(RAW_UPLOADS, key, "video/mp4", 5, too_little())
    assert not await store.receive(RAW_UPLOADS, key, "video/mp4", 5, too_much())
    with pytest.raises(StoreUnavailable, match="no room"):
        await store.receive(RAW_UPLOADS, key, "video/mp4", 5, broken())
    assert left_over(store) == []
    assert await store.head(RAW_UPLOADS, key) is None


async def test_folders_go_with_their_last_file(store: LocalStore, tmp_path: Path) -> None:
    key = f"tests/{uuid4()}/deep/a.mp4"
    await TestLocalStore().given(store, key, tmp_path)
    await store.delete(RAW_UPLOADS, key)
    assert not store.folder.path(RAW_UPLOADS, key).parents[1].exists()


def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    incoming = tmp_path / ".incoming"
    Folder(tmp_path)
    for name, age in (("old", 24 * 3600), ("current", 60)):
        (incoming / name).write_bytes(b"half")
        os.utime(incoming / name, times=(time.time() - age,) * 2)
    Folder(tmp_path)
    assert [path.name for path in incoming.iterdir()] == ["current"]


def test_writers_and_deleters_of_one_folder_do_not_trip(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "files")
    source = tmp_path / "source"
    source.write_bytes(BODY)
    failures: list[Exception] = []

    def work(name: str) -> None:
        try:
            for _ in range(150):
                folder.copy_in(RAW_UPLOADS, f"one/folder/{name}", source, "video/mp4")
                folder.delete(RAW_UPLOADS, f"one/folder/{name}")
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_disk_that_fails_says_so(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "files")
    (tmp_path / "files" / RAW_UPLOADS).write_text("a file where a folder belongs")
    (tmp_path / "source").write_bytes(b"1")
    with pytest.raises(StoreUnavailable, match="Try again"):
        folder.copy_in(RAW_UPLOADS, "a", tmp_path / "source", "video/mp4")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_says_so(code: int) -> None:
    with pytest.raises(StoreUnavailable, match="no room left"), translated():
        raise OSError(code, os.strerror(code))
