"""The work on generations: a worker advances a row by one of its `steps`, the scheduler looks at what a provider is
doing and queues what was left behind. Nothing here runs inside a person's request.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.db import SERVICE, transaction
from vannilli_app.generations import lifecycle, queries, service, steps
from vannilli_app.generations.schemas import Request
from vannilli_app.generations.steps import Values
from vannilli_app.leases import Hold, LostClaim, free_lapsed, heartbeat, persistently, take, write
from vannilli_app.models import Generation
from vannilli_app.providers import ProviderError, ProviderTask, provider
from vannilli_app.storage import FINAL_RENDERS, RAW_UPLOADS, store

LOOK_BATCH = 200
LOOK_LEASE = timedelta(seconds=15)

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
    try:
        if hold.row.tries > lifecycle.MOST_HOLDS:
            raise RuntimeError(f"held {hold.row.tries} times in {hold.row.stage}")
        async with heartbeat(hold, tell=_teller(hold.row)):
            values = await steps.STEPS[hold.row.stage](hold)
        await persistently(lambda: _move_on(hold, values))
    except LostClaim:
        log.info("generation %s was cancelled or taken over", generation_id)
        await _withdraw(hold.row)
    except Exception as error:
        log.exception("generation %s, stage %s", generation_id, hold.row.stage)
        step = lifecycle.after_error(error, tries=hold.row.tries, now=datetime.now(UTC))
        await persistently(lambda: _apply(hold.row, step))


async def look_at_due(now: datetime) -> int:
    """Ask the providers about the tasks whose look is due, several ids a call; returns how many were looked at."""
    async with transaction(SERVICE) as session:
        due = await queries.due_for_a_look(session, now, LOOK_LEASE, LOOK_BATCH)
    by_provider: defaultdict[str, list[Generation]] = defaultdict(list)
    for generation in due:
        by_provider[generation.provider].append(generation)
    await asyncio.gather(*(_look(name, batch) for name, batch in by_provider.items()))
    return len(due)


async def revive(now: datetime) -> int:
    """Queue again the generations whose worker died, or that wait for their next try; returns how many."""
    async with transaction(SERVICE) as session:
        lapsed = await free_lapsed(
            session,
            Generation,
            col(Generation.status).in_(lifecycle.ALIVE),
            col(Generation.stage).in_(lifecycle.WORKED),
            now=now,
        )
        for generation in lapsed:
            await service.queue(session, generation)
    return len(lapsed)


async def cancel_remote(provider_name: str, external_id: str, task_id: str | None) -> None:
    """Stop a provider's task whose generation was cancelled; one that was submitted by a worker that died before it
    could write the task's id down is found by ours."""
    chosen = provider(provider_name)
    if task_id is None:
        found = await chosen.find(external_id)
        task_id = found.task_id if found else None
    if task_id is not None:
        await chosen.cancel_generation(task_id)


async def discard_files(uploads: list[str], generations: list[str]) -> None:
    """Delete the files of a deleted project."""
    for path in uploads:
        await store().delete(RAW_UPLOADS, path)
    for generation_id in generations:
        await store().delete_prefix(FINAL_RENDERS, f"videos/{generation_id}/")


async def _withdraw(row: Generation) -> None:
    """Cancel what was submitted while its generation was being cancelled: nobody else knows of that task."""
    async with transaction(SERVICE) as session:
        now = await session.get(Generation, row.id)
    if row.stage == "submitted" and now is not None and now.status not in lifecycle.ALIVE:
        await cancel_remote(row.provider, lifecycle.external_id(row.internal_task_id, row.attempt), None)


async def _move_on(hold: Hold[Generation], values: Values) -> None:
    """Leave a finished step: write what it made, let the row go, queue what comes next."""
    now = datetime.now(UTC)
    fresh = {"claim": None, "tries": 0, "progress": 0.0, "stage_started_at": now, "expected_done_at": None}
    async with transaction(SERVICE) as session:
        await write(session, hold, **fresh, **values)
        if values["stage"] == "done":
            await service.complete(session, hold.row, now)
        else:
            await _teller(hold.row)(session)
        if values["stage"] in lifecycle.WORKED:
            await service.queue(session, hold.row)
    if values["stage"] == "done":
        await _discard_leftovers(hold.row)


async def _discard_leftovers(row: Generation) -> None:
    """What was made on the way is of no use any more; what fails to go now goes with the retention run."""
    for key in steps.leftovers(row):
        await store().delete(RAW_UPLOADS, key)


async def _look(provider_name: str, batch: list[Generation]) -> None:
    chosen = provider(provider_name)
    try:
        tasks = await chosen.check_status([row.kling_task_id or "" for row in batch])
    except ProviderError as error:
        log.warning(
            "looking at %s tasks of %s failed: %s", len(batch), provider_name, error.raw or error.message
        )
        return
    for row in batch:
        task: ProviderTask | None = tasks.get(row.kling_task_id or "")
        step = lifecycle.after_look(
            task,
            capabilities=chosen.capabilities,
            started_at=row.stage_started_at,
            attempt=row.attempt,
            now=datetime.now(UTC),
        )
        await _apply(row, step)


async def _apply(
    row: Generation, step: lifecycle.Wait | lifecycle.Collect | lifecycle.Again | lifecycle.Fail
) -> None:
    """Carry out a decision about a row that is in `rendering`, or whose step went wrong."""
    now = datetime.now(UTC)
    async with transaction(SERVICE) as session:
        match step:
            case lifecycle.Wait(progress, due_at, expected_done_at):
                values = {"progress": progress, "due_at": due_at, "expected_done_at": expected_done_at}
                if await queries.change_while_rendering(session, row, values):
                    await _teller(row)(session)
            case lifecycle.Collect(result_url):
                values = _entering("finishing", now) | {"result_url": result_url}
                if await queries.change_while_rendering(session, row, values):
                    await service.queue(session, row)
                    await _teller(row)(session)
            case lifecycle.Again(due_at, raw) if row.stage == "rendering":
                values = _entering("submitted", now) | {
                    "due_at": due_at,
                    "error_raw": raw,
                    "attempt": row.attempt + 1,
                    "kling_task_id": None,
                }
                await queries.change_while_rendering(session, row, values)
            case lifecycle.Again(due_at, raw):
                await queries.let_go(session, row, {"due_at": due_at, "error_raw": raw})
            case lifecycle.Fail():
                await service.fail(session, row, step, now=now, as_seen=True)


def _entering(stage: str, now: datetime) -> Values:
    return {
        "stage": stage,
        "claim": None,
        "tries": 0,
        "progress": 0.0,
        "stage_started_at": now,
        "expected_done_at": None,
        "due_at": steps.soon(),
    }


def _teller(row: Generation) -> Callable[[AsyncSession], Awaitable[None]]:
    user_id = Request.model_validate(row.request).user_id

    async def tell(session: AsyncSession) -> None:
        await service.tell(session, user_id, row.id)

    return tell
