"""Every SELECT and UPDATE of generations."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, or_, tuple_
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.generations.lifecycle import ALIVE
from vannilli_app.models import Asset, CreditReservation, Generation, Project, User


async def lock_person(session: AsyncSession, user_id: UUID) -> User | None:
    """The person, held until the transaction ends, so that what they start or spend comes one after the other."""
    return (
        await session.exec(select(User).where(User.id == user_id).with_for_update(key_share=True))
    ).one_or_none()


async def lock_project(session: AsyncSession, user_id: UUID, project_id: UUID) -> Project | None:
    """A person's project, held until the transaction ends; None when it is somebody else's."""
    found = await session.exec(
        select(Project).where(Project.id == project_id, Project.user_id == user_id).with_for_update()
    )
    return found.one_or_none()


async def project_ids(session: AsyncSession, user_id: UUID) -> list[UUID]:
    return list(await session.exec(select(Project.id).where(Project.user_id == user_id)))


async def running(session: AsyncSession, project_id: UUID) -> Generation | None:
    found = await session.exec(
        select(Generation).where(Generation.project_id == project_id, col(Generation.status).in_(ALIVE))
    )
    return found.one_or_none()


async def lock_all_running(session: AsyncSession, user_id: UUID) -> list[UUID]:
    """The generations of a person that are being made, held until the transaction ends."""
    found = await session.exec(
        select(Generation.id)
        .join(Project)
        .where(Project.user_id == user_id, col(Generation.status).in_(ALIVE))
        .order_by(col(Generation.id))
        .with_for_update(key_share=True, of=Generation)
    )
    return list(found)


async def by_idempotency_key(session: AsyncSession, project_id: UUID, key: str) -> Generation | None:
    found = await session.exec(
        select(Generation).where(Generation.project_id == project_id, Generation.idempotency_key == key)
    )
    return found.one_or_none()


# Asked again and again while a video is made: so it is made once.
_MINE = (
    select(Generation)
    .join(Project)
    .where(
        Project.user_id == bindparam("user_id"),
        or_(
            col(Generation.id) == bindparam("generation_id"),
            col(Generation.internal_task_id) == bindparam("generation_id"),
        ),
    )
)


async def mine(session: AsyncSession, user_id: UUID, generation_id: UUID) -> Generation | None:
    """A person's generation by id or by its task id; None when there is none or it is somebody else's."""
    found = await session.exec(_MINE, params={"user_id": user_id, "generation_id": generation_id})
    return found.one_or_none()


async def mine_before(
    session: AsyncSession,
    user_id: UUID,
    before: tuple[datetime, UUID] | None,
    limit: int,
    project_id: UUID | None = None,
) -> list[Generation]:
    """A page of a person's generations, newest first."""
    query = select(Generation).join(Project).where(Project.user_id == user_id)
    if project_id:
        query = query.where(Generation.project_id == project_id)
    if before:
        query = query.where(tuple_(col(Generation.created_at), col(Generation.id)) < before)
    order = (col(Generation.created_at).desc(), col(Generation.id).desc())
    return list(await session.exec(query.order_by(*order).limit(limit)))


async def count_starts(session: AsyncSession, user_id: UUID, since: datetime) -> int:
    """How many generations a person started since then."""
    found = await session.exec(
        select(func.count())
        .select_from(Generation)
        .join(Project)
        .where(Project.user_id == user_id, Generation.created_at > since)
    )
    return found.one()


async def of_project(session: AsyncSession, project_id: UUID) -> list[Generation]:
    return list(await session.exec(select(Generation).where(Generation.project_id == project_id)))


async def asset_paths(session: AsyncSession, project_id: UUID) -> list[str]:
    """Where the files that were promised for a project lie, or would."""
    return list(await session.exec(select(Asset.path).where(Asset.project_id == project_id)))


async def paths_there(session: AsyncSession, project_id: UUID) -> list[str]:
    """Where the uploads of a project lie that are not deleted yet."""
    found = await session.exec(
        select(Asset.path).where(Asset.project_id == project_id, col(Asset.deleted_at).is_(None))
    )
    return list(found)


async def enter(session: AsyncSession, generation: Generation, stage: str, now: datetime) -> bool:
    """Move a running generation to a stage that a worker has to take up; says whether it was moved."""
    moved = await session.exec(
        update(Generation)
        .where(col(Generation.id) == generation.id, col(Generation.status).in_(ALIVE))
        .values(
            stage=stage,
            status="processing",
            claim=None,
            tries=0,
            progress=0.0,
            stage_started_at=now,
            expected_done_at=None,
            late_done_at=None,
            due_at=now + timedelta(seconds=10),
        )
        .returning(col(Generation.id))
        .execution_options(synchronize_session=False)
    )
    return moved.first() is not None


async def let_go(session: AsyncSession, generation: Generation, values: dict[str, Any]) -> None:
    """Let go of a row whose step failed, unless it was cancelled or taken over meanwhile."""
    await session.exec(
        update(Generation)
        .where(
            col(Generation.id) == generation.id,
            col(Generation.status).in_(ALIVE),
            col(Generation.claim) == generation.claim,
        )
        .values(claim=None, **values)
        .execution_options(synchronize_session=False)
    )


async def end_alive(
    session: AsyncSession, generation: Generation, values: dict[str, Any], *, as_seen: bool
) -> Generation | None:
    """End a generation that still runs; None when it has ended already, or, `as_seen`, has moved on since it was
    read or belongs to another worker now."""
    conditions = [col(Generation.id) == generation.id, col(Generation.status).in_(ALIVE)]
    if as_seen:
        conditions += [
            col(Generation.stage) == generation.stage,
            col(Generation.claim).is_not_distinct_from(generation.claim),
        ]
    ended = await session.exec(
        update(Generation)
        .where(*conditions)
        .values(**values)
        .returning(Generation)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return ended.scalar_one_or_none()


async def set_project_status(session: AsyncSession, project_id: UUID, status: str, now: datetime) -> None:
    await session.exec(
        update(Project).where(col(Project.id) == project_id).values(status=status, updated_at=now)
    )


async def mark_free_redeemed(session: AsyncSession, user_id: UUID) -> None:
    await session.exec(update(User).where(col(User.id) == user_id).values(free_generation_redeemed=True))


async def overdue(session: AsyncSession, now: datetime, limit: int) -> list[tuple[UUID, UUID, str]]:
    """Generation, person and status where credits are set aside longer than was meant."""
    found = await session.exec(
        select(Generation.id, Project.user_id, Generation.status)
        .join(Project)
        .join(CreditReservation, col(CreditReservation.generation_id) == Generation.id)
        .where(CreditReservation.status == "held", CreditReservation.deadline_at <= now)
        .order_by(col(CreditReservation.deadline_at))
        .limit(limit)
    )
    return list(found)


async def mark_deleted(session: AsyncSession, project_id: UUID, now: datetime) -> None:
    """Note that all uploads of a project are gone, so that a start asks for them again."""
    await session.exec(
        update(Asset)
        .where(col(Asset.project_id) == project_id, col(Asset.deleted_at).is_(None))
        .values(deleted_at=now)
    )


async def mark_assets_deleted(session: AsyncSession, before: datetime, now: datetime) -> None:
    """Note of the uploads promised before then that they are gone, so that a start asks for them again."""
    await session.exec(
        update(Asset)
        .where(col(Asset.created_at) < before, col(Asset.deleted_at).is_(None))
        .values(deleted_at=now)
    )
