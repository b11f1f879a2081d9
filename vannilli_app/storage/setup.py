"""What an S3 store has to have of us: buckets, who may upload to them, and what ends by itself. A second run changes
nothing. What was set is read back: stores differ in what they take and in what they keep of it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from vannilli_app.errors import VannilliError
from vannilli_app.storage.base import BACKUPS, BUCKETS, FINAL_RENDERS, RAW_UPLOADS, StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

KEPT_DAYS = {
    RAW_UPLOADS: {"": 1},
    FINAL_RENDERS: {"videos/": 31, "exports/": 8},  # not showcase/: kept until its artist opts out
    BACKUPS: {"nights/": 8, "deletions/": 9},
}
"""Days by bucket and prefix: a day more than ours, which run every few minutes. These are for when we do not run."""

_REFUSED = {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "403"}


@dataclass(frozen=True)
class Step:
    """One thing that the store should have: whether it has it now, whether that was changed, and in words."""

    what: str
    well: bool
    changed: bool
    why_not: str = ""


def set_up(client: "S3Client", origins: tuple[str, ...]) -> list[Step]:
    """Give the store what it lacks; pages of `origins` may upload. Blocking.

    Raises StoreUnavailable when it does not answer, VannilliError when the keys may not do it at all.
    """
    steps = [
        _step(f"bucket {name}", partial(_has, client, name), partial(_make, client, name)) for name in BUCKETS
    ]
    steps += [_may_upload(client, name, origins) for name in (RAW_UPLOADS, FINAL_RENDERS)]
    steps += [_ends_by_itself(client, name, days) for name, days in KEPT_DAYS.items()]
    return steps


def _may_upload(client: "S3Client", bucket: str, origins: tuple[str, ...]) -> Step:
    rules = cors(origins)
    return _step(
        f"CORS of {bucket}",
        lambda: _cors_of(client, bucket) == _comparable(rules),
        lambda: client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": rules}),
    )


def _ends_by_itself(client: "S3Client", bucket: str, days: dict[str, int]) -> Step:
    rules = lifecycle(days)
    return _step(
        f"lifecycle of {bucket}",
        lambda: _ends_of(client, bucket) == days,
        lambda: client.put_bucket_lifecycle_configuration(
            Bucket=bucket, LifecycleConfiguration={"Rules": rules}
        ),
    )


def cors(origins: tuple[str, ...]) -> list[Any]:
    """Pages may put files by our signed links, and read them with ranges."""
    return [
        {
            "AllowedOrigins": list(origins),
            "AllowedMethods": ["GET", "HEAD", "PUT"],
            "AllowedHeaders": ["Content-Type", "Range"],
            "ExposeHeaders": ["ETag", "Content-Range"],
            "MaxAgeSeconds": 3600,
        }
    ]


def lifecycle(days: dict[str, int]) -> list[Any]:
    """A rule for each prefix."""
    return [
        {
            "ID": f"vannilli-{prefix.rstrip('/') or 'all'}",
            "Status": "Enabled",
            "Filter": {"Prefix": prefix},
            "Expiration": {"Days": many},
        }
        for prefix, many in days.items()
    ]


def _step(what: str, holds: Callable[[], bool], change: Callable[[], object]) -> Step:
    try:
        if holds():
            return Step(what, well=True, changed=False)
        change()
        well = holds()
        return Step(
            what, well, changed=True, why_not="" if well else "The store took it and did not keep it."
        )
    except ClientError as error:
        told = error.response.get("Error", {})
        if told.get("Code") in _REFUSED:
            raise VannilliError(
                f"The store refuses: {told.get('Code')}. Check S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY, and that they"
                " may administer buckets."
            ) from error
        return Step(what, well=False, changed=False, why_not=f"The store says {told.get('Code')}.")
    except BotoCoreError as error:
        raise StoreUnavailable from error


def _has(client: "S3Client", bucket: str) -> bool:
    return bucket in {found["Name"] for found in client.list_buckets()["Buckets"]}


def _make(client: "S3Client", bucket: str) -> None:
    client.create_bucket(Bucket=bucket)


def _cors_of(client: "S3Client", bucket: str) -> list[Any]:
    with suppress(client.exceptions.ClientError):
        return _comparable(client.get_bucket_cors(Bucket=bucket)["CORSRules"])
    return []


def _comparable(rules: Any) -> list[Any]:
    """Rules as stores give them back: lists in any order, headers in any case, an id of their own."""
    return [
        {
            name: sorted(one.lower() for one in value) if isinstance(value, list) else value
            for name, value in rule.items()
            if name != "ID"
        }
        for rule in rules
    ]


def _ends_of(client: "S3Client", bucket: str) -> dict[str, int]:
    """Days by prefix; rules that are not of this kind, such as a store's own for parts of uploads, are left out."""
    rules: list[Any] = []
    with suppress(client.exceptions.ClientError):
        rules = list(client.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"])
    return {
        rule.get("Filter", rule).get("Prefix", ""): rule["Expiration"]["Days"]
        for rule in rules
        if rule["Status"] == "Enabled" and "Days" in rule.get("Expiration", {})
    }
