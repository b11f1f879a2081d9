"""What is deleted when: uploads after 24 hours, videos after 30 days but those in the showcase.

Every server does it; doing it twice is harmless.
"""

import logging
from datetime import datetime, timedelta

from vannilli_app.accounts.retention import note
from vannilli_app.billing import service as billing
from vannilli_app.db import SERVICE, transaction
from vannilli_app.generations import free_tier, queries
from vannilli_app.generations.lifecycle import KEPT_FOR
from vannilli_app.storage import FINAL_RENDERS, RAW_UPLOADS, SHOWCASE, store

RAW_KEPT_FOR = timedelta(hours=23)  # the seed says 24 at the latest, and runs come some minutes apart
BATCH = 100
UNFETCHED = "finished, kept for 30 days"

log = logging.getLogger(__name__)


async def run(now: datetime) -> int:
    """Charge for finished videos that nobody fetched in time, then delete what is too old; returns files deleted."""
    await _settle_overdue(now)
    async with transaction(SERVICE) as session:
        await queries.mark_assets_deleted(session, now - RAW_KEPT_FOR, now)
        await free_tier.forget(session, now)
    await store().abandon_uploads(RAW_UPLOADS, "", before=now - RAW_KEPT_FOR)
    counts = {
        "uploads": await _delete_older(RAW_UPLOADS, now - RAW_KEPT_FOR),
        "renders": await _delete_older(FINAL_RENDERS, now - KEPT_FOR - timedelta(hours=1)),
    }
    async with transaction(SERVICE) as session:
        note(session, counts)
    return sum(counts.values())


async def _settle_overdue(now: datetime) -> None:
    """A finished video that nobody fetched is charged: the work was done. One that failed is not."""
    async with transaction(SERVICE) as session:
        overdue = await queries.overdue(session, now, BATCH)
        for generation_id, user_id, status in sorted(
            overdue, key=lambda one: one[1]
        ):  # as `end_expired` does
            if status == "completed":
                await billing.capture(
                    session, user_id=user_id, generation_id=generation_id, now=now, reason=UNFETCHED
                )
            elif status == "failed":
                await billing.release(session, generation_id=generation_id, now=now)
            else:
                log.error("generation %s still holds credits after its deadline", generation_id)


async def _delete_older(bucket: str, before: datetime) -> int:
    deleted = 0
    async for found in store().list(bucket, ""):
        if found.modified_at < before and not found.key.startswith(SHOWCASE):
            await store().delete(bucket, found.key)
            deleted += 1
    return deleted
