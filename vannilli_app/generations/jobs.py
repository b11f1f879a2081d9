"""The work on generations: a worker advances a row by one of its `steps`, the scheduler queues what was left behind.
Nothing here runs inside a person's request. Segments have jobs of their own: `handover`, `look`, `collect`.
"""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlmodel import col

from vannilli_app.db import SERVICE, transaction
from vannilli_app.generations import (
    dispatch,
    ending,
    lifecycle,
    provider_queries,
    queries,
    segment_queries,
    service,
    steps,
    work,
)
from vannilli_app.generations.schemas import Request
from vannilli_app.generations.steps import Values
from vannilli_app.leases import Hold, LostClaim, free_lapsed, heartbeat, persistently, take, write
from vannilli_app.models import Generation, Segment
from vannilli_app.storage import FINAL_RENDERS, RAW_UPLOADS, SHOWCASE, store

SWEEP_BATCH = 100
CANCEL_AGAIN = timedelta(seconds=30)

log = logging.getLogger(__name__)


async def advance(generation_id: str) -> None:
    """Do the step that a generation stands at, if nobody else does. Runs again after a crash without harm."""
    hold = await take(
        Generation,
        col(Generation.id) == UUID(generation_id),
        col(Generation.status).in_(lifecycle.ALIVE),
        col(Generation.stage).in_(lifecycle.WORKED),
        now=datetime.now(UTC),
    )
    if hold is None:
        return
    user_id = Request.model_validate(hold.row.request).user_id
    try:
        if hold.row.tries > lifecycle.MOST_HOLDS:
            raise RuntimeError(f"held {hold.row.tries} times in {hold.row.stage}")
        async with heartbeat(hold, tell=lambda session: work.tell(session, user_id, hold.row.id)):
            values = await steps.STEPS[hold.row.stage](hold)
        await persistently(lambda: _move_on(hold, values))
    except LostClaim:
        log.info("generation %s was cancelled or taken over", generation_id)
        await _discard_if_ended(hold.row)
        return
    except Exception as error:
        log.exception("generation %s, stage %s", generation_id, hold.row.stage)
        step = lifecycle.after_error(error, tries=hold.row.tries, now=datetime.now(UTC))
        await persistently(lambda: _after_error(hold.row, step))
        return
    if hold.row.stage == "preparing":
        await dispatch.dispatch(hold.row.provider, datetime.now(UTC))
    else:
        await _discard_leftovers(hold.row)


async def cancel_again(now: datetime) -> int:
    """Queue again the cancels that no provider has heard yet; returns how many."""
    async with transaction(SERVICE) as session:
        due = await provider_queries.cancels_due(session, now, now + CANCEL_AGAIN)
        for task in due:
            await work.queue_cancel(session, task.provider, task.external_id)
    return len(due)


async def revive(now: datetime) -> int:
    """Queue again the work whose worker died, or that waits for its next try; returns how much."""
    async with transaction(SERVICE) as session:
        lapsed = await free_lapsed(
            session,
            Generation,
            col(Generation.status).in_(lifecycle.ALIVE),
            col(Generation.stage).in_(lifecycle.WORKED),
            now=now,
        )
        for generation in lapsed:
            await work.queue(session, generation)
    async with transaction(SERVICE) as session:
        pieces = await free_lapsed(
            session, Segment, col(Segment.stage).in_(lifecycle.SEGMENT_WORKED), now=now
        )
        for segment in pieces:
            await work.queue_segment(session, segment)
    return len(lapsed) + len(pieces)


async def sweep(now: datetime) -> int:
    """Give up the segments that have found no place at their provider for hours; returns how many."""
    async with transaction(SERVICE) as session:
        waiting = await segment_queries.waited_too_long(session, now - lifecycle.NO_SLOT_FOR, SWEEP_BATCH)
    for segment in waiting:
        async with transaction(SERVICE) as session:
            generation = await segment_queries.lock_generation(session, segment.generation_id)
            if generation and await segment_queries.change(session, segment, stage="failed"):
                await ending.give_up(session, generation, segment, lifecycle.NO_SLOT, now)
    return len(waiting)


async def discard_files(
    uploads: list[str], folders: list[str], generations: list[str], renders: Sequence[str] = ()
) -> None:
    """Delete the files of a deleted project or person."""
    now = datetime.now(UTC)
    for path in uploads:
        await store().abandon_uploads(RAW_UPLOADS, path, before=now)
        await store().delete(RAW_UPLOADS, path)
    for folder in folders:
        await store().abandon_uploads(RAW_UPLOADS, folder, before=now)
        await store().delete_prefix(RAW_UPLOADS, folder)
    for generation_id in generations:
        await store().delete_prefix(FINAL_RENDERS, f"videos/{generation_id}/")
        await store().delete_prefix(FINAL_RENDERS, f"{SHOWCASE}{generation_id}/")
    for folder in renders:
        await store().delete_prefix(FINAL_RENDERS, folder)


async def _move_on(hold: Hold[Generation], values: Values) -> None:
    """Leave a finished step: write what it made, let the row go, and let its segments wait for their turn."""
    now = datetime.now(UTC)
    fresh = {"claim": None, "tries": 0, "progress": 0.0, "stage_started_at": now}
    async with transaction(SERVICE) as session:
        await write(session, hold, **fresh, **values)
        if values["stage"] == "done":
            await service.complete(session, hold.row, now)
        else:
            await segment_queries.replace(
                session, hold.row.id, await steps.segments_for(session, hold.row, now)
            )
            await work.tell(session, Request.model_validate(hold.row.request).user_id, hold.row.id)


async def _after_error(row: Generation, step: lifecycle.Again | lifecycle.Fail) -> None:
    async with transaction(SERVICE) as session:
        if isinstance(step, lifecycle.Again):
            await queries.let_go(session, row, {"due_at": step.due_at, "error_raw": step.raw})
        else:
            await ending.fail(session, row, step, now=datetime.now(UTC), as_seen=True)


async def _discard_if_ended(row: Generation) -> None:
    """Keep nothing of a generation that was cancelled under us; one that another worker took over needs its files."""
    async with transaction(SERVICE) as session:
        now = await session.get(Generation, row.id)
    if now is None or now.status == "failed":
        await _discard_leftovers(row)
        await store().delete_prefix(FINAL_RENDERS, f"videos/{row.id}/")


async def _discard_leftovers(row: Generation) -> None:
    """What was made on the way is of no use any more; what fails to go now goes with the retention run."""
    async with transaction(SERVICE) as session:
        keys, folders = await steps.leftovers(session, row)
    for key in keys:
        await store().delete(RAW_UPLOADS, key)
    for folder in folders:
        await store().delete_prefix(RAW_UPLOADS, folder)
