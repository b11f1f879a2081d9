"""The billing portal, by plain posts as its buttons make them."""

from typing import Any

import httpx
import pytest
import stripe

from tests.fakes.stripe.cards import DECLINES, FAILS_LATER, GOOD
from tests.fakes_stripe.conftest import Shop

RETURN = "https://shop.example/account"


async def opened(shop: Shop, customer: Any, mode: Any = "at_period_end") -> str:
    """The address of a portal in which all is possible."""
    prices = [await shop.client.v1.prices.retrieve_async(price) for price in (shop.small, shop.large)]
    configuration = await shop.client.v1.billing_portal.configurations.create_async(
        {
            "features": {
                "invoice_history": {"enabled": True},
                "payment_method_update": {"enabled": True},
                "subscription_cancel": {"enabled": True, "mode": mode},
                "subscription_update": {
                    "enabled": True,
                    "default_allowed_updates": ["price"],
                    "proration_behavior": "always_invoice",
                    "products": [{"product": str(one.product), "prices": [one.id]} for one in prices],
                },
            }
        }
    )
    session = await shop.client.v1.billing_portal.sessions.create_async(
        {"customer": str(customer), "configuration": configuration.id, "return_url": RETURN}
    )
    return session.url


async def test_a_plan_is_cancelled_kept_and_switched(shop: Shop) -> None:
    plan = await shop.subscribed()
    url = await opened(shop, plan.customer)
    get = shop.client.v1.subscriptions.retrieve_async
    async with httpx.AsyncClient(follow_redirects=True) as http:
        page = (await http.get(url)).text
        assert "This is a fake" in page
        assert f'href="{RETURN}"' in page
        assert "29.00 USD" in page
        assert "Keep the plan" in (await http.post(f"{url}/cancel", data={"subscription": plan.id})).text
        ending = await get(plan.id)
        end = plan["items"].data[0].current_period_end
        assert (ending.cancel_at, ending.cancel_at_period_end, ending.status) == (end, False, "active")
        await http.post(f"{url}/resume", data={"subscription": plan.id})
        assert (await get(plan.id)).cancel_at is None
        await http.post(f"{url}/switch", data={"subscription": plan.id, "price": shop.large})
        assert (await get(plan.id))["items"].data[0].price.id == shop.large
        wrong = await http.post(f"{url}/switch", data={"subscription": plan.id, "price": shop.pack})
        assert wrong.status_code == 402
        assert "not on offer" in wrong.text


async def test_a_plan_ends_at_once_where_the_portal_says_so(shop: Shop) -> None:
    plan = await shop.subscribed()
    url = await opened(shop, plan.customer, "immediately")
    async with httpx.AsyncClient() as http:
        await http.post(f"{url}/cancel", data={"subscription": plan.id})
    assert (await shop.types())[-1] == "customer.subscription.deleted"


async def test_a_new_card_pays_what_is_open(shop: Shop) -> None:
    plan = await shop.subscribed(FAILS_LATER)
    shop.fake.advance(32 * 86400)
    url = await opened(shop, plan.customer)
    invoice = str((await shop.client.v1.subscriptions.retrieve_async(plan.id)).latest_invoice)
    async with httpx.AsyncClient(follow_redirects=True) as http:
        assert "Past due" in (await http.get(url)).text
        assert "declined" in (await http.post(f"{url}/pay", data={"invoice": invoice})).text
        assert "declined" in (await http.post(f"{url}/card", data={"card": DECLINES})).text
        assert "ends in 4242" in (await http.post(f"{url}/card", data={"card": GOOD})).text
        await http.post(f"{url}/pay", data={"invoice": invoice})
    assert (await shop.client.v1.subscriptions.retrieve_async(plan.id)).status == "active"


async def test_a_portal_needs_a_configuration(shop: Shop) -> None:
    plan = await shop.subscribed()
    with pytest.raises(stripe.InvalidRequestError, match="No configuration"):
        await shop.client.v1.billing_portal.sessions.create_async({"customer": str(plan.customer)})


async def test_invoices_and_receipts_can_be_looked_at(shop: Shop) -> None:
    plan = await shop.subscribed()
    invoice = await shop.client.v1.invoices.retrieve_async(str(plan.latest_invoice))
    charge = (await shop.client.v1.charges.list_async()).data[0]
    async with httpx.AsyncClient() as http:
        page = (await http.get(str(invoice.hosted_invoice_url))).text
        assert f"Invoice {invoice.number}" in page
        assert "1 x Small (at 29.00 USD / month)" in page
        assert "29.00 USD" in (await http.get(str(charge.receipt_url))).text
        assert (await http.get(f"{shop.fake.base_url}/i/in_none")).status_code == 404
