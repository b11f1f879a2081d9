"""Booking what the payment service tells. A fact is booked once, whenever and however often it is told."""

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.billing import leaving, ledger, queries
from vannilli_app.billing.books import open_books
from vannilli_app.db import PUSH_CHANNEL, SERVICE, notify, transaction
from vannilli_app.models import Subscription, User
from vannilli_app.music.price import PLANS, Tier
from vannilli_app.payments import Bought, Fact, GivenBack, Plan, TakenBack

log = logging.getLogger(__name__)


async def book_all(facts: Sequence[Fact], now: datetime) -> list[str]:
    """Book facts in their order, each in a transaction of its own; gives the references of what was new."""
    changed = []
    for fact in facts:
        async with transaction(SERVICE) as session:
            if reference := await book(session, fact, now):
                changed.append(reference)
    return changed


async def book(session: AsyncSession, fact: Fact, now: datetime) -> str | None:
    """Book one fact; gives its reference, or None when it was known. Needs the service's role."""
    user_id = await _whose(session, fact)
    if user_id is None:
        return None
    match fact:
        case Plan():
            changed = await _note_plan(session, user_id, fact, now)
            reference = fact.subscription_id
        case Bought():
            changed = await _book_purchase(session, user_id, fact, now)
            reference = fact.reference
        case TakenBack():
            changed = await _take_back(session, user_id, fact, now)
            reference = fact.reference
        case GivenBack():
            changed = await _give_back(session, user_id, fact, now)
            reference = fact.reference
    if not changed:
        return None
    await _set_tier(session, user_id, now)
    await notify(session, PUSH_CHANNEL, f"{user_id} credits")
    return reference


async def _whose(session: AsyncSession, fact: Fact) -> UUID | None:
    """The person whom a fact is about; None when they have left, or never were. A plan that such a one still has at the
    payment service ends: nobody would see what it charges, or could stop it."""
    if isinstance(fact, TakenBack | GivenBack):
        known = await queries.entry_by_reference(session, fact.of)
        return known.user_id if known else None
    user = await queries.person(session, fact.user_id) if fact.user_id else None
    if user is None and fact.customer_id:
        user = await queries.person_by_customer(session, fact.customer_id)
    if user is None:
        log.warning("a payment of nobody we know: %s", fact)
        if isinstance(fact, Plan) and fact.user_id and fact.status != "canceled":
            await leaving.queue_forgetting(session, fact.customer_id)
    return user.id if user else None


async def _note_plan(session: AsyncSession, user_id: UUID, plan: Plan, now: datetime) -> bool:
    user = await _locked(session, user_id, plan.customer_id)
    found = await queries.subscription(session, plan.subscription_id)
    if found is not None and found.read_at is not None and found.read_at > plan.read_at:
        return False
    row = found or Subscription(
        user_id=user.id, stripe_subscription_id=plan.subscription_id, tier=plan.tier, status=plan.status,
        current_period_start=plan.period_start, current_period_end=plan.period_end, created_at=now,
    )  # fmt: skip
    values = {
        "next_tier": plan.tier.value,
        "status": plan.status,
        "current_period_start": plan.period_start,
        "current_period_end": plan.period_end,
        "cancel_at_period_end": plan.cancel_at_period_end,
        "paused_until": plan.paused_until,
        "skipped_at": plan.period_start if _is_skipped(row, plan) else row.skipped_at,
    }
    changed = found is None or any(getattr(row, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(row, name, value)
    row.read_at = plan.read_at
    if changed:
        row.updated_at = now
    session.add(row)
    await session.flush()
    return changed


async def _book_purchase(session: AsyncSession, user_id: UUID, bought: Bought, now: datetime) -> bool:
    user = await _locked(session, user_id, bought.customer_id)
    books = await open_books(session, user.id, now)
    plan = bought.product.plan
    added = await books.add(
        bought.credits,
        kind="plan" if plan else bought.product.value,
        reference=bought.reference,
        cents=bought.cents,
        expires_at=bought.expires_at,
        reason=f"{PLANS[plan].name}, until {bought.expires_at:%-d %b %Y}" if plan else None,
    )
    if plan and bought.subscription_id:
        row = await queries.subscription(session, bought.subscription_id)
        if row is not None and _is_newer(row, plan, bought.paid_at):
            row.tier, row.paid_at, row.updated_at = plan.value, bought.paid_at, now
            session.add(row)
            added = True
    return added


async def _take_back(session: AsyncSession, user_id: UUID, fact: TakenBack, now: datetime) -> bool:
    books = await open_books(session, user_id, now)
    purchase = await queries.entry_by_reference(session, fact.of)
    if purchase is None or await queries.entry_by_reference(session, fact.reference):
        return False
    upto = ledger.share(purchase.amount, fact.cents_before + fact.cents, fact.paid_cents)
    credits = upto - ledger.share(purchase.amount, fact.cents_before, fact.paid_cents)
    gone = await queries.net_taken_back(session, fact.of)
    credits = min(credits, purchase.amount - gone)  # a refund and a dispute of the same money take it once
    await books.take_back(credits, kind=fact.kind, reference=fact.reference, grant_reference=fact.of)
    return credits > 0


async def _give_back(session: AsyncSession, user_id: UUID, fact: GivenBack, now: datetime) -> bool:
    books = await open_books(session, user_id, now)
    taken = await queries.entry_by_reference(session, fact.of)
    if taken is None or taken.grant_reference is None:
        return False
    purchase = await queries.entry_by_reference(session, taken.grant_reference)
    return await books.add(
        taken.debt - taken.amount,
        kind="reinstated",
        reference=fact.reference,
        cents=-taken.cents,
        expires_at=purchase.expires_at if purchase else None,
        grant_reference=taken.grant_reference,
    )


def _is_skipped(row: Subscription, plan: Plan) -> bool:
    """Whether the plan's period began unpaid because of a pause, that goes on or has just ended."""
    is_unpaid = row.paid_at is not None and row.paid_at < plan.period_start
    return is_unpaid and "paused" in (row.status, plan.status)


def _is_newer(row: Subscription, tier: Tier, paid_at: datetime) -> bool:
    """Whether a payment is the last one of a plan; of two in one second, that for the dearer tier came later."""
    if row.paid_at is None:
        return True
    return (row.paid_at, PLANS[Tier(row.tier)].price_cents) < (paid_at, PLANS[tier].price_cents)


async def _set_tier(session: AsyncSession, user_id: UUID, now: datetime) -> None:
    """The dearest plan that is paid for; else Open Mic for whoever bought it and kept it; else free."""
    user = await _locked(session, user_id)
    tiers = await queries.paid_tiers(session, user_id)
    if await queries.kept_open_mic(session, user_id):
        tiers.append(Tier.OPEN_MIC)
    best = max(tiers, key=lambda tier: (PLANS[tier].monthly, PLANS[tier].price_cents), default=Tier.FREE)
    if user.tier != best.value:
        user.tier, user.updated_at = best.value, now
        session.add(user)
        await session.flush()


async def _locked(session: AsyncSession, user_id: UUID, customer_id: str | None = None) -> User:
    """The person, locked; the payment service's name for them is noted when it is the first."""
    user = await queries.lock_person(session, user_id)
    assert user is not None, "looked up in this transaction"
    if customer_id and user.stripe_customer_id is None:
        user.stripe_customer_id = customer_id
        session.add(user)
        await session.flush()
    return user
