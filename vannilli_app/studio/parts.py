"""Files that come in parts: which are still to be sent, each by a link of its own; and one file once all are there.

The store knows what has arrived, so whoever was interrupted asks again and goes on from there, on another day of the
file's 24 hours too.
"""

from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

from vannilli_app.db import as_user, transaction
from vannilli_app.errors import NotFound
from vannilli_app.models import Asset
from vannilli_app.storage import RAW_UPLOADS, ObjectMissing, store
from vannilli_app.studio import queries
from vannilli_app.studio.schemas import PartLink, PartsLeft
from vannilli_app.studio.service import LINK_SECONDS, require_asset
from vannilli_app.words import _

LINKS_AT_ONCE = 16  # few enough asks for the rate limit, and a slow line asks again when they have run out


async def left(user_id: UUID, asset_id: UUID) -> PartsLeft:
    """The next parts to send; none when the file is whole. Begins the upload where there is none. Raises NotFound."""
    async with transaction(as_user(user_id)) as session:
        asset = await require_asset(session, user_id, asset_id)
    if await has_arrived(asset):
        return PartsLeft(size_bytes=asset.size_bytes, sent_bytes=asset.size_bytes, parts=[])
    there = await _there(asset)
    if there is None:
        await _begin(asset)
        there = {}
    missing = [part for part in _plan(asset) if there.get(part[0]) != part[2]]
    return PartsLeft(
        size_bytes=asset.size_bytes,
        sent_bytes=asset.size_bytes - sum(size for _, _, size in missing),
        parts=[await _link(asset, *part) for part in missing[:LINKS_AT_ONCE]],
    )


async def has_arrived(asset: Asset) -> bool:
    """Whether a file is in the store, whole. One whose parts are all there is made whole first."""
    if asset.upload is not None:
        there = await _there(asset)
        if there == {number: size for number, _, size in _plan(asset)}:
            with suppress(ObjectMissing):  # somebody else has just done it
                await store().join_parts(RAW_UPLOADS, asset.path, asset.upload, size=asset.size_bytes)
        elif there is not None:
            return False
    found = await store().head(RAW_UPLOADS, asset.path)
    return found is not None and found.size == asset.size_bytes


async def _there(asset: Asset) -> dict[int, int] | None:
    """The parts that have arrived; None when no upload is under way."""
    if asset.upload is None:
        return None
    try:
        return await store().parts(RAW_UPLOADS, asset.path, asset.upload)
    except ObjectMissing:
        return None


async def _begin(asset: Asset) -> None:
    """Begin an upload, unless another tab has: then that one's is taken. Raises NotFound when the file goes meanwhile:
    whatever deleted it knew nothing of this upload."""
    upload = await store().begin_upload(RAW_UPLOADS, asset.path, content_type=asset.content_type)
    async with transaction(as_user(asset.user_id)) as session:
        kept = await queries.keep_upload(session, asset, upload, store().part_bytes)
    if kept is None:
        await store().abandon_uploads(RAW_UPLOADS, asset.path, before=datetime.max.replace(tzinfo=UTC))
        raise NotFound(_("There is no such file."))
    asset.upload, asset.part_bytes = kept


def _plan(asset: Asset) -> list[tuple[int, int, int]]:
    """Number, first byte and length of every part."""
    step = asset.part_bytes or asset.size_bytes
    starts = range(0, asset.size_bytes, step)
    return [(at, first, min(step, asset.size_bytes - first)) for at, first in enumerate(starts, start=1)]


async def _link(asset: Asset, number: int, first: int, size: int) -> PartLink:
    put = await store().presign_part(
        RAW_UPLOADS, asset.path, asset.upload or "", number, size=size, expires=LINK_SECONDS
    )
    return PartLink(
        number=number,
        first_byte=first,
        size_bytes=size,
        method=put.method,
        url=put.url,
        headers=put.headers,
        expires_at=put.expires_at,
    )
