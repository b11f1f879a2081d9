"""What a person has: asked by every page and by many requests, so each statement is made once and reads columns."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, func, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.billing.schemas import LedgerLine
from vannilli_app.models import CreditEntry, CreditReservation, User
from vannilli_app.music.price import Tier


class Standing(NamedTuple):
    """A person's credits: all, those held for running work, and the ledger since it was last empty, oldest first."""

    credits_remaining: int
    owed: int
    tier: Tier
    reserved: int
    lines: list[LedgerLine]


_USER: BindParameter[UUID] = bindparam("user_id")
_LINE = (
    col(CreditEntry.reference),
    col(CreditEntry.kind),
    col(CreditEntry.amount),
    col(CreditEntry.cents),
    col(CreditEntry.expires_at),
    col(CreditEntry.grant_reference),
)
_EMPTY = (
    select(func.max(CreditEntry.position))
    .where(col(CreditEntry.user_id) == _USER, col(CreditEntry.balance_after) == 0)
    .scalar_subquery()
)
_SINCE_EMPTY = (col(CreditEntry.user_id) == _USER) & (col(CreditEntry.position) > func.coalesce(_EMPTY, 0))
_RESERVED = (
    select(func.coalesce(func.sum(CreditReservation.amount), 0))
    .where(col(CreditReservation.user_id) == _USER, col(CreditReservation.status) == "held")
    .scalar_subquery()
)
_LINES = select(*_LINE).where(_SINCE_EMPTY).order_by(col(CreditEntry.position))
_STANDING = (
    select(col(User.credits_remaining), col(User.credit_debt), col(User.tier), _RESERVED, *_LINE)
    .outerjoin(CreditEntry, _SINCE_EMPTY)
    .where(col(User.id) == _USER)
    .order_by(col(CreditEntry.position))
)


async def standing(session: AsyncSession, user_id: UUID) -> Standing | None:
    """How a person stands; None when there is nobody."""
    rows = (await (await session.connection()).execute(_STANDING, {"user_id": user_id})).all()
    if not rows:
        return None
    remaining, owed, tier, reserved = rows[0][:4]
    lines = [LedgerLine(*row[4:]) for row in rows if row.reference is not None]
    return Standing(remaining, owed, Tier(tier), int(reserved), lines)


async def lines_since_empty(session: AsyncSession, user_id: UUID) -> list[LedgerLine]:
    """A person's ledger since it was last empty, oldest first: what was there before is gone."""
    found = await (await session.connection()).execute(_LINES, {"user_id": user_id})
    return [LedgerLine(*row) for row in found]
