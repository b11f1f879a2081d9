"""Every SELECT and UPDATE of segments."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, or_, text
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.generations.lifecycle import ALIVE, AT_WORK, SEGMENT_ALIVE
from vannilli_app.models import Generation, Segment

_QUIETLY = {"synchronize_session": False}


async def of_generation(session: AsyncSession, generation_id: UUID) -> list[Segment]:
    """A generation's segments in the order of the song."""
    found = await session.exec(
        select(Segment).where(Segment.generation_id == generation_id).order_by(col(Segment.first_frame))
    )
    return list(found)


async def replace(session: AsyncSession, generation_id: UUID, segments: Sequence[Segment]) -> None:
    """Give a generation these segments instead of those that it has."""
    await session.exec(delete(Segment).where(col(Segment.generation_id) == generation_id))
    session.add_all(segments)
    await session.flush()


async def lock_generation(session: AsyncSession, generation_id: UUID) -> Generation | None:
    """The generation, held until the transaction ends, so that its segments move it on one after the other."""
    found = await session.exec(
        select(Generation).where(Generation.id == generation_id).with_for_update(key_share=True)
    )
    return found.one_or_none()


async def at_work(session: AsyncSession, provider: str) -> int:
    """How many of a provider's parallel slots are taken."""
    found = await session.exec(
        select(func.count())
        .select_from(Segment)
        .where(Segment.provider == provider, col(Segment.stage).in_(AT_WORK))
    )
    return found.one()


async def all_at_work(session: AsyncSession) -> dict[str, int]:
    """How many slots are taken of each provider that has some taken."""
    found = await session.exec(
        select(Segment.provider, func.count())
        .where(col(Segment.stage).in_(AT_WORK))
        .group_by(col(Segment.provider))
    )
    return dict(found.all())


async def next_in_turn(session: AsyncSession, provider: str, now: datetime, limit: int) -> list[UUID]:
    """Who goes next: people take turns, each by how much they have at work, and within a person the older goes first.

    Only for whoever holds the provider's state.
    """
    busy = (
        select(Segment.user_id, func.count().label("taken"))
        .where(Segment.provider == provider, col(Segment.stage).in_(AT_WORK))
        .group_by(col(Segment.user_id))
        .subquery()
    )
    order = (col(Segment.created_at), col(Segment.number))
    mine = func.row_number().over(partition_by=col(Segment.user_id), order_by=order)
    waiting = (
        select(Segment.id)
        .outerjoin(busy, busy.c.user_id == Segment.user_id)
        .where(Segment.provider == provider, Segment.stage == "waiting", col(Segment.due_at) <= now)
        .order_by(mine + func.coalesce(busy.c.taken, 0), *order)
        .limit(limit)
    )
    return list(await session.exec(waiting))


async def start_submitting(
    session: AsyncSession, ids: Sequence[UUID], now: datetime, lease: timedelta
) -> list[Segment]:
    """Let waiting segments be handed over."""
    begun = await session.exec(
        update(Segment)
        .where(col(Segment.id).in_(ids), col(Segment.stage) == "waiting")
        .values(stage="submitting", claim=None, tries=0, due_at=now + lease)
        .returning(Segment)
        .execution_options(**_QUIETLY)
    )
    return list(begun.scalars())


async def waited_too_long(session: AsyncSession, before: datetime, limit: int) -> list[Segment]:
    """Segments that have waited for their turn since before then."""
    found = await session.exec(
        select(Segment).where(Segment.stage == "waiting", col(Segment.created_at) < before).limit(limit)
    )
    return list(found)


async def providers_waited_for(session: AsyncSession, now: datetime) -> list[str]:
    """Providers that somebody waits for."""
    found = await session.exec(
        select(Segment.provider).where(Segment.stage == "waiting", col(Segment.due_at) <= now).distinct()
    )
    return list(found)


async def providers_to_look_at(session: AsyncSession, now: datetime) -> list[str]:
    """Providers with a task whose look is due."""
    found = await session.exec(
        select(Segment.provider).where(Segment.stage == "rendering", col(Segment.due_at) <= now).distinct()
    )
    return list(found)


async def due_for_a_look(
    session: AsyncSession, provider: str, now: datetime, lease: timedelta, limit: int
) -> list[Segment]:
    """Claim a batch of a provider's rendering segments whose look is due: they come due again after `lease` if we die
    meanwhile."""
    due = (
        select(Segment.id)
        .where(Segment.provider == provider, Segment.stage == "rendering", Segment.due_at <= now)
        .order_by(col(Segment.due_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claimed = await session.exec(
        update(Segment)
        .where(col(Segment.id).in_(due))
        .values(due_at=now + lease)
        .returning(Segment)
        .execution_options(**_QUIETLY)
    )
    return list(claimed.scalars())


async def keep_waiting(session: AsyncSession, looks: Sequence[tuple[UUID, datetime, float | None]]) -> None:
    """Note the next look and the progress of many segments at once, by id; those that moved on are left alone."""
    await (await session.connection()).execute(
        text(
            "UPDATE segments SET due_at = looked.due_at, progress = coalesce(looked.progress, segments.progress)"
            " FROM unnest(CAST(:ids AS uuid[]), CAST(:due AS timestamptz[]), CAST(:progress AS float8[]))"
            " AS looked(id, due_at, progress)"
            " WHERE segments.id = looked.id AND segments.stage = 'rendering'"
        ),
        {
            "ids": [segment_id for segment_id, _, _ in looks],
            "due": [due_at for _, due_at, _ in looks],
            "progress": [progress for _, _, progress in looks],
        },
    )


async def sum_progress(session: AsyncSession, generation_ids: Sequence[UUID]) -> list[Generation]:
    """Bring the progress of these generations up to that of their segments; gives those that got on visibly."""
    share = case(
        (col(Segment.stage).in_(("collecting", "done")), 1.0), else_=func.coalesce(Segment.progress, 0)
    )
    sums = (
        select(
            Segment.generation_id,
            (func.sum(share * Segment.frames) / func.sum(Segment.frames)).label("progress"),
        )
        .where(
            col(Segment.generation_id).in_(generation_ids),
            # What is kept of a video before was never sent: it is no progress.
            or_(col(Segment.sent_at).is_not(None), col(Segment.stage) != "done"),
        )
        .group_by(col(Segment.generation_id))
        .subquery()
    )
    moved = await session.exec(
        update(Generation)
        .where(
            col(Generation.id) == sums.c.generation_id,
            col(Generation.stage) == "rendering",
            col(Generation.status).in_(ALIVE),
            sums.c.progress - Generation.progress >= 0.01,  # it never goes back before a person's eyes
        )
        .values(progress=func.least(sums.c.progress, 1.0))
        .returning(Generation)
        .execution_options(**_QUIETLY)
    )
    return list(moved.scalars())


async def change(session: AsyncSession, segment: Segment, **values: Any) -> bool:
    """Change a segment that has not moved on since it was read; says whether it was changed."""
    changed = await session.exec(
        update(Segment)
        .where(
            col(Segment.id) == segment.id,
            col(Segment.stage) == segment.stage,
            col(Segment.external_id) == segment.external_id,
            col(Segment.claim).is_not_distinct_from(segment.claim),
        )
        .values(**values)
        .returning(col(Segment.id))
        .execution_options(**_QUIETLY)
    )
    return changed.first() is not None


async def end_all(session: AsyncSession, generation_id: UUID, stage: str) -> list[Segment]:
    """End what is still alive of a generation; gives those segments as they were."""
    found = await session.exec(
        select(Segment)
        .where(Segment.generation_id == generation_id, col(Segment.stage).in_(SEGMENT_ALIVE))
        .with_for_update()
    )
    alive = [segment.model_copy() for segment in found]
    await session.exec(
        update(Segment)
        .where(col(Segment.id).in_([segment.id for segment in alive]))
        .values(stage=stage, claim=None)
        .execution_options(**_QUIETLY)
    )
    return alive


async def hurry(
    session: AsyncSession, provider: str, task_id: str, external_id: str | None, now: datetime
) -> int:
    """Make the next look at a task due, by our own id where that is known; says how many segments that was."""
    same = col(Segment.external_id) == external_id if external_id else col(Segment.task_id) == task_id
    hurried = await session.exec(
        update(Segment)
        .where(col(Segment.provider) == provider, same, col(Segment.stage) == "rendering")
        .values(due_at=now)
        .returning(col(Segment.id))
        .execution_options(**_QUIETLY)
    )
    return len(hurried.all())


async def result_keys(session: AsyncSession, generation_id: UUID) -> list[str]:
    """Where the results of a generation's segments lie."""
    found = await session.exec(
        select(Segment.result_key).where(
            Segment.generation_id == generation_id, col(Segment.result_key).is_not(None)
        )
    )
    return [key for key in found if key]


async def all_done(session: AsyncSession, generation_id: UUID) -> bool:
    """Whether every segment of a generation has its result."""
    left = await session.exec(
        select(func.count())
        .select_from(Segment)
        .where(Segment.generation_id == generation_id, Segment.stage != "done")
    )
    return left.one() == 0
