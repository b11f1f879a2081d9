from pathlib import Path

from vannilli_app.config import Settings
from vannilli_app.storage import RAW_UPLOADS, LocalStore, open_store
from vannilli_app.storage.s3 import S3Store


async def test_files_of_our_own_without_a_setting(tmp_path: Path) -> None:
    store = open_store(Settings(data_dir=tmp_path, port=4321, s3_endpoint_url=""))
    assert isinstance(store, LocalStore)
    link = await store.presign_get(RAW_UPLOADS, "a", expires=60)
    assert link.startswith("http://localhost:4321/files/vannilli-raw-uploads/a?")
    assert (tmp_path / "files").is_dir()


async def test_s3_when_an_endpoint_is_set(tmp_path: Path) -> None:
    ours = Settings(
        data_dir=tmp_path,
        s3_endpoint_url="https://account.r2.cloudflarestorage.com",
        s3_access_key_id="id",
        s3_secret_access_key="secret",
        s3_region="auto",
    )
    store = open_store(ours)
    assert isinstance(store, S3Store)
    link = await store.presign_put(RAW_UPLOADS, "a/b.mp4", content_type="video/mp4", size=5)
    assert link.url.startswith("https://account.r2.cloudflarestorage.com/vannilli-raw-uploads/a/b.mp4?")
    assert "X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost" in link.url
