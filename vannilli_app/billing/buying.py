"""Buying: from what a person wants to a checkout, and changing the plan they have.

The payment service is called between transactions, so that no lock is held meanwhile.
"""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from vannilli_app import routes
from vannilli_app.accounts import audit
from vannilli_app.accounts.schemas import Client
from vannilli_app.billing import facts, leaving, queries
from vannilli_app.billing.schemas import CheckoutView, PlanChange, PlanView, Price, SandboxOrder
from vannilli_app.config import settings
from vannilli_app.db import SERVICE, as_user, reading, transaction
from vannilli_app.errors import Conflict, Invalid, NotFound
from vannilli_app.models import Subscription, User
from vannilli_app.music.price import (
    PLANS,
    TOP_UP_CENTS_PER_CREDIT,
    TOP_UP_LEAST_CREDITS,
    TOP_UP_MOST_CREDITS,
    Tier,
    upgrade_credits,
)
from vannilli_app.payments import Bought, Order, Plan, Product, SandboxPayments, payments
from vannilli_app.words import _, at, whole

PAUSE = timedelta(days=30)


async def buy_tier(
    user_id: UUID, tier: str, return_to: str | None, key: str | None, now: datetime
) -> CheckoutView:
    """A checkout for Open Mic or a plan. Of a plan it closes the one that was opened before, in another tab maybe.

    Raises Invalid (`invalid_tier`, `invalid_return_to`), Conflict (`already_subscribed`; `conflict` for two at the
    same moment), PaymentsUnavailable.
    """
    offered = [plan.tier.value for plan in PLANS.values() if plan.offered and plan.tier is not Tier.FREE]
    if tier not in offered:
        raise Invalid(
            _("There is no {tier} to buy. Choose {offered}.", tier=tier[:40], offered=", ".join(offered)),
            code="invalid_tier",
        )
    product = Product(tier)
    if product.plan is None:
        return await _check_out(user_id, product, PLANS[Tier(tier)].credits, return_to, key)
    await _refuse_second_plan(user_id)
    former = (await _person(user_id)).plan_checkout_id
    made = await _check_out(user_id, product, PLANS[Tier(tier)].credits, return_to, key)
    if made.session_id != former:
        await _be_the_only_one(user_id, former, made, now)
    return made


async def top_up(user_id: UUID, credits: int, return_to: str | None, key: str | None) -> CheckoutView:
    """A checkout for so many credits. Raises Invalid (`invalid_credits`, `invalid_return_to`)."""
    if not TOP_UP_LEAST_CREDITS <= credits <= TOP_UP_MOST_CREDITS:
        raise Invalid(
            _(
                "Buy from {least} to {most} credits at a time.",
                least=TOP_UP_LEAST_CREDITS,
                most=whole(TOP_UP_MOST_CREDITS),
            ),
            code="invalid_credits",
            least=TOP_UP_LEAST_CREDITS,
            most=TOP_UP_MOST_CREDITS,
        )
    return await _check_out(user_id, Product.TOPUP, credits, return_to, key)


async def settle(user_id: UUID, session_id: str, now: datetime) -> bool:
    """A buyer is back from a checkout: book what it came to, without waiting for its event.

    False while its money is still on the way. Raises NotFound, also for somebody else's checkout.
    """
    found = await payments().facts_of_session(session_id, now)
    if any(isinstance(fact, Plan | Bought) and fact.user_id != user_id for fact in found):
        raise NotFound(_("There is no such payment."))
    await facts.book_all(found, now)
    return bool(found)


def sandbox_order(user_id: UUID, session_id: str) -> SandboxOrder:
    """What a checkout of the sandbox is for. Raises NotFound, also for somebody else's, and where money moves."""
    order = _sandbox(user_id, session_id).session(session_id).order
    if order.product is Product.TOPUP:
        words, cents = f"{order.credits} credits", order.credits * TOP_UP_CENTS_PER_CREDIT
    else:
        chosen = PLANS[Tier(order.product.value)]
        words, cents = f"{chosen.name}{', a month' if chosen.monthly else ''}", chosen.price_cents
    return SandboxOrder(words=words, cents=cents, cancel_url=order.cancel_url)


def pay_in_sandbox(user_id: UUID, session_id: str, now: datetime) -> str:
    """Pay a checkout of the sandbox with nothing; gives where to go on. Raises as `sandbox_order`."""
    paid = _sandbox(user_id, session_id).pay(session_id, now)
    return paid.order.success_url.replace("{CHECKOUT_SESSION_ID}", session_id)


async def plan(user_id: UUID) -> PlanView | None:
    """The plan that a person has now."""
    async with reading(as_user(user_id)) as session:
        found = await queries.current_subscription(session, user_id)
    if found is None:
        return None
    return PlanView(
        tier=Tier(found.tier),
        next_tier=Tier(found.next_tier or found.tier),
        status=found.status,
        period_end=found.current_period_end,
        ending=found.cancel_at_period_end,
        paused_until=found.paused_until,
        skipped=found.is_skipped,
    )


async def price_of_change(user_id: UUID, tier: Tier, now: datetime) -> Price:
    """What changing to `tier` costs and gives today. Raises NotFound, Invalid, Conflict."""
    found = await _changeable(user_id, tier)
    if not _dearer(found, tier):
        return Price(cents=0, credits=0)
    cents = await payments().upgrade_cents(found.stripe_subscription_id, tier, now)
    return Price(cents=cents, credits=upgrade_credits(Tier(found.tier), tier, cents))


async def change_plan(user_id: UUID, change: PlanChange, client: Client, now: datetime) -> PlanView | None:
    """Change to another tier, have the plan end or go on, pause it or resume. Raises NotFound, Invalid, Conflict,
    PaymentRequired (`card_refused`)."""
    service = payments()
    if change.tier is not None:
        found = await _changeable(user_id, change.tier)
        charge = _dearer(found, change.tier)
        told = await service.change_plan(found.stripe_subscription_id, change.tier, charge=charge, now=now)
        await facts.book_all(told, now)
    name = (await _subscription(user_id)).stripe_subscription_id
    if change.ending is not None:
        await facts.book_all(await service.set_ending(name, change.ending, now), now)
    if change.paused is not None:
        await facts.book_all(await service.set_pause(name, now + PAUSE if change.paused else None, now), now)
    async with transaction(SERVICE) as session:
        audit.record(
            session,
            "plan_changed",
            user_id=user_id,
            resource_type="subscription",
            client=client,
            **change.model_dump(mode="json", exclude_none=True),
        )
    return await plan(user_id)


async def portal(user_id: UUID) -> str:
    """Where a person sees their invoices and changes their card. Raises NotFound for who never paid."""
    user = await _person(user_id)
    if user.stripe_customer_id is None:
        raise NotFound(_("There are no invoices yet: you have not bought anything."))
    return await payments().portal(user.stripe_customer_id, settings().base_url + at(routes.ACCOUNT))


def is_rehearsal() -> bool:
    """Whether buying moves no money."""
    return not payments().moves_money


async def _check_out(
    user_id: UUID, product: Product, credits: int, return_to: str | None, key: str | None
) -> CheckoutView:
    after = return_to or at(routes.ACCOUNT)
    if not routes.is_ours(after):
        raise Invalid(
            _("Say where to go on with a path of this site, such as /studio."), code="invalid_return_to"
        )
    order = Order(
        user_id=user_id,
        product=product,
        credits=credits,
        success_url=settings().base_url + at(routes.paid("{CHECKOUT_SESSION_ID}", after)),
        cancel_url=settings().base_url + after,
        key=f"{user_id}:{product.value}:{key or uuid4().hex}",
    )
    made = await payments().check_out(order, await _customer(user_id))
    return CheckoutView(checkout_url=made.url, session_id=made.session_id)


async def _customer(user_id: UUID) -> str:
    """Who a person is at the payment service: noted before their first checkout, so that all are of one customer, and
    whoever leaves meanwhile is forgotten there. Raises NotFound for somebody who has just left."""
    user = await _person(user_id)
    if user.stripe_customer_id:
        return user.stripe_customer_id
    made = await payments().customer(user_id, user.email)
    async with transaction(SERVICE) as session:
        noted = await queries.note_customer(session, user_id, made)
        if noted is None:
            await leaving.queue_forgetting(session, made)
    if noted is None:
        raise NotFound
    return noted


async def _refuse_second_plan(user_id: UUID) -> None:
    async with transaction(as_user(user_id)) as session:
        if await queries.current_subscription(session, user_id):
            raise Conflict(
                _("You have a plan already. Change it on your account page."), code="already_subscribed"
            )


async def _be_the_only_one(user_id: UUID, former: str | None, made: CheckoutView, now: datetime) -> None:
    """Close the former checkout of a plan; or the one just made, if the former was paid or another is as new."""
    service = payments()
    if former and not await service.withdraw(former):
        await facts.book_all(await service.facts_of_session(former, now), now)
        try:
            await _refuse_second_plan(user_id)
        except Conflict:
            await service.withdraw(made.session_id)
            raise
    async with transaction(SERVICE) as session:
        noted = await queries.replace_plan_checkout(session, user_id, former, made.session_id)
    if not noted:
        await service.withdraw(made.session_id)
        raise Conflict(_("You opened another checkout at the same moment. Close it and try again."))


def _sandbox(user_id: UUID, session_id: str) -> SandboxPayments:
    service = payments()
    if not isinstance(service, SandboxPayments) or service.session(session_id).order.user_id != user_id:
        raise NotFound(_("There is no such payment."))
    return service


async def _person(user_id: UUID) -> User:
    async with transaction(SERVICE) as session:
        found = await queries.person(session, user_id)
    if found is None:
        raise NotFound
    return found


async def _subscription(user_id: UUID) -> Subscription:
    async with transaction(SERVICE) as session:
        found = await queries.current_subscription(session, user_id)
    if found is None:
        raise NotFound(_("You have no plan. Choose one on the page with the prices."))
    return found


async def _changeable(user_id: UUID, tier: Tier) -> Subscription:
    """The person's plan, if it can become `tier`."""
    if not (PLANS[tier].offered and PLANS[tier].monthly):
        raise Invalid(_("There is no plan {plan}.", plan=tier.value), code="invalid_tier")
    found = await _subscription(user_id)
    if (found.next_tier or found.tier) == tier.value:
        raise Conflict(_("Your plan is {plan} already.", plan=_(PLANS[tier].name)), code="same_plan")
    if found.status == "past_due":
        raise Conflict(
            _("The last payment failed. Mend the card first, then change the plan."), code="past_due"
        )
    if _dearer(found, tier) and (found.status == "paused" or found.is_skipped):
        raise Conflict(
            _("A paused plan cannot move up. Go on with it, and change it once it is paid again."),
            code="plan_paused",
        )
    return found


def _dearer(found: Subscription, tier: Tier) -> bool:
    """Whether `tier` costs more than what this period was paid for; only then is something due today."""
    return PLANS[tier].price_cents > PLANS[Tier(found.tier)].price_cents
