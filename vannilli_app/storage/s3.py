"""Any S3 store through boto3: Cloudflare R2, AWS, MinIO, SeaweedFS.

boto3 blocks, and one client may be shared by threads: a single client, every call to the network in a thread.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from vannilli_app.storage.base import (
    ListedObject,
    ObjectInfo,
    ObjectMissing,
    PresignedPut,
    StoreUnavailable,
    check_folder,
    check_key,
    check_part,
    check_prefix,
    check_put,
    content_disposition,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import (
        CompletedPartTypeDef,
        ListObjectsV2OutputTypeDef,
        ObjectIdentifierTypeDef,
        PartTypeDef,
    )

Page = TypeVar("Page")
_TRANSFER = TransferConfig(max_concurrency=4)
_MISSING = {"404", "NoSuchKey", "NotFound", "NoSuchUpload"}
_PART = 5 << 20  # S3 takes no smaller one


def connect(endpoint_url: str, *, access_key_id: str, secret_access_key: str, region: str) -> "S3Client":
    """A client for an S3 endpoint; safe to use from several threads."""
    return boto3.client(
        "s3",
        endpoint_url=endpoint_url,
        aws_access_key_id=access_key_id,
        aws_secret_access_key=secret_access_key,
        region_name=region,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            # R2 and others refuse the checksum headers that boto3 adds by default.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            retries={"mode": "standard", "total_max_attempts": 3},
            connect_timeout=5,
            read_timeout=60,
            max_pool_connections=20,
        ),
    )


class S3Store:
    """A `Store` on an S3 endpoint. The buckets must exist: `setup` makes them."""

    def __init__(
        self, endpoint_url: str, *, access_key_id: str, secret_access_key: str, region: str = "auto"
    ) -> None:
        self._client = connect(
            endpoint_url, access_key_id=access_key_id, secret_access_key=secret_access_key, region=region
        )

    async def presign_put(
        self, bucket: str, key: str, *, content_type: str, size: int, expires: int = 300
    ) -> PresignedPut:
        check_put(bucket, key, content_type, size, expires)
        expires_at = datetime.now(UTC) + timedelta(seconds=expires)
        url = self._client.generate_presigned_url(
            "put_object",
            Params={"Bucket": bucket, "Key": key, "ContentType": content_type, "ContentLength": size},
            ExpiresIn=expires,
        )
        return PresignedPut("PUT", url, {"Content-Type": content_type}, expires_at)

    @property
    def part_bytes(self) -> int:
        return _PART

    async def begin_upload(self, bucket: str, key: str, *, content_type: str) -> str:
        check_put(bucket, key, content_type, 1, 1)
        with _translated():
            begun = await asyncio.to_thread(
                self._client.create_multipart_upload, Bucket=bucket, Key=key, ContentType=content_type
            )
        return begun["UploadId"]

    async def presign_part(
        self, bucket: str, key: str, upload: str, number: int, *, size: int, expires: int = 300
    ) -> PresignedPut:
        check_part(bucket, key, number, size, expires)
        expires_at = datetime.now(UTC) + timedelta(seconds=expires)
        part = {"Bucket": bucket, "Key": key, "UploadId": upload, "PartNumber": number, "ContentLength": size}
        url = self._client.generate_presigned_url("upload_part", Params=part, ExpiresIn=expires)
        return PresignedPut("PUT", url, {}, expires_at)

    async def parts(self, bucket: str, key: str, upload: str) -> dict[int, int]:
        return {part["PartNumber"]: part["Size"] for part in await self._parts(bucket, key, upload)}

    async def join_parts(self, bucket: str, key: str, upload: str, *, size: int) -> None:
        found = await self._parts(bucket, key, upload)
        sizes = {
            part["PartNumber"]: part["Size"] for part in found
        }  # some list a part again that was sent again
        if sum(sizes.values()) != size:
            raise ObjectMissing
        parts: list[CompletedPartTypeDef] = [
            {"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in found
        ]
        with _translated():
            await asyncio.to_thread(
                self._client.complete_multipart_upload,
                Bucket=bucket,
                Key=key,
                UploadId=upload,
                MultipartUpload={"Parts": parts},
            )

    async def abandon_uploads(self, bucket: str, prefix: str, *, before: datetime) -> int:
        check_prefix(bucket, prefix)
        ended = 0
        paginator = self._client.get_paginator("list_multipart_uploads")
        async for page in _in_threads(paginator.paginate(Bucket=bucket, Prefix=prefix)):
            for found in page.get("Uploads", ()):
                if found["Initiated"] >= before:
                    continue
                with suppress(ObjectMissing), _translated():  # else it has just been joined
                    await asyncio.to_thread(
                        self._client.abort_multipart_upload,
                        Bucket=bucket,
                        Key=found["Key"],
                        UploadId=found["UploadId"],
                    )
                    ended += 1
        return ended

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
        params = {"Bucket": bucket, "Key": key}
        if filename is not None:
            params["ResponseContentDisposition"] = content_disposition(filename)
        if content_type is not None:
            params["ResponseContentType"] = content_type
        return self._client.generate_presigned_url("get_object", Params=params, ExpiresIn=expires)

    async def head(self, bucket: str, key: str) -> ObjectInfo | None:
        check_key(bucket, key)
        try:
            with _translated():
                found = await asyncio.to_thread(self._client.head_object, Bucket=bucket, Key=key)
        except ObjectMissing:
            return None
        return ObjectInfo(found["ContentLength"], found["ContentType"], found["LastModified"].astimezone(UTC))

    async def download(self, bucket: str, key: str, path: Path) -> None:
        check_key(bucket, key)
        with _translated():
            await asyncio.to_thread(self._client.download_file, bucket, key, str(path), Config=_TRANSFER)

    async def upload(self, bucket: str, key: str, path: Path, content_type: str) -> None:
        check_key(bucket, key)
        extra: dict[str, Any] = {"ContentType": content_type}
        with _translated():
            await asyncio.to_thread(
                self._client.upload_file, str(path), bucket, key, ExtraArgs=extra, Config=_TRANSFER
            )

    async def delete(self, bucket: str, key: str) -> None:
        check_key(bucket, key)
        with _translated():
            await asyncio.to_thread(self._client.delete_object, Bucket=bucket, Key=key)

    async def delete_prefix(self, bucket: str, prefix: str) -> None:
        check_folder(bucket, prefix)
        async for page in self._pages(bucket, prefix):
            keys: list[ObjectIdentifierTypeDef] = [
                {"Key": found["Key"]} for found in page.get("Contents", ())
            ]
            if not keys:
                return
            with _translated():
                answer = await asyncio.to_thread(
                    self._client.delete_objects, Bucket=bucket, Delete={"Objects": keys, "Quiet": True}
                )
            if answer.get("Errors"):
                raise StoreUnavailable

    async def list(self, bucket: str, prefix: str) -> AsyncIterator[ListedObject]:
        check_prefix(bucket, prefix)
        async for page in self._pages(bucket, prefix):
            for found in page.get("Contents", ()):
                yield ListedObject(found["Key"], found["Size"], found["LastModified"].astimezone(UTC))

    async def _parts(self, bucket: str, key: str, upload: str) -> Sequence["PartTypeDef"]:
        check_key(bucket, key)
        found: list[PartTypeDef] = []
        pages = self._client.get_paginator("list_parts").paginate(Bucket=bucket, Key=key, UploadId=upload)
        async for page in _in_threads(pages):
            found += page.get("Parts", ())
        return found

    def _pages(self, bucket: str, prefix: str) -> AsyncIterator["ListObjectsV2OutputTypeDef"]:
        paginator = self._client.get_paginator("list_objects_v2")
        return _in_threads(paginator.paginate(Bucket=bucket, Prefix=prefix))


async def _in_threads(pages: Iterable[Page]) -> AsyncIterator[Page]:
    """The pages of an answer, each asked for in a thread."""
    rest = iter(pages)
    while True:
        with _translated():
            page = await asyncio.to_thread(next, rest, None)
        if page is None:
            return
        yield page


@contextmanager
def _translated() -> Iterator[None]:
    """Turn boto3's errors into ours."""
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _MISSING:
            raise ObjectMissing from error
        raise StoreUnavailable from error
    except (BotoCoreError, Boto3Error) as error:
        raise StoreUnavailable from error
