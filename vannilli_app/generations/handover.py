"""Handing one segment over to its provider: once, whatever is killed meanwhile.

`sent_at` is written before the call leaves. A worker that finds it set knows that an earlier one may have been heard:
it asks the provider for our id first, and where the provider keeps no such ids nothing is sent again.
"""

import asyncio
import logging
import tempfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app import routes
from vannilli_app.config import settings
from vannilli_app.db import SERVICE, transaction
from vannilli_app.generations import dispatch, ending, lifecycle, provider_queries, segment_queries, work
from vannilli_app.generations.schemas import FPS, Request
from vannilli_app.generations.timing import timing
from vannilli_app.leases import Hold, LostClaim, heartbeat, persistently, take, write
from vannilli_app.media import cut
from vannilli_app.models import Generation, ProviderTaskRow, Segment
from vannilli_app.providers import (
    ProviderError,
    ProviderTask,
    TaskStatus,
    VideoProvider,
    VideoRequest,
    provider,
    providers,
)
from vannilli_app.storage import RAW_UPLOADS, store

INPUT_LINK_SECONDS = 24 * 3600
ANSWER_SECONDS = 4.0  # the supervisor kills a worker that takes over ten to stop

log = logging.getLogger(__name__)


async def submit(segment_id: str) -> None:
    """Hand a segment over, if nobody else does. Runs again after a crash without harm."""
    hold = await take(
        Segment,
        col(Segment.id) == UUID(segment_id),
        col(Segment.stage) == "submitting",
        now=datetime.now(UTC),
    )
    if hold is None:
        return
    answer: list[ProviderTask] = []
    try:
        if hold.row.tries > lifecycle.MOST_HOLDS:
            raise RuntimeError(f"held {hold.row.tries} times in {hold.row.stage}")
        async with heartbeat(hold):
            await _submit(hold, answer)
        await persistently(lambda: _submitted(hold, answer[0]))
    except LostClaim:
        log.info("segment %s was cancelled or taken over", segment_id)
        await persistently(lambda: _withdraw(hold.row, answer[0].task_id if answer else None))
    except Exception as error:
        log.exception("segment %s could not be handed to %s", segment_id, hold.row.provider)
        await persistently(lambda error=error: _refused(hold.row, error))  # type: ignore[misc]


async def cancel_remote(provider_name: str, external_id: str) -> None:
    """Tell a provider that a task is not wanted any more; the book is closed once it has heard it.

    A task whose id nobody wrote down is found by ours. One that is not there yet may still be on its way: it is asked
    for again for a while. Where the provider keeps no ids of ours, an admin has to look.
    """
    chosen, now = providers().get(provider_name), datetime.now(UTC)
    async with transaction(SERVICE) as session:
        book = await provider_queries.task(session, provider_name, external_id)
    if chosen is None or book is None or book.status != "cancelling":
        return
    task_id = book.task_id
    if task_id is None and (found := await chosen.find(external_id)):
        task_id = found.task_id
    if task_id is not None:
        await chosen.cancel_generation(task_id)
        status = "cancelled"
    elif now - book.created_at < lifecycle.FORGOTTEN_AFTER:
        return
    else:
        status = "cancelled" if chosen.capabilities.finds_by_our_id else "unsure"
    async with transaction(SERVICE) as session:
        await provider_queries.write_task(
            session, provider_name, external_id, status=status, task_id=task_id, ended_at=now
        )


async def _submit(hold: Hold[Segment], answer: list[ProviderTask]) -> None:
    """Hand over what was not handed over yet; the provider's task is put into `answer` as soon as it is known."""
    segment = hold.row
    chosen = provider(segment.provider)
    async with transaction(SERVICE) as session:
        generation = await session.get_one(Generation, segment.generation_id)
        book = await provider_queries.task(session, segment.provider, segment.external_id)
    if segment.sent_at is not None:
        if book is not None and book.task_id is not None:
            answer.append(ProviderTask(book.task_id, TaskStatus.PENDING))
            return
        if found := await chosen.find(segment.external_id):
            answer.append(found)
            return
        if not chosen.capabilities.finds_by_our_id:
            raise ProviderError(permanent=False, maybe_accepted=True, raw="sent before, and no answer noted")
    request = await chosen.prepare(await _video_request(generation, segment, chosen))
    await persistently(lambda: _note_sending(hold, chosen, request))
    sending = asyncio.ensure_future(chosen.start_generation(request))
    try:
        answer.append(await asyncio.shield(sending))
    except asyncio.CancelledError:
        # It has left: its answer is worth waiting for, or nobody would know of the task.
        with suppress(Exception):
            answer.append(await asyncio.wait_for(sending, ANSWER_SECONDS))
            await persistently(lambda: _note_task_id(segment, answer[0]))
        raise
    await persistently(lambda: _note_task_id(segment, answer[0]))


async def _note_task_id(segment: Segment, task: ProviderTask) -> None:
    """Write the provider's id down before anything else: whoever comes next goes on from there."""
    async with transaction(SERVICE) as session:
        await provider_queries.write_task(
            session, segment.provider, segment.external_id, task_id=task.task_id
        )


async def _note_sending(hold: Hold[Segment], chosen: VideoProvider, request: VideoRequest) -> None:
    """From here on the submission may have been heard. Without the hold it is not sent."""
    now = datetime.now(UTC)
    seconds = Decimal(request.frames) / FPS
    price = chosen.capabilities.usd_per_second.get(request.mode, Decimal(0))
    async with transaction(SERVICE) as session:
        await write(session, hold, sent_at=now)
        generation = await session.get_one(Generation, hold.row.generation_id)
        await provider_queries.note_task(
            session,
            ProviderTaskRow(
                generation_id=hold.row.generation_id,
                provider=hold.row.provider,
                tier=generation.tier,
                external_id=hold.row.external_id,
                seconds=seconds,
                estimated_usd=seconds * price,
                created_at=now,
            ),
        )
    hold.row.sent_at = now


async def _submitted(hold: Hold[Segment], task: ProviderTask) -> None:
    """Write down the task, and that the generation is at its provider."""
    segment, now = hold.row, datetime.now(UTC)
    capabilities = provider(segment.provider).capabilities
    middle, late = await timing(segment.provider, now)
    async with transaction(SERVICE) as session:
        generation = await segment_queries.lock_generation(session, segment.generation_id)
        await write(
            session,
            hold,
            stage="rendering",
            task_id=task.task_id,
            submitted_at=now,
            claim=None,
            tries=0,
            due_at=lifecycle.next_look(capabilities, timedelta(0), 1.0, now),
        )
        await provider_queries.write_task(
            session,
            segment.provider,
            segment.external_id,
            task_id=task.task_id,
            status="at_work",
            submitted_at=now,
        )
        await dispatch.note_success(session, segment.provider, now)
        if generation is not None and generation.stage == "submitted":
            generation.status, generation.stage, generation.stage_started_at = "processing", "rendering", now
            generation.expected_done_at = now + middle if middle else None
            generation.late_done_at = now + late if late else None
            alone = len(await segment_queries.of_generation(session, generation.id)) == 1
            generation.kling_task_id = task.task_id if alone else None
            session.add(generation)
            await work.tell(session, segment.user_id, generation.id)


async def _refused(segment: Segment, error: Exception) -> None:
    """Carry out what follows from a submission that went wrong."""
    now = datetime.now(UTC)
    chosen = providers().get(segment.provider)
    finds = chosen is not None and chosen.capabilities.finds_by_our_id
    step = (
        lifecycle.after_refusal(error, tries=segment.tries, finds_by_our_id=finds, now=now)
        if chosen
        else lifecycle.GONE
    )
    certain = isinstance(error, ProviderError) and not error.maybe_accepted  # it was not heard
    async with transaction(SERVICE) as session:
        generation = await segment_queries.lock_generation(session, segment.generation_id)
        if generation is None:
            return
        if isinstance(error, ProviderError) and not error.busy and not error.permanent:
            await dispatch.note_failure(session, segment.provider, now)
        match step:
            case lifecycle.Again(due_at, _):
                unsent = {"sent_at": None} if certain else {}
                await segment_queries.change(session, segment, claim=None, due_at=due_at, **unsent)
            case lifecycle.Busy(until, _):
                await dispatch.note_busy(session, segment.provider, until, now)
                await segment_queries.change(
                    session, segment, stage="waiting", claim=None, due_at=until, sent_at=None
                )
            case lifecycle.Unsure(raw):
                await _surface(session, generation, segment, raw, now)
            case lifecycle.Fail():
                if await segment_queries.change(session, segment, stage="failed", claim=None):
                    at_work = segment.sent_at is not None and not certain
                    await ending.give_up(session, generation, segment, step, now, at_work=at_work)


async def _surface(
    session: AsyncSession, generation: Generation, segment: Segment, raw: str, now: datetime
) -> None:
    """Nobody can tell whether the provider works on it: it is not sent again, and an admin is shown it."""
    log.error("%s may or may not be at work on %s: %s", segment.provider, segment.external_id, raw)
    if await segment_queries.change(session, segment, stage="failed", claim=None):
        await ending.give_up(session, generation, segment, lifecycle.LOST, now)
    await ending.close(session, segment, "unsure", now, code=lifecycle.LOST.code, raw=raw)


async def _withdraw(segment: Segment, task_id: str | None) -> None:
    """Have cancelled what was handed over while its generation was being cancelled. A segment that another worker took
    over is left to it."""
    async with transaction(SERVICE) as session:
        now = await session.get(Segment, segment.id)
        gone = now is None or now.stage in ("cancelled", "failed") or now.external_id != segment.external_id
        if gone and segment.sent_at is not None:
            await ending.withdraw(session, segment, task_id, datetime.now(UTC))


async def _video_request(generation: Generation, segment: Segment, chosen: VideoProvider) -> VideoRequest:
    request = Request.model_validate(generation.request)
    driver_key, image_key, _ = lifecycle.working_files(generation.id, segment.user_id)
    if segment.take_frames != generation.prepared_frames:
        driver_key = await _piece(segment, driver_key)
    links = chosen.capabilities.fetches_links
    return VideoRequest(
        external_id=segment.external_id,
        driver_video_url=await _link(driver_key, links),
        target_image_url=await _link(image_key, links),
        width=request.width,
        height=request.height,
        fps=FPS,
        frames=segment.take_frames,
        bpm=float(request.bpm),
        beats_per_bar=float(request.section.meter.beats_per_bar),
        prompt=request.prompt,
        mode=request.mode,
        character_orientation=request.character_orientation,
        beat_accent=request.beat_accent,
        mouth=request.mouth,
        face=request.face,
        callback_url=_callback_url(segment) if chosen.capabilities.calls_back else None,
    )


async def _piece(segment: Segment, driver_key: str) -> str:
    """Cut what this segment sends out of the prepared performance, and store it."""
    key = lifecycle.piece_file(segment.generation_id, segment.user_id, segment.number)
    with tempfile.TemporaryDirectory(prefix="vannilli-piece-") as name:
        whole, piece = Path(name) / "whole.mp4", Path(name) / "piece.mp4"
        await store().download(RAW_UPLOADS, driver_key, whole)
        await cut.prepare_driver(
            whole,
            piece,
            start_seconds=Fraction(segment.take_first, FPS),
            seconds=Fraction(segment.take_frames, FPS),
            fps=Fraction(FPS),
        )
        await store().upload(RAW_UPLOADS, key, piece, "video/mp4")
    return key


async def _link(key: str, links: bool) -> str:
    if links:
        return await store().presign_get(RAW_UPLOADS, key, expires=INPUT_LINK_SECONDS)
    return f"store:{RAW_UPLOADS}/{key}"


def _callback_url(segment: Segment) -> str:
    return settings().base_url + routes.provider_callback(segment.provider, segment.external_id)
