"""Use cases of the ledger: grant, reserve, capture, release, read. Each takes a session and changes both the ledger
and `users.credits_remaining` in its transaction, under a lock on the person's row.
"""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.billing import ledger, queries
from vannilli_app.billing.schemas import Balance, Entry, EntryPage, LedgerLine
from vannilli_app.cursors import decode_cursor, encode_cursor
from vannilli_app.errors import NotFound, PaymentRequired
from vannilli_app.models import CreditEntry, CreditReservation, User


async def grant(
    session: AsyncSession,
    *,
    user_id: UUID,
    amount: int,
    kind: str,
    reference: str,
    now: datetime,
    expires_at: datetime | None = None,
    reason: str | None = None,
) -> int:
    """Book `amount` credits (positive) once per `reference`; needs the service's role.

    Returns the balance. A second call with the same reference changes nothing. Raises NotFound.
    """
    user = await _locked(session, user_id)
    if await queries.entry_by_reference(session, reference):
        return user.credits_remaining
    return await _book(
        session,
        user,
        amount=amount,
        kind=kind,
        reference=reference,
        now=now,
        expires_at=expires_at,
        reason=reason,
    )


async def reserve(
    session: AsyncSession, *, user_id: UUID, generation_id: UUID, amount: int, now: datetime
) -> None:
    """Set `amount` credits aside for a generation; needs the service's role. Raises PaymentRequired with `needed`
    and `available`."""
    user = await _locked(session, user_id)
    available = user.credits_remaining - await queries.reserved(session, user_id)
    if amount > available:
        raise PaymentRequired(
            f"This needs {_credits(amount)} and you have {_credits(available)}.",
            needed=amount,
            available=available,
        )
    session.add(
        CreditReservation(user_id=user_id, generation_id=generation_id, amount=amount, created_at=now)
    )
    await session.flush()


async def capture(
    session: AsyncSession, *, user_id: UUID, generation_id: UUID, now: datetime, reason: str | None = None
) -> int:
    """Spend what was reserved for a generation, once; needs the service's role.

    Returns the credits taken by this call: 0 when they were taken before or the video cost nothing.
    """
    user = await _locked(session, user_id)
    settled = await queries.settle_reservation(session, generation_id, "captured", now)
    if settled is None or settled.amount == 0:
        return 0
    await _book(
        session,
        user,
        amount=-settled.amount,
        kind="generation",
        reference=f"generation:{generation_id}",
        now=now,
        reason=reason,
    )
    return settled.amount


async def release(session: AsyncSession, *, generation_id: UUID, now: datetime) -> None:
    """Give back what was reserved for a generation that failed or was cancelled; needs the service's role."""
    await queries.settle_reservation(session, generation_id, "released", now)


async def balance(session: AsyncSession, user_id: UUID) -> Balance:
    """What the person has, what of it is reserved, and what expires when."""
    user = await queries.person(session, user_id)
    if user is None:
        raise NotFound
    held = await queries.reserved(session, user_id)
    lines = [
        LedgerLine(e.amount, e.kind, e.created_at, e.expires_at)
        for e in await queries.entries(session, user_id)
    ]
    return Balance(
        credits_remaining=user.credits_remaining,
        reserved=held,
        available=user.credits_remaining - held,
        tier=user.tier,
        buckets=ledger.buckets(lines),
    )


async def history(
    session: AsyncSession, user_id: UUID, *, cursor: str | None = None, limit: int = 50
) -> EntryPage:
    """The person's ledger in words, newest first."""
    rows = await queries.entries_before(
        session, user_id, decode_cursor(cursor)[1] if cursor else None, limit + 1
    )
    page = rows[:limit]
    more = len(rows) > limit
    return EntryPage(
        items=[_entry(row) for row in page],
        next_cursor=encode_cursor(page[-1].created_at, page[-1].id) if more else None,
    )


async def bought_credits_cover(session: AsyncSession, user_id: UUID, amount: int) -> bool:
    """Whether the next `amount` credits would all come from bought ones: such a video carries no watermark."""
    lines = [
        LedgerLine(e.amount, e.kind, e.created_at, e.expires_at)
        for e in await queries.entries(session, user_id)
    ]
    left = amount
    for bucket in ledger.buckets(lines):
        if left <= 0:
            break
        if bucket.kind not in ledger.BOUGHT:
            return False
        left -= bucket.amount
    return amount > 0 and left <= 0


async def _locked(session: AsyncSession, user_id: UUID) -> User:
    user = await queries.lock_person(session, user_id)
    if user is None:
        raise NotFound
    return user


async def _book(
    session: AsyncSession,
    user: User,
    *,
    amount: int,
    kind: str,
    reference: str,
    now: datetime,
    expires_at: datetime | None = None,
    reason: str | None = None,
) -> int:
    user.credits_remaining += amount
    user.updated_at = now
    session.add(user)
    session.add(
        CreditEntry(
            user_id=user.id,
            amount=amount,
            kind=kind,
            reference=reference,
            reason=reason,
            expires_at=expires_at,
            balance_after=user.credits_remaining,
            created_at=now,
        )
    )
    await session.flush()
    return user.credits_remaining


def _entry(row: CreditEntry) -> Entry:
    return Entry(
        id=row.id,
        created_at=row.created_at,
        amount=row.amount,
        kind=row.kind,
        words=ledger.in_words(row.kind, row.reason),
        balance_after=row.balance_after,
        expires_at=row.expires_at,
    )


def _credits(amount: int) -> str:
    return f"{amount} credit" if amount == 1 else f"{amount} credits"
