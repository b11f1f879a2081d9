"""What Stripe has to know of us, made once and mended whenever it differs: prices, webhook, portal. `vannilli stripe
setup` runs it; a second run changes nothing."""

from dataclasses import dataclass, field
from typing import Any

import stripe

from vannilli_app import routes
from vannilli_app.music.price import PLANS, TOP_UP_CENTS_PER_CREDIT, Tier
from vannilli_app.payments.base import Product
from vannilli_app.payments.stripe_ import EVENTS, OURS, lookup_key, portal_configuration
from vannilli_app.payments.stripe_errors import in_our_words

PORTAL: Any = {
    "business_profile": {"headline": "Vannilli: your invoices and your card"},
    "features": {
        "invoice_history": {"enabled": True},
        "payment_method_update": {"enabled": True},
        "customer_update": {"enabled": True, "allowed_updates": ["email", "address", "tax_id"]},
        "subscription_cancel": {"enabled": True, "mode": "at_period_end"},
        "subscription_update": {"enabled": False},  # our own page says what a change costs and gives
    },
    "metadata": OURS,
}


@dataclass
class Setup:
    """What was made or changed, in sentences, and the webhook's secret when it was made just now."""

    done: list[str] = field(default_factory=list)
    webhook_secret: str | None = None


async def set_up(client: stripe.StripeClient, base_url: str) -> Setup:
    """Make what is missing. Raises PaymentsUnavailable."""
    result = Setup()
    with in_our_words():
        for product in Product:
            await _price(client, product, result)
        await _webhook(client, base_url + routes.API_STRIPE_WEBHOOK, result)
        await _portal(client, result)
    return result


async def _price(client: stripe.StripeClient, product: Product, result: Setup) -> None:
    """The price that is sold now. A price cannot be changed: another amount is another price under the same key."""
    cents, name = _what(product)
    api, key = client.v1, lookup_key(product)
    found = (await api.prices.list_async({"lookup_keys": [key], "active": True})).data
    if found and found[0]["unit_amount"] == cents:
        return
    params: Any = {
        "currency": "usd",
        "unit_amount": cents,
        "lookup_key": key,
        "transfer_lookup_key": True,
        "metadata": {"product": product.value},
    }
    if product.plan:
        params["recurring"] = {"interval": "month"}
    params["product"] = str(found[0]["product"]) if found else await _product(client, key, name)
    await api.prices.create_async(params)
    result.done.append(f"{name}: ${cents / 100:.2f}")


async def _product(client: stripe.StripeClient, name: str, words: str) -> str:
    """A product under an id that we choose, so that a setup that broke off makes no second one."""
    try:
        return str((await client.v1.products.retrieve_async(name))["id"])
    except stripe.InvalidRequestError:
        made = await client.v1.products.create_async({"id": name, "name": words, "metadata": OURS})
        return str(made["id"])


def _what(product: Product) -> tuple[int, str]:
    if product is Product.TOPUP:
        return TOP_UP_CENTS_PER_CREDIT, "Vannilli credit"
    plan = PLANS[Tier(product.value)]
    return plan.price_cents, f"Vannilli {plan.name}"


async def _webhook(client: stripe.StripeClient, url: str, result: Setup) -> None:
    api = client.v1.webhook_endpoints
    events: Any = list(EVENTS)
    async for one in (await api.list_async({"limit": 100})).auto_paging_iter():
        if one["url"] != url:
            continue
        if set(one["enabled_events"]) != set(events) or one["status"] != "enabled":
            await api.update_async(one["id"], {"enabled_events": events, "disabled": False})
            result.done.append(f"webhook {url}: its events were mended")
        return
    made = await api.create_async({"url": url, "enabled_events": events, "metadata": OURS})
    result.done.append(f"webhook {url}")
    result.webhook_secret = str(made["secret"])


async def _portal(client: stripe.StripeClient, result: Setup) -> None:
    api = client.v1.billing_portal.configurations
    found = await portal_configuration(client)
    if found is None:
        await api.create_async(PORTAL)
        result.done.append("billing portal")
    elif found["features"]["subscription_update"]["enabled"]:  # somebody changed it in the dashboard
        await api.update_async(found["id"], PORTAL)
        result.done.append("billing portal: mended")
