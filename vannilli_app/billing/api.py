"""Credits, buying and plans over JSON, and what Stripe tells."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi import Request as HttpRequest

from vannilli_app import routes
from vannilli_app.accounts.identity import CurrentClient, CurrentIdentity, RecentIdentity
from vannilli_app.billing import buying, events, service
from vannilli_app.billing.schemas import (
    Balance,
    BuyCredits,
    BuyTier,
    CheckoutView,
    EntryPage,
    PlanChange,
    PlanView,
    PortalView,
    Price,
)
from vannilli_app.db import as_user, reading, transaction
from vannilli_app.music.price import Tier
from vannilli_app.problems import documented

router = APIRouter(tags=["credits"])
events_router = APIRouter(tags=["credits"])
IdempotencyKey = Annotated[str | None, Header(min_length=1, max_length=200)]


@router.get(routes.API_CREDITS_BALANCE, responses=documented({401: "not_signed_in"}))
async def balance(identity: CurrentIdentity) -> Balance:
    """What I have, what of it is reserved for running work, and what expires when."""
    async with reading(as_user(identity.user_id)) as session:
        return await service.balance(session, identity.user_id)


@router.get(routes.API_CREDITS_LEDGER, responses=documented({401: "not_signed_in", 422: "invalid_cursor"}))
async def ledger(
    identity: CurrentIdentity,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> EntryPage:
    """Every credit that came or went, in words, newest first."""
    async with transaction(as_user(identity.user_id)) as session:
        return await service.history(session, identity.user_id, cursor=cursor, limit=limit)


@router.post(
    routes.API_CHECKOUT,
    responses=documented(
        {
            401: "not_signed_in",
            409: "already_subscribed, idempotency_key_reused, conflict",
            422: "invalid_tier, invalid_return_to",
            503: "payments_unavailable",
        }
    ),
)
async def checkout(
    wanted: BuyTier, identity: CurrentIdentity, idempotency_key: IdempotencyKey = None
) -> CheckoutView:
    """Where to pay for Open Mic or a plan. Nothing is charged before the person does."""
    return await buying.buy_tier(
        identity.user_id, wanted.tier, wanted.return_to, idempotency_key, datetime.now(UTC)
    )


@router.post(
    routes.API_CREDITS_TOPUP,
    responses=documented(
        {
            401: "not_signed_in",
            409: "idempotency_key_reused",
            422: "invalid_credits, invalid_return_to",
            503: "payments_unavailable",
        }
    ),
)
async def top_up(
    wanted: BuyCredits, identity: CurrentIdentity, idempotency_key: IdempotencyKey = None
) -> CheckoutView:
    """Where to pay for so many credits, at $0.30 each. They never expire."""
    return await buying.top_up(identity.user_id, wanted.credits, wanted.return_to, idempotency_key)


@router.get(routes.API_BILLING_PLAN, responses=documented({401: "not_signed_in"}))
async def plan(identity: CurrentIdentity) -> PlanView | None:
    """The plan that I have; null for none."""
    return await buying.plan(identity.user_id)


@router.patch(
    routes.API_BILLING_PLAN,
    responses=documented(
        {
            401: "not_signed_in",
            402: "card_refused",
            403: "confirmation_required, foreign_origin",
            404: "not_found",
            409: "same_plan, past_due, plan_paused",
            422: "invalid_tier",
            503: "payments_unavailable",
        }
    ),
)
async def change_plan(change: PlanChange, identity: RecentIdentity, client: CurrentClient) -> PlanView | None:
    """Change to a dearer plan now, to a cheaper one with the next period; end, go on, pause or resume."""
    return await buying.change_plan(identity.user_id, change, client, datetime.now(UTC))


@router.get(
    routes.API_BILLING_PLAN_PRICE,
    responses=documented(
        {401: "not_signed_in", 404: "not_found", 409: "same_plan, past_due, plan_paused", 422: "invalid_tier"}
    ),
)
async def price_of_change(tier: Tier, identity: CurrentIdentity) -> Price:
    """What changing to a tier costs today."""
    return await buying.price_of_change(identity.user_id, tier, datetime.now(UTC))


@router.post(
    routes.API_BILLING_PORTAL,
    responses=documented(
        {
            401: "not_signed_in",
            403: "confirmation_required, foreign_origin",
            404: "not_found",
            503: "payments_unavailable",
        }
    ),
)
async def portal(identity: RecentIdentity) -> PortalView:
    """Where my invoices and my card are."""
    return PortalView(portal_url=await buying.portal(identity.user_id))


@events_router.post(routes.API_STRIPE_WEBHOOK, responses=documented({403: "bad_signature"}))
async def stripe_event(request: HttpRequest) -> dict[str, str]:
    """Stripe tells what happened; it sends again what was not answered with 200."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    return {"status": await events.receive(await request.body(), headers, datetime.now(UTC))}
