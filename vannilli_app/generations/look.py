"""Looking at what providers are doing: due segments are claimed in batches, asked about many at a time, and what is
still at work is written back in one statement.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from vannilli_app.db import SERVICE, transaction
from vannilli_app.generations import dispatch, ending, lifecycle, provider_queries, segment_queries, work
from vannilli_app.generations.schemas import Request
from vannilli_app.leases import LEASE
from vannilli_app.models import Segment
from vannilli_app.providers import ProviderError, ProviderTask, VideoProvider, providers

BATCH = 1000
LOOK_LEASE = timedelta(seconds=30)
CALLS_AT_ONCE = 8  # for each provider

Looked = tuple[Segment, ProviderTask | None]

log = logging.getLogger(__name__)


async def look_at_due(now: datetime) -> int:
    """Ask the providers about the tasks whose look is due; returns how many were looked at."""
    looked = 0
    while True:
        async with transaction(SERVICE) as session:
            due = await segment_queries.due_for_a_look(session, now, LOOK_LEASE, BATCH)
            at_work = await segment_queries.all_at_work(session) if due else {}
        by_provider: defaultdict[str, list[Segment]] = defaultdict(list)
        for segment in due:
            by_provider[segment.provider].append(segment)
        await asyncio.gather(
            *(
                _look_at(providers()[name], batch, at_work.get(name, 0), now)
                for name, batch in by_provider.items()
                if name in providers()
            )
        )
        looked += len(due)
        if len(due) < BATCH:
            return looked


async def _look_at(chosen: VideoProvider, segments: Sequence[Segment], at_work: int, now: datetime) -> None:
    """Ask one provider about these segments, some calls at a time, and carry out what follows."""
    places = asyncio.Semaphore(CALLS_AT_ONCE)
    stretch = lifecycle.stretch_for(chosen.capabilities, at_work)
    failures: list[ProviderError] = []

    async def ask(some: Sequence[Segment]) -> list[Looked]:
        try:
            async with places:
                tasks = await chosen.check_status([segment.task_id or "" for segment in some])
        except ProviderError as error:
            failures.append(error)
            return []
        return [(segment, tasks.get(segment.task_id or "")) for segment in some]

    most = chosen.capabilities.batch
    asked = await asyncio.gather(
        *(ask(segments[first : first + most]) for first in range(0, len(segments), most))
    )
    answers = [answer for some in asked for answer in some]
    if failures:
        log.warning("%s of the looks at %s failed: %s", len(failures), chosen.name, failures[0].raw)
    if failures and not answers and not failures[0].busy:
        async with transaction(SERVICE) as session:
            await dispatch.note_failure(session, chosen.name, now)
    await _carry_out(chosen, answers, stretch, now)


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
                    await ending.give_up(session, generation, segment, step, now)
        if task is not None and task.billed is not None:
            await provider_queries.write_billed(session, segment.provider, segment.external_id, task.billed)
