"""Every SELECT and UPDATE of the showcase."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, exists, func, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.models import Generation, ShowcaseItem, ShowcaseWatch, Takedown, User
from vannilli_app.showcase.schemas import Wish

Key = tuple[datetime | int, UUID]

_SEEN = (
    col(ShowcaseItem.state) == "public",
    exists().where(col(User.id) == ShowcaseItem.user_id, col(User.banned_at).is_(None)),
)
"""What everybody may see: not what is on its way or taken down, and nothing of somebody who is banned."""


async def item(session: AsyncSession, generation_id: UUID, *, lock: bool = False) -> ShowcaseItem | None:
    """A row of the showcase in whatever state, held until the transaction ends where it is to be changed."""
    query = select(ShowcaseItem).where(ShowcaseItem.generation_id == generation_id)
    return (await session.exec(query.with_for_update() if lock else query)).one_or_none()


async def public(session: AsyncSession, generation_id: UUID) -> ShowcaseItem | None:
    """The row of a video that everybody may see."""
    query = select(ShowcaseItem).where(ShowcaseItem.generation_id == generation_id, *_SEEN)
    return (await session.exec(query)).one_or_none()


async def page(session: AsyncSession, wish: Wish, after: Key | None, limit: int) -> Sequence[ShowcaseItem]:
    """Public videos in the order of the wish, those behind `after`, the key of the last one seen."""
    rank = ShowcaseItem.watches if wish.order == "watched" else ShowcaseItem.created_at
    slowest, fastest = sorted((wish.bpm_from, wish.bpm_to))
    query = select(ShowcaseItem).where(*_SEEN, col(ShowcaseItem.bpm).between(slowest, fastest))
    if wish.part:
        query = query.where(ShowcaseItem.part_name == wish.part)
    if after:
        query = query.where(tuple_(col(rank), col(ShowcaseItem.generation_id)) < after)
    order = (col(rank).desc(), col(ShowcaseItem.generation_id).desc())
    return (await session.exec(query.order_by(*order).limit(limit))).all()


async def newest_ids(session: AsyncSession, limit: int) -> Sequence[UUID]:
    query = select(ShowcaseItem.generation_id).where(*_SEEN)
    return (await session.exec(query.order_by(col(ShowcaseItem.created_at).desc()).limit(limit))).all()


async def hold_handle(session: AsyncSession, handle: str) -> None:
    """Make those who want the same handle wait for each other until the transaction ends."""
    await session.exec(select(func.pg_advisory_xact_lock(func.hashtextextended(f"handle:{handle}", 0))))


async def handle_is_anothers(session: AsyncSession, handle: str, user_id: UUID) -> bool:
    query = select(ShowcaseItem.generation_id).where(
        ShowcaseItem.handle == handle, ShowcaseItem.user_id != user_id
    )
    return (await session.exec(query.limit(1))).first() is not None


async def last_handle(session: AsyncSession, user_id: UUID) -> str:
    """The handle that a person used last; empty for the first time."""
    query = select(ShowcaseItem.handle).where(ShowcaseItem.user_id == user_id)
    found = await session.exec(query.order_by(col(ShowcaseItem.created_at).desc()).limit(1))
    return found.first() or ""


async def move(session: AsyncSession, generation_id: UUID, before: str, after: str) -> bool:
    """Move a video from one state to another; says whether it was in the first."""
    moved = await session.exec(
        update(ShowcaseItem)
        .where(col(ShowcaseItem.generation_id) == generation_id, col(ShowcaseItem.state) == before)
        .values(state=after)
        .returning(col(ShowcaseItem.generation_id))
        .execution_options(synchronize_session=False)
    )
    return moved.first() is not None


async def remove(session: AsyncSession, generation_id: UUID) -> None:
    await session.exec(delete(ShowcaseItem).where(col(ShowcaseItem.generation_id) == generation_id))


async def standing_takedown(session: AsyncSession, generation_id: UUID) -> Takedown | None:
    query = select(Takedown).where(
        Takedown.generation_id == generation_id, col(Takedown.restored_at).is_(None)
    )
    return (await session.exec(query)).one_or_none()


async def note_watch(session: AsyncSession, generation_id: UUID, viewers: Sequence[str], day: date) -> bool:
    """Note who watched; True when none of these was noted for that day yet."""
    rows = [{"generation_id": generation_id, "viewer": viewer, "day": day} for viewer in viewers]
    noted = await session.exec(
        insert(ShowcaseWatch).values(rows).on_conflict_do_nothing().returning(col(ShowcaseWatch.viewer))
    )
    return len(noted.all()) == len(rows)


async def add_watch(session: AsyncSession, generation_id: UUID) -> None:
    await session.exec(
        update(ShowcaseItem)
        .where(col(ShowcaseItem.generation_id) == generation_id)
        .values(watches=ShowcaseItem.watches + 1)
        .execution_options(synchronize_session=False)
    )


async def forget_watches(session: AsyncSession, before: date) -> None:
    await session.exec(delete(ShowcaseWatch).where(col(ShowcaseWatch.day) < before))


async def waiting(session: AsyncSession, before: datetime) -> Sequence[UUID]:
    """Videos whose files should have arrived by now."""
    query = select(ShowcaseItem.generation_id).where(
        ShowcaseItem.state == "copying", ShowcaseItem.created_at < before
    )
    return (await session.exec(query)).all()


async def states(session: AsyncSession) -> dict[UUID, str]:
    """The state of every video of the showcase."""
    found = await session.exec(select(ShowcaseItem.generation_id, ShowcaseItem.state))
    return dict(found.all())


async def generation(session: AsyncSession, generation_id: UUID) -> Generation | None:
    return await session.get(Generation, generation_id)
