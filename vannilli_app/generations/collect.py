"""Fetching one segment's result: copied into our own store at once, measured, and used only as far as it reaches."""

import logging
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.db import SERVICE, transaction
from vannilli_app.errors import Invalid
from vannilli_app.generations import ending, lifecycle, queries, segment_queries, work
from vannilli_app.generations.schemas import FPS, Request
from vannilli_app.leases import Hold, LostClaim, heartbeat, persistently, take, write
from vannilli_app.media.checks import SHORT_BY
from vannilli_app.media.probe import probe
from vannilli_app.models import Generation, Segment
from vannilli_app.music import segments as music
from vannilli_app.providers import fetch_result, provider
from vannilli_app.storage import RAW_UPLOADS, store
from vannilli_app.storage.base import located

LEAST_USABLE = 0.5  # of a segment; with less the task is done again

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Result:
    """A provider's video in our store, and how many frames of it there are at `FPS`."""

    key: str
    frames: int


async def collect(segment_id: str) -> None:
    """Fetch a segment's result, if nobody else does. Runs again after a crash without harm."""
    hold = await take(
        Segment,
        col(Segment.id) == UUID(segment_id),
        col(Segment.stage) == "collecting",
        now=datetime.now(UTC),
    )
    if hold is None:
        return
    try:
        if hold.row.tries > lifecycle.MOST_HOLDS:
            raise RuntimeError(f"held {hold.row.tries} times in {hold.row.stage}")
        async with heartbeat(hold):
            result = await _fetch(hold.row)
        await persistently(lambda: _collected(hold, result))
    except LostClaim:
        log.info("segment %s was cancelled or taken over", segment_id)
        await _discard_if_deleted(hold.row)
    except Exception as error:
        log.exception("the result of segment %s could not be had", segment_id)
        await persistently(lambda error=error: _not_collected(hold.row, error))  # type: ignore[misc]


async def _discard_if_deleted(segment: Segment) -> None:
    """Keep nothing of a video whose person or project went away meanwhile: their files were deleted already."""
    async with transaction(SERVICE) as session:
        generation = await session.get(Generation, segment.generation_id)
    if generation is None:
        _, results = lifecycle.working_folders(segment.generation_id, segment.user_id)
        await store().delete_prefix(RAW_UPLOADS, results)


async def _fetch(segment: Segment) -> Result:
    url = segment.result_url or ""
    with tempfile.TemporaryDirectory(prefix="vannilli-result-") as name:
        path = Path(name) / "result.mp4"
        if url.startswith("store:"):
            bucket, key = located(url)
            await store().download(bucket, key, path)
        else:
            key = lifecycle.result_file(segment.generation_id, segment.number, segment.attempt)
            await fetch_result(provider(segment.provider), url, path)
        info = await probe(path)
        if info.kind != "video":
            raise Invalid("unusable", code="result_unusable")
        if not url.startswith("store:"):
            await store().upload(RAW_UPLOADS, key, path, "video/mp4")
    return Result(key, int(info.duration * FPS + 1e-6))


async def _collected(hold: Hold[Segment], result: Result) -> None:
    """Note the result as far as it can be used; with the last one the generation goes on to its finish."""
    now = datetime.now(UTC)
    async with transaction(SERVICE) as session:
        generation = await segment_queries.lock_generation(session, hold.row.generation_id)
        if generation is None or generation.status not in lifecycle.ALIVE:
            raise LostClaim
        segment = await session.get_one(Segment, hold.row.id)
        if segment.claim != hold.claim:
            raise LostClaim
        usable = result.frames - segment.skip_frames
        done = {"stage": "done", "claim": None, "result_key": result.key, "progress": 1.0}
        if usable >= segment.frames - SHORT_BY * FPS:
            await write(session, hold, **done)
        elif until := _usable_until(generation, segment, usable):
            rest = _rest(
                generation, segment, until, await segment_queries.of_generation(session, generation.id), now
            )
            await write(session, hold, **done, frames=until - segment.first_frame)
            session.add(rest)
            log.info("segment %s came back short: its rest is made as number %s", segment.id, rest.number)
        else:
            raw = f"{result.frames} frames came, {segment.skip_frames + segment.frames} are needed"
            await _again(session, generation, hold.row, raw, now)
        await session.flush()
        await segment_queries.sum_progress(session, [generation.id])
        if await segment_queries.all_done(session, generation.id):
            await _to_the_finish(session, generation, now)
        await work.tell(session, segment.user_id, generation.id)


async def _not_collected(segment: Segment, error: Exception) -> None:
    """A dead link is asked for anew, by a look; what is no video after all is made again."""
    now = datetime.now(UTC)
    step = lifecycle.after_error(error, tries=segment.tries, now=now)
    unusable = isinstance(error, Invalid) or (
        isinstance(step, lifecycle.Fail) and step.code in ("result_gone", "result_unusable", "provider_error")
    )
    async with transaction(SERVICE) as session:
        generation = await segment_queries.lock_generation(session, segment.generation_id)
        if generation is None:
            return
        if unusable:
            await _again(session, generation, segment, repr(error), now)
        elif isinstance(step, lifecycle.Again):
            # Through a look, since links expire: it brings a fresh one.
            await segment_queries.change(session, segment, stage="rendering", claim=None, due_at=step.due_at)
        elif await segment_queries.change(session, segment, stage="failed", claim=None):
            await ending.give_up(session, generation, segment, step, now)


async def _again(
    session: AsyncSession, generation: Generation, segment: Segment, raw: str, now: datetime
) -> None:
    step = lifecycle.after_short_result(attempt=segment.attempt, now=now, raw=raw)
    if isinstance(step, lifecycle.Resubmit):
        await ending.resubmit(session, segment, step, generation.internal_task_id, now)
    elif await segment_queries.change(session, segment, stage="failed", claim=None):
        await ending.give_up(session, generation, segment, step, now)


async def _to_the_finish(session: AsyncSession, generation: Generation, now: datetime) -> None:
    moved = await queries.enter(session, generation, "finishing", now)
    if moved:
        await work.queue(session, generation)


def _usable_until(generation: Generation, segment: Segment, usable: int) -> int | None:
    """The last beat line of the section that a short result reaches, if that is far enough."""
    section = Request.model_validate(generation.request).section
    until = music.usable_until(section, fps=FPS, first_frame=segment.first_frame, frames=usable)
    if until is None or until - segment.first_frame < LEAST_USABLE * segment.frames:
        return None
    return until


def _rest(
    generation: Generation, segment: Segment, until: int, others: list[Segment], now: datetime
) -> Segment:
    """The part of a segment that its short result does not reach, as a segment of its own."""
    end = segment.first_frame + segment.frames
    capabilities = provider(segment.provider).capabilities
    lead = segment.take_first + segment.skip_frames - segment.first_frame
    least = min(round(capabilities.min_seconds * FPS), generation.prepared_frames or 0)
    first = min(lead + until, (generation.prepared_frames or 0) - max(least, end - until))
    number = max(other.number for other in others) + 1
    return Segment(
        generation_id=generation.id,
        user_id=segment.user_id,
        number=number,
        first_frame=until,
        frames=end - until,
        take_first=first,
        take_frames=max(least, lead + end - first),
        skip_frames=lead + until - first,
        provider=segment.provider,
        external_id=lifecycle.external_id(generation.internal_task_id, number, 1),
        due_at=now,
        created_at=now,
    )
