"""Use cases of the ledger: grant, reserve, capture, release, read. Each takes a session and changes both the ledger
and `users.credits_remaining` in its transaction, under a lock on the person's row.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.billing import balance_queries, ledger, queries
from vannilli_app.billing.books import left, open_books
from vannilli_app.billing.schemas import Balance, Bucket, Entry, EntryPage, Video
from vannilli_app.cursors import after, cut, decode_cursor
from vannilli_app.errors import Conflict, NotFound, PaymentRequired
from vannilli_app.models import CreditEntry, CreditReservation
from vannilli_app.words import _, ngettext

EXPIRED_WITHIN = timedelta(days=1)  # what ended earlier was ended by a tick of that day


async def grant(
    session: AsyncSession,
    *,
    user_id: UUID,
    amount: int,
    kind: str,
    reference: str,
    now: datetime,
    cents: int = 0,
    expires_at: datetime | None = None,
    reason: str | None = None,
) -> int:
    """Book `amount` credits (positive), for which `cents` were paid, once per `reference`; needs the service's role.

    Returns the balance. A second call with the same reference changes nothing. Raises NotFound.
    """
    books = await open_books(session, user_id, now)
    await books.add(amount, kind=kind, reference=reference, cents=cents, expires_at=expires_at, reason=reason)
    return books.balance


async def adjust(
    session: AsyncSession, *, user_id: UUID, amount: int, reference: str, reason: str, now: datetime
) -> int:
    """Give credits, or with a negative `amount` take some that are available, for a reason that the artist reads; needs
    the service's role. Returns the balance. Raises NotFound, Conflict (`too_few_credits`)."""
    books = await open_books(session, user_id, now)
    if amount > 0:
        await books.add(amount, kind="admin", reference=reference, reason=reason)
    elif -amount > await books.available():
        raise Conflict(
            _("Only {credits} can be taken.", credits=_credits(await books.available())),
            code="too_few_credits",
        )
    else:
        await books.take(-amount, kind="admin", reference=reference, reason=reason)
    return books.balance


async def reserve(
    session: AsyncSession,
    *,
    user_id: UUID,
    generation_id: UUID,
    amount: int,
    now: datetime,
    deadline_at: datetime,
) -> None:
    """Set `amount` credits aside for a generation; needs the service's role. Raises PaymentRequired with `needed`
    and `available`, and with `owed` (`credits_owed`) while a refund or a dispute is not made good."""
    books = await open_books(session, user_id, now)
    available = await books.available()
    if amount and books.owed:
        raise PaymentRequired(
            _(
                "You owe {credits} from a refund or a dispute. The next credits you buy settle it.",
                credits=_credits(books.owed),
            ),
            code="credits_owed",
            owed=books.owed,
            needed=amount,
            available=available,
        )
    if amount > available:
        raise PaymentRequired(
            _(
                "This needs {needed} and you have {available}.",
                needed=_credits(amount),
                available=_credits(available),
            ),
            needed=amount,
            available=available,
        )
    session.add(
        CreditReservation(
            user_id=user_id,
            generation_id=generation_id,
            amount=amount,
            created_at=now,
            deadline_at=deadline_at,
        )
    )
    await session.flush()


async def keep_until(session: AsyncSession, generation_id: UUID, deadline_at: datetime) -> None:
    """The work has ended well: hold its credits until it is fetched, at most until `deadline_at`."""
    await queries.set_deadline(session, generation_id, deadline_at)


async def capture(
    session: AsyncSession, *, user_id: UUID, generation_id: UUID, now: datetime, reason: str | None = None
) -> int:
    """Spend what was reserved for a generation, once; needs the service's role.

    Returns the credits taken by this call: 0 when they were taken before or the video cost nothing.
    """
    books = await open_books(session, user_id, now)
    settled = await queries.settle_reservation(session, generation_id, "captured", now)
    if settled is None or settled.amount == 0:
        return 0
    await books.take(
        settled.amount,
        kind="generation",
        reference=f"generation:{generation_id}",
        reason=reason,
        video=await queries.video(session, generation_id),
    )
    return settled.amount


async def return_spent(session: AsyncSession, *, generation_id: UUID, reason: str, now: datetime) -> int:
    """Give the credits of a video back, with the money behind them, once; needs the service's role.

    What is only set aside is let go. Returns the credits. Raises NotFound, Conflict (`nothing_spent`).
    """
    spent = await queries.entry_by_reference(session, f"generation:{generation_id}")
    if spent is None:
        held = await queries.reservation(session, generation_id)
        if held is None or held.status != "held" or held.amount == 0:
            raise Conflict(
                _("This video took no credits, or they were given back already."), code="nothing_spent"
            )
        await release(session, generation_id=generation_id, now=now)
        return held.amount
    if spent.user_id is None:
        raise NotFound(_("Whoever paid for this video has left."))
    books = await open_books(session, spent.user_id, now)
    returned = await books.add(
        -spent.amount,
        kind="returned",
        reference=f"returned:{generation_id}",
        cents=-spent.cents,
        reason=reason,
        video=Video(spent.tier, spent.provider) if spent.tier and spent.provider else None,
    )
    if not returned:
        raise Conflict(_("The credits of this video were given back already."), code="nothing_spent")
    return -spent.amount


async def release(session: AsyncSession, *, generation_id: UUID, now: datetime) -> None:
    """Give back what was reserved for a generation that failed or was cancelled; needs the service's role.

    What is owed is paid from it, and what has expired meanwhile ends.
    """
    held = await queries.reservation(session, generation_id)
    if held is None or held.user_id is None:
        return
    books = await open_books(session, held.user_id, now)  # the person before the reservation, as in `capture`
    if await queries.settle_reservation(session, generation_id, "released", now):
        await books.settle_debt(f"debt:release:{generation_id}")
        await books.end_expired()


async def end_expired(session: AsyncSession, now: datetime) -> int:
    """Book out the credits of everybody whose period is over; returns how many people were looked at."""
    people = await queries.people_with_expired(session, now - EXPIRED_WITHIN, now)
    for user_id in sorted(people):  # always in one order, so that two processes do not wait for each other
        await open_books(session, user_id, now)
    return len(people)


async def balance(session: AsyncSession, user_id: UUID) -> Balance:
    """What the person has, what of it is reserved, and what expires when."""
    found = await balance_queries.standing(session, user_id)
    if found is None:
        raise NotFound
    return Balance(
        credits_remaining=found.credits_remaining,
        reserved=found.reserved,
        available=found.credits_remaining - found.reserved,
        owed=found.owed,
        tier=found.tier,
        buckets=[
            Bucket(kind=one.kind, amount=one.amount, expires_at=one.expires_at)
            for one in ledger.left(found.lines)
        ],
    )


async def history(
    session: AsyncSession, user_id: UUID, *, cursor: str | None = None, limit: int = 50
) -> EntryPage:
    """The person's ledger in words, newest first."""
    rows = await queries.entries_before(
        session, user_id, decode_cursor(cursor)[1] if cursor else None, limit + 1
    )
    page, next_cursor = cut(rows, limit, after)
    return EntryPage(items=[_entry(row) for row in page], next_cursor=next_cursor)


async def bought_credits_cover(session: AsyncSession, user_id: UUID, amount: int) -> bool:
    """Whether the next `amount` credits would all come from bought ones: such a video carries no watermark."""
    short = amount
    for one in await left(session, user_id):
        if short <= 0:
            break
        if one.kind not in ledger.BOUGHT:
            return False
        short -= one.amount
    return amount > 0 and short <= 0


def _entry(row: CreditEntry) -> Entry:
    return Entry(
        id=row.id,
        created_at=row.created_at,
        amount=row.amount,
        owed=row.debt,
        kind=row.kind,
        words=ledger.in_words(row.kind, row.reason),
        balance_after=row.balance_after,
        expires_at=row.expires_at,
    )


def _credits(amount: int) -> str:
    return ngettext("{n} credit", "{n} credits", amount)
