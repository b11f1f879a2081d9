"""Bringing the store to what the rows say. A row is the truth; every step may be done again."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from vannilli_app.db import SERVICE, transaction
from vannilli_app.models import ShowcaseItem
from vannilli_app.showcase import files, queries, service
from vannilli_app.storage import FINAL_RENDERS, SHOWCASE, ObjectMissing, store

LATE = timedelta(minutes=1)
WATCHES_KEPT_FOR = timedelta(days=2)
STRAY_AFTER = timedelta(hours=1)

log = logging.getLogger(__name__)


async def settle(generation_id: str) -> None:
    """Bring a video's files to where its row says; then, where it waited for them, let it be seen."""
    wanted = UUID(generation_id)
    found = await _row(wanted)
    if found is None:
        await store().delete_prefix(FINAL_RENDERS, files.folder(wanted))
        found = await _row(wanted)  # shown again meanwhile? Then its files went with the old ones
    if found and found.state == "taken_down":
        await files.withhold(wanted)
    elif found:
        await _publish(wanted)


async def _publish(generation_id: UUID) -> None:
    async with transaction(SERVICE) as session:
        made = await queries.generation(session, generation_id)
    try:
        await files.bring_back(generation_id)
        if made and not await files.is_there(generation_id):
            await files.copy(made)
    except ObjectMissing:
        log.warning("the files of %s were gone before they could be shown", generation_id)
        async with transaction(SERVICE) as session:
            await queries.remove(session, generation_id)
        return
    async with transaction(SERVICE) as session:
        await queries.move(session, generation_id, "copying", "public")
    found = await _row(generation_id)
    if found is None or found.state == "taken_down":  # meanwhile
        await settle(str(generation_id))


async def _row(generation_id: UUID) -> ShowcaseItem | None:
    async with transaction(SERVICE) as session:
        return await queries.item(session, generation_id)


async def sweep(now: datetime) -> int:
    """Queue again what was left undone, forget who watched, and delete files that no row explains; returns those."""
    async with transaction(SERVICE) as session:
        for generation_id in await queries.waiting(session, now - LATE):
            await service.queue_settling(session, generation_id)
        await queries.forget_watches(session, (now - WATCHES_KEPT_FOR).date())
        known = await queries.states(session)
    strays = 0
    async for found in store().list(FINAL_RENDERS, SHOWCASE):
        if files.generation_of(found.key) not in known and found.modified_at < now - STRAY_AFTER:
            await store().delete(FINAL_RENDERS, found.key)
            strays += 1
    return strays
