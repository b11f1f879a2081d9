"""How the work on a generation ends badly: its books, the next provider or the failure, and word to the provider that
what is still at work there is not wanted any more.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.billing import service as billing
from vannilli_app.generations import lifecycle, offers, provider_queries, queries, segment_queries, work
from vannilli_app.generations.schemas import Request
from vannilli_app.models import Generation, Segment

RAW_KEPT = 4000  # characters of a provider's own words

log = logging.getLogger(__name__)


async def fail(
    session: AsyncSession, generation: Generation, why: lifecycle.Fail, *, now: datetime, as_seen: bool
) -> Generation | None:
    """End a running generation without a video and give its credits back; None when it had ended before or,
    `as_seen`, has moved on since it was read."""
    ended = await queries.end_alive(
        session,
        generation,
        {
            "status": "failed",
            "error_code": why.code,
            "error_message": why.sentence,
            "error_raw": why.raw[:RAW_KEPT],
            "claim": None,
            "completed_at": now,
        },
        as_seen=as_seen,
    )
    if ended is None:
        return None
    await let_go(session, ended.id, now)
    await billing.release(session, generation_id=ended.id, now=now)
    request = Request.model_validate(ended.request)
    standing = (
        "completed" if request.remake else "failed"
    )  # the video of which a part was made again is there
    await queries.set_project_status(session, ended.project_id, standing, now)
    await work.tell(session, request.user_id, ended.id)
    return ended


async def give_up(
    session: AsyncSession,
    generation: Generation,
    segment: Segment,
    why: lifecycle.Fail,
    now: datetime,
    *,
    at_work: bool = False,
) -> None:
    """A segment cannot be made by its provider: the whole goes to the next able one if the person allowed it, else it
    fails. `at_work`: its task may go on at the provider, and has to be cancelled. Needs the generation's lock."""
    if generation.status not in lifecycle.ALIVE:
        return
    if at_work:
        words = {"error_code": why.code, "error_raw": why.raw[:RAW_KEPT]}
        await _cancel(session, [segment], now, **words)
    else:
        await close(session, segment, "failed", now, code=why.code, raw=why.raw)
    next_one = None
    if generation.allow_failover and why.elsewhere:
        offered = await offers.offers(session, now)
        next_one = offers.instead_of(offered, generation.provider, set(generation.tried_providers))
    if next_one is None:
        await fail(session, generation, why, now=now, as_seen=False)
        return
    log.warning("generation %s goes from %s to %s", generation.id, generation.provider, next_one)
    await let_go(session, generation.id, now)
    generation.tried_providers = [*generation.tried_providers, generation.provider]
    generation.provider = next_one
    generation.kling_task_id = None
    generation.stage, generation.stage_started_at = "preparing", now
    generation.claim, generation.tries, generation.progress, generation.due_at = None, 0, 0.0, now
    generation.expected_done_at = generation.late_done_at = None
    session.add(generation)
    await session.flush()
    await work.queue(session, generation)
    await work.tell(session, segment.user_id, generation.id)


async def resubmit(
    session: AsyncSession, segment: Segment, step: lifecycle.Resubmit, internal_task_id: UUID, now: datetime
) -> None:
    """Close the book on a segment's task, and let the segment wait for another submission."""
    attempt = segment.attempt + 1
    moved = await segment_queries.change(
        session,
        segment,
        stage="waiting",
        attempt=attempt,
        external_id=lifecycle.external_id(internal_task_id, segment.number, attempt),
        task_id=None,
        sent_at=None,
        submitted_at=None,
        result_url=None,
        progress=None,
        claim=None,
        tries=0,
        due_at=step.due_at,
    )
    if moved:
        await close(session, segment, "failed", now, raw=step.raw)


async def let_go(session: AsyncSession, generation_id: UUID, now: datetime) -> None:
    """End every segment that is still alive, and have what is at the provider cancelled there."""
    await _cancel(session, await segment_queries.end_all(session, generation_id, "cancelled"), now)


async def close(
    session: AsyncSession,
    segment: Segment,
    status: str,
    now: datetime,
    *,
    code: str | None = None,
    raw: str | None = None,
) -> None:
    """Write the end of a segment's present task into the books."""
    await provider_queries.write_task(
        session,
        segment.provider,
        segment.external_id,
        status=status,
        ended_at=now,
        error_code=code,
        error_raw=raw[:RAW_KEPT] if raw else None,
    )


async def withdraw(session: AsyncSession, segment: Segment, task_id: str | None, now: datetime) -> None:
    """A segment was handed over while it was being cancelled: have that task cancelled too."""
    values = {"task_id": task_id} if task_id else {}
    await _cancel(session, [segment], now, **values)


async def _cancel(session: AsyncSession, segments: Sequence[Segment], now: datetime, **values: Any) -> None:
    """Note what has to be cancelled at the provider, which is tried until the provider has heard it."""
    for segment in segments:
        noted = await provider_queries.start_cancelling(
            session, segment.provider, [segment.external_id], now, **values
        )
        for external_id in noted:
            await work.queue_cancel(session, segment.provider, external_id)
