"""Looking at what providers are doing: due segments are claimed in batches, asked about many at a time, and what is
still at work is written back in one statement.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from vannilli_app.db import SERVICE, transaction
from vannilli_app.generations import dispatch, ending, lifecycle, provider_queries, segment_queries, work
from vannilli_app.generations.schemas import Request
from vannilli_app.leases import LEASE
from vannilli_app.models import Segment
from vannilli_app.providers import ProviderError, ProviderTask, TaskStatus, VideoProvider, providers

BATCH = 1000
LOOK_LEASE = timedelta(seconds=30)
CALLS_AT_ONCE = 32  # for each provider: calls wait for the network most of their time
ROUNDS_A_CLAIM = 10

Looked = tuple[Segment, ProviderTask | None]

log = logging.getLogger(__name__)


async def look_at_due(now: datetime) -> int:
    """Ask the providers about the tasks whose look is due; returns how many were looked at. A slow provider holds up no
    other."""
    async with transaction(SERVICE) as session:
        names = await segment_queries.providers_to_look_at(session, now)
    return sum(await asyncio.gather(*(_look_at_all(name, now) for name in names)))


async def _look_at_all(name: str, now: datetime) -> int:
    """Look at one provider's due tasks, as many at a time as are surely asked about before their claim ends."""
    there = providers().get(name)
    most = min(BATCH, there.capabilities.batch * CALLS_AT_ONCE * ROUNDS_A_CLAIM) if there else BATCH
    looked = 0
    while True:
        async with transaction(SERVICE) as session:
            due = await segment_queries.due_for_a_look(session, name, now, LOOK_LEASE, most)
            at_work = await segment_queries.at_work(session, name) if due else 0
        if due:
            await _look_at(name, due, at_work, now)
        looked += len(due)
        if len(due) < most:
            return looked
        now = datetime.now(UTC)


async def _look_at(name: str, segments: Sequence[Segment], at_work: int, now: datetime) -> None:
    """Ask one provider about these segments, some calls at a time, and carry out what follows."""
    chosen = providers().get(name)
    if chosen is None:
        for segment in segments:
            await _apply(segment, None, lifecycle.GONE, now)
        return
    places = asyncio.Semaphore(CALLS_AT_ONCE)
    failures: list[Exception] = []

    async def ask(some: Sequence[Segment]) -> list[Looked]:
        try:
            async with places:
                tasks = await chosen.check_status([segment.task_id or "" for segment in some])
        except Exception as error:  # whatever an adapter trips over must not stop the others
            failures.append(error)
            if len(some) > 1 and isinstance(error, ProviderError) and error.permanent:
                apart = [await ask([segment]) for segment in some]  # one of them spoils the batch
                return [looked for one in apart for looked in one]
            return []
        return [(segment, tasks.get(segment.task_id or "")) for segment in some]

    most = chosen.capabilities.batch
    asked = await asyncio.gather(
        *(ask(segments[first : first + most]) for first in range(0, len(segments), most))
    )
    answers = [answer for some in asked for answer in some]
    stretch = lifecycle.stretch_for(chosen.capabilities, at_work)
    if failures:
        await _note_failures(chosen, failures, any_answer=bool(answers), now=now)
        answered = {segment.id for segment, _ in answers}
        unanswered = [segment for segment in segments if segment.id not in answered]
        await _without_answer(chosen, unanswered, stretch, now)
    await _carry_out(chosen, answers, stretch, now)


async def _note_failures(
    chosen: VideoProvider, failures: Sequence[Exception], *, any_answer: bool, now: datetime
) -> None:
    first = failures[0]
    words = first.raw if isinstance(first, ProviderError) else repr(first)
    log.warning("%s of the looks at %s failed: %s", len(failures), chosen.name, words)
    if not any_answer and not (isinstance(first, ProviderError) and first.busy):
        async with transaction(SERVICE) as session:
            await dispatch.note_failure(session, chosen.name, now)


async def _without_answer(
    chosen: VideoProvider, segments: Sequence[Segment], stretch: float, now: datetime
) -> None:
    """Have these looked at again; a task that nobody can be asked about ends too, when its time is over."""
    waits: list[tuple[UUID, datetime, float | None]] = []
    for segment in segments:
        step = lifecycle.after_no_answer(
            capabilities=chosen.capabilities,
            submitted_at=segment.submitted_at or segment.created_at,
            stretch=stretch,
            now=now,
        )
        if isinstance(step, lifecycle.Wait):
            waits.append((segment.id, step.due_at, None))
        else:
            await _apply(segment, None, step, now)
    if waits:
        async with transaction(SERVICE) as session:
            await segment_queries.keep_waiting(session, waits)


async def _carry_out(chosen: VideoProvider, answers: Sequence[Looked], stretch: float, now: datetime) -> None:
    waits: list[tuple[UUID, datetime, float | None]] = []
    seen: set[UUID] = set()
    for segment, task in answers:
        step = lifecycle.after_look(
            task,
            capabilities=chosen.capabilities,
            submitted_at=segment.submitted_at or segment.created_at,
            attempt=segment.attempt,
            stretch=stretch,
            now=now,
        )
        if isinstance(step, lifecycle.Wait):
            waits.append((segment.id, step.due_at, step.progress))
            if step.progress is not None:
                seen.add(segment.generation_id)
        else:
            await _apply(segment, task, step, now)
    if waits:
        async with transaction(SERVICE) as session:
            await segment_queries.keep_waiting(session, waits)
    if seen:
        # Apart: whoever else holds both locks the generation before its segments.
        async with transaction(SERVICE) as session:
            for generation in await segment_queries.sum_progress(session, list(seen)):
                user_id = Request.model_validate(generation.request).user_id
                await work.tell(session, user_id, generation.id)


async def _apply(
    segment: Segment,
    task: ProviderTask | None,
    step: lifecycle.Collect | lifecycle.Resubmit | lifecycle.Fail,
    now: datetime,
) -> None:
    """Carry out a decision about a segment whose task has ended."""
    async with transaction(SERVICE) as session:
        generation = await segment_queries.lock_generation(session, segment.generation_id)
        if generation is None:
            return
        match step:
            case lifecycle.Collect(result_url):
                moved = await segment_queries.change(
                    session,
                    segment,
                    stage="collecting",
                    result_url=result_url,
                    claim=None,
                    due_at=now + LEASE,
                )
                if moved:
                    await ending.close(session, segment, "completed", now)
                    segment.stage = "collecting"
                    await work.queue_segment(session, segment)
            case lifecycle.Resubmit():
                await ending.resubmit(session, segment, step, generation.internal_task_id, now)
            case lifecycle.Fail():
                if await segment_queries.change(session, segment, stage="failed", claim=None):
                    ended = task is not None and task.status is TaskStatus.FAILED
                    await ending.give_up(session, generation, segment, step, now, at_work=not ended)
        if task is not None and task.billed is not None:
            await provider_queries.write_billed(session, segment.provider, segment.external_id, task.billed)
