"""Every SELECT and UPDATE of billing."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.billing.schemas import Video
from vannilli_app.models import (
    CreditEntry,
    CreditReservation,
    Generation,
    PaymentEvent,
    Reconciliation,
    Subscription,
    User,
)
from vannilli_app.music.price import Tier
from vannilli_app.payments import Event


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


async def known(session: AsyncSession, references: set[str]) -> set[str]:
    """Those of the references that the ledger has, whosever they are."""
    found = await session.exec(
        select(CreditEntry.reference).where(col(CreditEntry.reference).in_(references))
    )
    return set(found)


async def count_expiries(session: AsyncSession, grant_reference: str) -> int:
    """How often credits of a grant have expired: once, and again for those that running work had kept."""
    found = await session.exec(
        select(func.count()).where(
            CreditEntry.grant_reference == grant_reference, CreditEntry.kind == "expiry"
        )
    )
    return int(found.one())


async def people_with_expired(session: AsyncSession, since: datetime, now: datetime) -> list[UUID]:
    """People with credits who had a grant that ended between `since` and `now`."""
    found = await session.exec(
        select(User.id)
        .join(CreditEntry, col(CreditEntry.user_id) == col(User.id))
        .where(
            col(CreditEntry.expires_at) > since,
            col(CreditEntry.expires_at) <= now,
            col(User.credits_remaining) > 0,
        )
        .distinct()
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


async def set_deadline(session: AsyncSession, generation_id: UUID, deadline_at: datetime) -> None:
    await session.exec(
        update(CreditReservation)
        .where(col(CreditReservation.generation_id) == generation_id, col(CreditReservation.status) == "held")
        .values(deadline_at=deadline_at)
    )


async def reservation(session: AsyncSession, generation_id: UUID) -> CreditReservation | None:
    found = await session.exec(
        select(CreditReservation).where(CreditReservation.generation_id == generation_id)
    )
    return found.one_or_none()


async def video(session: AsyncSession, generation_id: UUID) -> Video | None:
    """What a generation is, for the books."""
    found = await session.exec(
        select(Generation.tier, Generation.provider).where(Generation.id == generation_id)
    )
    row = found.one_or_none()
    return row and Video(*row)


async def person_by_customer(session: AsyncSession, customer_id: str) -> User | None:
    found = await session.exec(select(User).where(User.stripe_customer_id == customer_id))
    return found.one_or_none()


async def note_customer(session: AsyncSession, user_id: UUID, customer_id: str) -> str | None:
    """Note the payment service's name for a person unless they have one; gives the one that holds, None for nobody."""
    found = await session.exec(
        update(User)
        .where(col(User.id) == user_id)
        .values(stripe_customer_id=func.coalesce(User.stripe_customer_id, customer_id))
        .returning(col(User.stripe_customer_id))
    )
    return found.scalar_one_or_none()


async def subscription(session: AsyncSession, subscription_id: str) -> Subscription | None:
    """A plan by the payment service's name for it."""
    found = await session.exec(
        select(Subscription).where(Subscription.stripe_subscription_id == subscription_id)
    )
    return found.one_or_none()


async def current_subscription(session: AsyncSession, user_id: UUID) -> Subscription | None:
    """The plan that a person has now: the newest that has not ended."""
    found = await session.exec(
        select(Subscription)
        .where(Subscription.user_id == user_id, Subscription.status != "canceled")
        .order_by(col(Subscription.created_at).desc())
        .limit(1)
    )
    return found.one_or_none()


async def replace_plan_checkout(
    session: AsyncSession, user_id: UUID, former: str | None, session_id: str
) -> bool:
    """Note a person's checkout of a plan in the place of `former`; False when another was noted meanwhile. Of two
    clicks that opened one checkout the second finds it noted."""
    noted = col(User.plan_checkout_id)
    done = await session.exec(
        update(User)
        .where(col(User.id) == user_id, or_(noted.is_not_distinct_from(former), noted == session_id))
        .values(plan_checkout_id=session_id)
    )
    return bool(done.rowcount)


async def paid_tiers(session: AsyncSession, user_id: UUID) -> list[Tier]:
    """What a person's plans were last paid for, of those that have not ended and still hold."""
    found = await session.exec(
        select(Subscription).where(
            Subscription.user_id == user_id,
            Subscription.status != "canceled",
            col(Subscription.paid_at).is_not(None),
        )
    )
    return [Tier(one.tier) for one in found if not one.is_skipped]


async def net_taken_back(session: AsyncSession, grant_reference: str) -> int:
    """Of a purchase's credits, those that went back with its money and were not given back again."""
    found = await session.exec(
        select(func.coalesce(func.sum(CreditEntry.debt - CreditEntry.amount), 0)).where(
            CreditEntry.grant_reference == grant_reference,
            col(CreditEntry.kind).in_(("refund", "dispute", "reinstated")),
        )
    )
    return int(found.one())


async def kept_open_mic(session: AsyncSession, user_id: UUID) -> bool:
    """Whether a person bought Open Mic and has not had all of its money back."""
    found = await session.exec(
        select(CreditEntry.reference, CreditEntry.amount).where(
            CreditEntry.user_id == user_id, CreditEntry.kind == "open_mic"
        )
    )
    for reference, amount in found.all():
        if await net_taken_back(session, reference) < amount:
            return True
    return False


async def keep_event(session: AsyncSession, event: Event, now: datetime) -> None:
    """Store an event as it came, once."""
    statement = insert(PaymentEvent).values(
        id=event.id,
        type=event.type,
        payload=event.payload,
        created_at=event.created_at,
        received_at=now,
    )
    await session.exec(statement.on_conflict_do_nothing())


async def event(session: AsyncSession, event_id: str) -> PaymentEvent | None:
    return (await session.exec(select(PaymentEvent).where(PaymentEvent.id == event_id))).one_or_none()


async def note_event(
    session: AsyncSession, event_id: str, status: str, now: datetime, *, error: str | None = None
) -> None:
    """Write what became of an event; one that was handled stays so."""
    await session.exec(
        update(PaymentEvent)
        .where(col(PaymentEvent.id) == event_id, col(PaymentEvent.status) != "handled")
        .values(
            status=status,
            error=error,
            tries=col(PaymentEvent.tries) + 1,
            handled_at=None if status == "failed" else now,
        )
    )


async def rewrite_event(session: AsyncSession, event_id: str, payload: dict[str, Any]) -> None:
    await session.exec(update(PaymentEvent).where(col(PaymentEvent.id) == event_id).values(payload=payload))


async def events_of(session: AsyncSession, customer_id: str) -> list[PaymentEvent]:
    """Every event that names a customer of the payment service."""
    about = col(PaymentEvent.payload)["data"]["object"]
    found = await session.exec(
        select(PaymentEvent).where(
            or_(about["customer"].astext == customer_id, about["id"].astext == customer_id)
        )
    )
    return list(found)


async def open_events(session: AsyncSession, limit: int) -> list[PaymentEvent]:
    """Events that are not handled, newest first."""
    found = await session.exec(
        select(PaymentEvent)
        .where(col(PaymentEvent.status).in_(("received", "failed")))
        .order_by(col(PaymentEvent.received_at).desc())
        .limit(limit)
    )
    return list(found)


async def begin_reconciliation(session: AsyncSession, now: datetime) -> bool:
    """Claim today's comparison; one that began two hours ago and never ended is claimed again."""
    day = now.date()
    claim = (
        insert(Reconciliation)
        .values(day=day, started_at=now)
        .on_conflict_do_update(
            index_elements=[col(Reconciliation.day)],
            set_={"started_at": now},
            where=col(Reconciliation.ended_at).is_(None)
            & (col(Reconciliation.started_at) < now - timedelta(hours=2)),
        )
        .returning(col(Reconciliation.day))
    )
    return (await session.exec(claim)).scalar_one_or_none() is not None


async def end_reconciliation(
    session: AsyncSession, now: datetime, *, facts: int, repaired: list[str], differences: list[str]
) -> Reconciliation:
    """Write down what a comparison of today found."""
    row = await session.get(Reconciliation, now.date()) or Reconciliation(day=now.date(), started_at=now)
    row.ended_at, row.facts, row.repaired, row.differences = now, facts, repaired, differences
    session.add(row)
    await session.flush()
    return row


async def purchases_between(session: AsyncSession, since: datetime, until: datetime) -> set[str]:
    """The references of what was bought in that time, by our ledger."""
    found = await session.exec(
        select(CreditEntry.reference).where(
            col(CreditEntry.kind).in_(("plan", "topup", "open_mic")),
            CreditEntry.created_at >= since,
            CreditEntry.created_at < until,
        )
    )
    return set(found)
