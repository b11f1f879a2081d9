"""Stripe's objects (as plain dictionaries, API version 2026-10-28) in our words. Pure: nothing here calls Stripe."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from vannilli_app.music.price import PLANS, Tier, upgrade_credits
from vannilli_app.payments.base import Bought, Fact, GivenBack, Plan, PlanStatus, Product, TakenBack

Json = dict[str, Any]
Products = Callable[[str], Product | None]
"""Which of our products a price's id stands for; None for a price that is not ours."""

STATUS: dict[str, PlanStatus] = {
    "active": "active",
    "trialing": "active",
    "past_due": "past_due",
    "unpaid": "past_due",
    "incomplete": "past_due",
    "paused": "paused",
    "canceled": "canceled",
    "incomplete_expired": "canceled",
}
_GRANTING = ("subscription_create", "subscription_cycle", "subscription_update", "subscription_threshold")
_REFUND_GONE = ("failed", "canceled")
_DISPUTE_IDLE = ("warning_needs_response", "warning_under_review", "warning_closed", "prevented")


def of_session(session: Json, product_of: Products) -> list[Fact]:
    """What a checkout for credits bought; a checkout for a plan says it by its invoice instead."""
    if session["mode"] != "payment" or session["payment_status"] == "unpaid":
        return []
    found: list[Fact] = []
    for line in session["line_items"]["data"]:
        product = product_of(line["price"]["id"])
        if product in (Product.TOPUP, Product.OPEN_MIC):
            credits = line["quantity"] if product is Product.TOPUP else PLANS[Tier.OPEN_MIC].credits
            found.append(
                Bought(
                    reference=f"session:{session['id']}",
                    customer_id=session["customer"],
                    user_id=_user_id(session["metadata"]),
                    product=product,
                    credits=credits,
                    cents=line["amount_total"] - line["amount_tax"],
                    paid_at=_time(session["created"]),
                )
            )
    return found


def of_subscription(subscription: Json, product_of: Products, read_at: datetime) -> Plan | None:
    """How a subscription stands; None when it is for nothing of ours."""
    item = subscription["items"]["data"][0]
    product = product_of(item["price"]["id"])
    if product is None or product.plan is None:
        return None
    pause = subscription["pause_collection"]
    status = STATUS[subscription["status"]]
    resumes = pause.get("resumes_at") if pause else None
    return Plan(
        subscription_id=subscription["id"],
        customer_id=subscription["customer"],
        user_id=_user_id(subscription["metadata"]),
        tier=product.plan,
        status="paused" if pause and status == "active" else status,
        period_start=_time(item["current_period_start"]),
        period_end=_time(item["current_period_end"]),
        cancel_at_period_end=subscription["cancel_at_period_end"] or bool(subscription["cancel_at"]),
        paused_until=_time(resumes) if resumes else None,
        read_at=read_at,
    )


def of_invoice(invoice: Json, product_of: Products) -> Bought | None:
    """The credits that a paid invoice of a plan gives; None for every other invoice.

    A period gives the plan's credits. A change to a dearer plan gives the part of the difference that was paid.
    """
    if invoice["status"] != "paid" or invoice["billing_reason"] not in _GRANTING:
        return None
    whole, changes = _lines(invoice, product_of)
    if whole:
        product, line = whole[-1]
        credits = PLANS[Tier(product)].credits
    elif len(changes) >= 2:
        (old, _), (product, line) = min(changes, key=_amount), max(changes, key=_amount)
        net = sum(line["amount"] for _, line in changes)
        credits = upgrade_credits(Tier(old), Tier(product), net)
    else:
        return None
    if credits <= 0:
        return None
    details = invoice["parent"]["subscription_details"]
    return Bought(
        reference=f"invoice:{invoice['id']}",
        customer_id=invoice["customer"],
        user_id=_user_id(details["metadata"] or {}),
        product=product,
        credits=credits,
        cents=_without_tax(invoice),
        paid_at=_time(invoice["status_transitions"]["paid_at"]),
        subscription_id=details["subscription"],
        expires_at=_time(line["period"]["end"]),
    )


def subscription_of(invoice: Json) -> str | None:
    """The subscription that an invoice is for."""
    details = (invoice["parent"] or {}).get("subscription_details")
    return details["subscription"] if details else None


def of_charge(of: str, charge: Json, refunds: Sequence[Json], disputes: Sequence[Json]) -> Iterator[Fact]:
    """What went back of a charge for the purchase `of`."""
    before = 0
    for refund in sorted(refunds, key=lambda one: (one["created"], one["id"])):
        reference = f"refund:{refund['id']}"
        if refund["status"] in _REFUND_GONE:
            yield GivenBack(f"refund_failed:{refund['id']}", reference)
            continue
        yield TakenBack(reference, of, "refund", refund["amount"], before, charge["amount"])
        before += refund["amount"]
    for dispute in disputes:
        reference = f"dispute:{dispute['id']}"
        if dispute["status"] == "won":
            yield GivenBack(f"dispute_won:{dispute['id']}", reference)
        elif dispute["status"] not in _DISPUTE_IDLE:
            yield TakenBack(reference, of, "dispute", dispute["amount"], 0, charge["amount"])


def _lines(
    invoice: Json, product_of: Products
) -> tuple[list[tuple[Product, Json]], list[tuple[Product, Json]]]:
    """An invoice's lines of our plans: those for a whole period, and those for the rest of one after a change."""
    whole: list[tuple[Product, Json]] = []
    changes: list[tuple[Product, Json]] = []
    for line in invoice["lines"]["data"]:
        pricing = line["pricing"]
        product = product_of(pricing["price_details"]["price"]) if pricing else None
        parent = line["parent"] or {}
        parent = parent.get("subscription_item_details") or parent.get("invoice_item_details")
        if product is None or product.plan is None or parent is None:
            continue
        if parent["proration"]:
            changes.append((product, line))
        elif line["amount"] > 0:  # a free trial has no credits
            whole.append((product, line))
    return whole, changes


def _amount(of: tuple[Product, Json]) -> int:
    return int(of[1]["amount"])


def _without_tax(invoice: Json) -> int:
    total = invoice["total_excluding_tax"]
    return int(invoice["total"] if total is None else total)


def _user_id(metadata: Json) -> UUID | None:
    try:
        return UUID(metadata.get("user_id", ""))
    except ValueError:
        return None


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def without_person(payload: Json) -> Json:
    """What is needed to handle an event again: everything else is asked of Stripe by its id. Events of API v2 name
    only a related object."""
    told = {name: payload[name] for name in ("id", "type", "created", "livemode") if name in payload}
    found = payload["data"]["object"] if "data" in payload else payload.get("related_object") or {}
    kept = {
        name: found[name]
        for name in ("id", "object", "charge", "customer")
        if isinstance(found.get(name), str)
    }
    return told | {"data": {"object": kept}}
