import socket

import pytest

from tests.contracts.store import StoreContract, http, key
from tests.s3 import S3Server
from vannilli_app.storage import RAW_UPLOADS, StoreUnavailable
from vannilli_app.storage.s3 import S3Store

__all__ = ["http", "key"]


@pytest.fixture(scope="module")
def store(s3_server: S3Server) -> S3Store:
    return S3Store(
        s3_server.endpoint_url,
        access_key_id=s3_server.access_key_id,
        secret_access_key=s3_server.secret_access_key,
    )


class TestS3Store(StoreContract):
    """The contract."""


async def test_a_store_that_does_not_answer_says_so(tmp_path) -> None:
    with (
        socket.socket() as unanswered
    ):  # bound, not listening: refused at once, and nobody else gets the port
        unanswered.bind(("127.0.0.1", 0))
        store = S3Store(
            f"http://127.0.0.1:{unanswered.getsockname()[1]}", access_key_id="a", secret_access_key="b"
        )
        with pytest.raises(StoreUnavailable, match="Try again"):
            await store.head(RAW_UPLOADS, "a")
        (tmp_path / "file").write_bytes(b"1")
        with pytest.raises(StoreUnavailable, match="Try again"):
            await store.upload(RAW_UPLOADS, "a", tmp_path / "file", "video/mp4")


async def test_a_wrong_secret_is_not_a_missing_file(s3_server: S3Server) -> None:
    store = S3Store(s3_server.endpoint_url, access_key_id="tests", secret_access_key="wrong")
    with pytest.raises(StoreUnavailable):
        [one async for one in store.list(RAW_UPLOADS, "")]
