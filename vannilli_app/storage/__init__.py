"""Files: uploads of artists and finished videos, in an S3 store or in a folder of our own."""

from functools import cache

from vannilli_app.config import Settings, settings
from vannilli_app.storage.base import (
    BACKUPS,
    BUCKETS,
    FINAL_RENDERS,
    RAW_UPLOADS,
    SHOWCASE,
    ListedObject,
    ObjectInfo,
    ObjectMissing,
    PresignedPut,
    Store,
    StoreUnavailable,
    located,
)
from vannilli_app.storage.local import LocalStore, link_key
from vannilli_app.storage.patient import PatientStore

__all__ = [
    "BACKUPS",
    "BUCKETS",
    "FINAL_RENDERS",
    "RAW_UPLOADS",
    "SHOWCASE",
    "ListedObject",
    "LocalStore",
    "ObjectInfo",
    "ObjectMissing",
    "PresignedPut",
    "Store",
    "StoreUnavailable",
    "located",
    "open_store",
    "store",
    "wait_for_the_store",
]


_waits = False


@cache
def store() -> Store:
    """The process's store."""
    return PatientStore(open_store(settings())) if _waits else open_store(settings())


def wait_for_the_store() -> None:
    """Have this process's store wait while it is away: in a worker nobody waits for an answer."""
    global _waits
    _waits = True
    store.cache_clear()


def open_store(ours: Settings) -> Store:
    """S3 when `S3_ENDPOINT_URL` is set, else signed files in `DATA_DIR/files`."""
    if ours.s3_endpoint_url:
        from vannilli_app.storage.s3 import S3Store  # boto3 takes a second to import, and most need it not

        return S3Store(
            ours.s3_endpoint_url,
            access_key_id=ours.s3_access_key_id,
            secret_access_key=ours.s3_secret_access_key.get_secret_value(),
            region=ours.s3_region,
        )
    return LocalStore(ours.data_dir / "files", base_url=ours.base_url, key=link_key(ours.signing_key()))
