"""Every SELECT and UPDATE of billing."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.models import CreditEntry, CreditReservation, User


async def lock_person(session: AsyncSession, user_id: UUID) -> User | None:
    """The person's row, held until the transaction ends: whoever spends or grants comes one after the other."""
    found = await session.exec(
        select(User)
        .where(User.id == user_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return found.one_or_none()


async def person(session: AsyncSession, user_id: UUID) -> User | None:
    return (await session.exec(select(User).where(User.id == user_id))).one_or_none()


async def reserved(session: AsyncSession, user_id: UUID) -> int:
    """Credits held for running work."""
    total = await session.exec(
        select(func.coalesce(func.sum(CreditReservation.amount), 0)).where(
            CreditReservation.user_id == user_id, CreditReservation.status == "held"
        )
    )
    return int(total.one())


async def entry_by_reference(session: AsyncSession, reference: str) -> CreditEntry | None:
    return (await session.exec(select(CreditEntry).where(CreditEntry.reference == reference))).one_or_none()


async def entries(session: AsyncSession, user_id: UUID) -> list[CreditEntry]:
    """The whole ledger of a person, oldest first."""
    found = await session.exec(
        select(CreditEntry).where(CreditEntry.user_id == user_id).order_by(col(CreditEntry.position))
    )
    return list(found)


async def entries_before(
    session: AsyncSession, user_id: UUID, before: UUID | None, limit: int
) -> list[CreditEntry]:
    """A page of the ledger, newest first, older than the entry `before`."""
    query = select(CreditEntry).where(CreditEntry.user_id == user_id)
    if before:
        position = select(CreditEntry.position).where(CreditEntry.id == before).scalar_subquery()
        query = query.where(col(CreditEntry.position) < position)
    return list(await session.exec(query.order_by(col(CreditEntry.position).desc()).limit(limit)))


async def settle_reservation(
    session: AsyncSession, generation_id: UUID, status: str, now: datetime
) -> CreditReservation | None:
    """Turn a held reservation into `status`; None when it was settled before or never was."""
    found = await session.exec(
        update(CreditReservation)
        .where(col(CreditReservation.generation_id) == generation_id, col(CreditReservation.status) == "held")
        .values(status=status, settled_at=now)
        .returning(CreditReservation)
    )
    row = found.one_or_none()
    return row[0] if row else None


async def reservation(session: AsyncSession, generation_id: UUID) -> CreditReservation | None:
    found = await session.exec(
        select(CreditReservation).where(CreditReservation.generation_id == generation_id)
    )
    return found.one_or_none()
