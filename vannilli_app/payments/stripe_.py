"""Stripe, by its own library. Events are only hints: what they speak of is read anew, whatever their order."""

import json
import logging
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import stripe

from vannilli_app.errors import NotFound
from vannilli_app.music.price import Tier
from vannilli_app.payments import stripe_facts
from vannilli_app.payments.base import (
    Bought,
    Checkout,
    Event,
    Fact,
    Forged,
    Order,
    PaymentsUnavailable,
    Product,
)
from vannilli_app.payments.stripe_errors import in_our_words
from vannilli_app.words import _

EVENTS = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "invoice.paid",
    "invoice.payment_succeeded",
    "invoice.payment_failed",
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.resumed",
    "charge.refunded",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "charge.dispute.closed",
)
OURS = {"vannilli": "1"}  # the mark on what we made at Stripe
TOLERANCE_SECONDS = 300
TIMEOUT_SECONDS = 20.0
_PAGE = 100

log = logging.getLogger(__name__)
Json = dict[str, Any]


def lookup_key(product: Product) -> str:
    """The name under which Stripe keeps the price of a product that is sold now."""
    return f"vannilli_{product.value}"


class StripePayments:
    """Payments by Stripe. `base_url` replaces https://api.stripe.com, for tests."""

    name = "stripe"
    moves_money = True

    def __init__(self, secret_key: str, *, webhook_secret: str, base_url: str = "") -> None:
        self._live = "_live_" in secret_key
        self._webhook_secret = webhook_secret
        self._http = stripe.HTTPXClient(timeout=TIMEOUT_SECONDS)
        self.client = stripe.StripeClient(
            secret_key,
            http_client=self._http,
            base_addresses={"api": base_url} if base_url else {},
            max_network_retries=2,
        )
        self._api = self.client.v1
        self._prices: dict[str, Product | None] = {}

    async def customer(self, user_id: UUID, email: str) -> str:
        params: Any = {"email": email, "metadata": {"user_id": str(user_id)}}
        with in_our_words():
            made = await self._api.customers.create_async(params, {"idempotency_key": f"{user_id}:customer"})
        return str(made["id"])

    async def check_out(self, order: Order, customer_id: str) -> Checkout:
        metadata = {"user_id": str(order.user_id), "product": order.product}
        quantity = order.credits if order.product is Product.TOPUP else 1
        params: Any = {
            "client_reference_id": str(order.user_id),
            "customer": customer_id,
            "line_items": [{"price": await self._price(order.product), "quantity": quantity}],
            "metadata": metadata,
            "success_url": order.success_url,
            "cancel_url": order.cancel_url,
        }
        if order.product.plan is None:
            params |= {"mode": "payment", "payment_intent_data": {"metadata": metadata}}
        else:
            params |= {"mode": "subscription", "subscription_data": {"metadata": metadata}}
        for key in order.keys_in_turn():
            with in_our_words():
                made = await self._api.checkout.sessions.create_async(params, {"idempotency_key": key})
            if not _is_replayed(made) or (await self._session(made["id"]))["status"] == "open":
                break
        return Checkout(made["id"], made["url"] or order.cancel_url)

    async def withdraw(self, session_id: str) -> bool:
        try:
            status = (await self._session(session_id))["status"]
        except NotFound:
            return True
        if status == "open":
            with in_our_words():
                await self._api.checkout.sessions.expire_async(
                    session_id, options={"idempotency_key": f"{session_id}:expire"}
                )
        return bool(status != "complete")

    async def facts_of_session(self, session_id: str, now: datetime) -> list[Fact]:
        session = await self._session(session_id)
        await self._know([line["price"] for line in session["line_items"]["data"]])
        if session["invoice"]:
            return await self._facts_of_invoice(session["invoice"], now)
        return stripe_facts.of_session(session, self._product)

    async def is_pending(self, session_id: str) -> bool:
        session = await self._session(session_id)
        return bool(session["status"] == "complete" and session["payment_status"] == "unpaid")

    async def portal(self, customer_id: str, return_url: str) -> str:
        params: Any = {"customer": customer_id, "return_url": return_url}
        with in_our_words():
            if ours := await portal_configuration(self.client):
                params["configuration"] = ours["id"]
            made = await self._api.billing_portal.sessions.create_async(params)
        return str(made["url"])

    async def upgrade_cents(self, subscription_id: str, tier: Tier, now: datetime) -> int:
        change = await self._change(subscription_id, tier)
        with in_our_words():
            preview = await self._api.invoices.create_preview_async(
                {
                    "subscription": subscription_id,
                    "subscription_details": {"items": [change], "proration_behavior": "always_invoice"},
                }
            )
        return int(preview["amount_due"])

    async def change_plan(
        self, subscription_id: str, tier: Tier, *, charge: bool, now: datetime
    ) -> list[Fact]:
        change = await self._change(subscription_id, tier)
        with in_our_words():
            changed = await self._api.subscriptions.update_async(
                subscription_id,
                {
                    "items": [change],
                    "proration_behavior": "always_invoice" if charge else "none",
                    "payment_behavior": "error_if_incomplete",
                },
            )
        facts = await self._facts_of_subscription(changed["id"], now)
        if charge and changed["latest_invoice"]:
            facts = await self._facts_of_invoice(str(changed["latest_invoice"]), now)
        return facts

    async def set_ending(self, subscription_id: str, ending: bool, now: datetime) -> list[Fact]:
        with in_our_words():
            await self._api.subscriptions.update_async(subscription_id, {"cancel_at_period_end": ending})
        return await self._facts_of_subscription(subscription_id, now)

    async def set_pause(self, subscription_id: str, until: datetime | None, now: datetime) -> list[Fact]:
        pause: Any = {"behavior": "void", "resumes_at": int(until.timestamp())} if until else ""
        with in_our_words():
            await self._api.subscriptions.update_async(subscription_id, {"pause_collection": pause})
        return await self._facts_of_subscription(subscription_id, now)

    def read_event(self, body: bytes, headers: Mapping[str, str]) -> Event:
        try:
            text = body.decode()
            stripe.WebhookSignature.verify_header(
                text, headers.get("stripe-signature", ""), self._webhook_secret, TOLERANCE_SECONDS
            )
            payload = json.loads(text)
            return Event(payload["id"], payload["type"], _created(payload["created"]), payload)
        except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError) as error:
            raise Forged from error

    def without_person(self, payload: dict[str, Any]) -> dict[str, Any]:
        return stripe_facts.without_person(payload)

    async def facts_of_event(self, event: Event, now: datetime) -> list[Fact] | None:
        if event.type not in EVENTS or event.payload.get("livemode", False) != self._live:
            return None
        found = event.payload["data"]["object"]
        kind = event.type.split(".")[0]
        try:
            if kind == "checkout":
                return await self.facts_of_session(found["id"], now)
            if kind == "invoice":
                return await self._facts_of_invoice(found["id"], now)
            if kind == "customer":
                return await self._facts_of_subscription(found["id"], now)
            return await self._facts_of_charge(
                found["id"] if found["object"] == "charge" else found["charge"], now
            )
        except NotFound:  # deleted since: it is nobody's any more
            return []

    async def facts_since(self, since: datetime, now: datetime) -> AsyncIterator[list[Fact]]:
        created: Any = {"created": {"gte": int(since.timestamp())}, "limit": _PAGE}
        complete: Any = {**created, "status": "complete"}
        paid: Any = {**created, "status": "paid"}
        with in_our_words():
            subscriptions = await self._api.subscriptions.list_async({"status": "all", "limit": _PAGE})
            async for one in subscriptions.auto_paging_iter():
                yield await self._facts_of_subscription(one["id"], now)
            sessions = await self._api.checkout.sessions.list_async(complete)
            async for session in sessions.auto_paging_iter():
                yield await self.facts_of_session(session["id"], now)
            invoices = await self._api.invoices.list_async(paid)
            async for invoice in invoices.auto_paging_iter():
                yield await self._facts_of_invoice(str(invoice["id"]), now)
            charges = set()
            refunds = await self._api.refunds.list_async(created)
            async for refund in refunds.auto_paging_iter():
                charges.add(str(refund["charge"]))
            disputes = await self._api.disputes.list_async(created)
            async for dispute in disputes.auto_paging_iter():
                charges.add(str(dispute["charge"]))
            for charge in sorted(charges):
                yield await self._facts_of_charge(charge, now)

    async def forget(self, customer_id: str) -> None:
        params: Any = {"customer": customer_id, "status": "open", "limit": _PAGE}
        try:
            with in_our_words():
                opened = await self._api.checkout.sessions.list_async(params)
                for session in [one async for one in opened.auto_paging_iter()]:
                    await self._api.checkout.sessions.expire_async(session["id"])
                await self._api.customers.delete_async(customer_id)
        except NotFound:
            pass

    async def close(self) -> None:
        await self._http.close_async()  # type: ignore[no-untyped-call]

    async def _session(self, session_id: str) -> Json:
        with in_our_words():
            found = await self._api.checkout.sessions.retrieve_async(session_id, {"expand": ["line_items"]})
        return found.to_dict()

    async def _facts_of_subscription(self, subscription_id: str, now: datetime) -> list[Fact]:
        with in_our_words():
            found = (await self._api.subscriptions.retrieve_async(subscription_id)).to_dict()
        await self._know([item["price"] for item in found["items"]["data"]])
        plan = stripe_facts.of_subscription(found, self._product, now)
        return [plan] if plan else []

    async def _facts_of_invoice(self, invoice_id: str, now: datetime) -> list[Fact]:
        with in_our_words():
            found = (await self._api.invoices.retrieve_async(invoice_id)).to_dict()
        subscription_id = stripe_facts.subscription_of(found)
        facts = await self._facts_of_subscription(subscription_id, now) if subscription_id else []
        for line in found["lines"]["data"]:
            if line["pricing"]:
                await self._look_up(line["pricing"]["price_details"]["price"])
        bought = stripe_facts.of_invoice(found, self._product)
        return [*facts, bought] if bought else facts

    async def _facts_of_charge(self, charge_id: str, now: datetime) -> list[Fact]:
        """The purchase first, whose own event may still be on its way, and then what went back of it."""
        with in_our_words():
            charge = (await self._api.charges.retrieve_async(charge_id)).to_dict()
            refunds = (await self._api.refunds.list_async({"charge": charge_id, "limit": _PAGE})).to_dict()
            disputes = (await self._api.disputes.list_async({"charge": charge_id, "limit": _PAGE})).to_dict()
        bought = await self._facts_of_payment(charge["payment_intent"], now)
        of = next((fact.reference for fact in bought if isinstance(fact, Bought)), None)
        if of is None:
            return bought
        return [*bought, *stripe_facts.of_charge(of, charge, refunds["data"], disputes["data"])]

    async def _facts_of_payment(self, payment_intent: str | None, now: datetime) -> list[Fact]:
        if payment_intent is None:
            return []
        with in_our_words():
            paid = await self._api.invoice_payments.list_async(
                {"payment": {"type": "payment_intent", "payment_intent": payment_intent}}
            )
            sessions = await self._api.checkout.sessions.list_async({"payment_intent": payment_intent})
        if paid.data:
            return await self._facts_of_invoice(str(paid.data[0]["invoice"]), now)
        return await self.facts_of_session(sessions.data[0]["id"], now) if sessions.data else []

    async def _change(self, subscription_id: str, tier: Tier) -> Any:
        with in_our_words():
            found = await self._api.subscriptions.retrieve_async(subscription_id)
        return {"id": found["items"]["data"][0]["id"], "price": await self._price(Product(tier))}

    async def _price(self, product: Product) -> str:
        """The id of the price that is sold now."""
        with in_our_words():
            found = await self._api.prices.list_async({"lookup_keys": [lookup_key(product)], "active": True})
        if not found.data:
            log.error("Stripe knows no price %s; run: vannilli stripe setup", lookup_key(product))
            raise PaymentsUnavailable(
                _("This cannot be bought yet. Nothing was charged."), code="not_for_sale"
            )
        return str(found.data[0]["id"])

    def _product(self, price_id: str) -> Product | None:
        return self._prices.get(price_id)

    async def _know(self, prices: list[Json]) -> None:
        for price in prices:
            self._prices[price["id"]] = _product_named(price["metadata"].get("product"))

    async def _look_up(self, price_id: str) -> None:
        """Learn what a price stands for; prices never change that, so once is enough."""
        if price_id not in self._prices:
            with in_our_words():
                await self._know([(await self._api.prices.retrieve_async(price_id)).to_dict()])


async def portal_configuration(client: stripe.StripeClient) -> Any:
    """Our settings of the billing portal; None before `stripe setup`. What is made by the API is never the default."""
    found = await client.v1.billing_portal.configurations.list_async({"active": True, "limit": _PAGE})
    return next((one for one in found.data if "vannilli" in (one["metadata"] or ())), None)


def _product_named(name: str | None) -> Product | None:
    return Product(name) if name in list(Product) else None


def _is_replayed(made: Any) -> bool:
    """Whether an answer is the one that its idempotency key had before, however the object has changed since."""
    return bool(made.last_response.headers.get("idempotent-replayed") == "true")


def _created(when: int | str) -> datetime:
    """Snapshot events give seconds, thin ones RFC 3339."""
    if isinstance(when, str):
        return datetime.fromisoformat(when)
    return datetime.fromtimestamp(when, UTC)
