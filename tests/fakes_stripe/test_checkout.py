"""Checkout sessions of both modes, as the library makes them and a person pays them."""

import httpx
import pytest
import stripe

from tests.fakes.stripe.problems import Problem
from tests.fakes_stripe.conftest import Shop

DECLINED = "4000000000000002"


async def test_a_pack_is_paid_once_and_told(shop: Shop) -> None:
    session = await shop.checkout(
        "payment",
        shop.pack,
        client_reference_id="7",
        customer_creation="always",
        metadata={"pack": "small"},
        payment_intent_data={"metadata": {"user": "7"}},
    )
    assert (session.status, session.payment_status, session.amount_total) == ("open", "unpaid", 1000)
    shop.fake.pay(session.id, email="a@example.com")
    paid = await shop.client.v1.checkout.sessions.retrieve_async(
        session.id, {"expand": ["line_items", "payment_intent.latest_charge"]}
    )
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert paid.line_items
    assert paid.line_items.data[0].price
    assert paid.line_items.data[0].price.lookup_key == "pack"
    intent = paid.payment_intent
    assert isinstance(intent, stripe.PaymentIntent)
    assert isinstance(intent.latest_charge, stripe.Charge)
    assert intent["metadata"]["user"] == "7"
    assert intent.latest_charge.paid
    customer = await shop.client.v1.customers.retrieve_async(str(paid.customer))
    assert customer.email == "a@example.com"
    told = {event.type: event for event in await shop.events()}
    completed = told["checkout.session.completed"].data.object
    assert completed["metadata"]["pack"] == "small"
    assert completed["payment_intent"] == intent.id
    assert {"charge.succeeded", "payment_intent.succeeded", "customer.created"} <= told.keys()


async def test_a_plan_begins_with_an_invoice(shop: Shop) -> None:
    customer = await shop.client.v1.customers.create_async({"email": "a@example.com"})
    session = await shop.checkout(
        "subscription", shop.small, customer=customer.id, subscription_data={"metadata": {"user": "7"}}
    )
    paid = shop.fake.pay(session.id)
    subscription = await shop.client.v1.subscriptions.retrieve_async(
        paid["subscription"], {"expand": ["latest_invoice.payments"]}
    )
    item = subscription["items"].data[0]
    assert (subscription.status, item.price.lookup_key) == ("active", "small")
    assert 28 * 86400 <= item.current_period_end - item.current_period_start <= 31 * 86400
    invoice = subscription.latest_invoice
    assert isinstance(invoice, stripe.Invoice)
    assert invoice.parent
    assert invoice.payments
    details = invoice.parent.subscription_details
    assert details
    assert details.subscription == subscription.id
    assert details["metadata"]["user"] == "7"
    assert (invoice.status, invoice.billing_reason, invoice.amount_paid) == (
        "paid",
        "subscription_create",
        2900,
    )
    line = invoice.lines.data[0]
    assert line.pricing
    assert line.pricing.price_details
    assert line.pricing.price_details.price == shop.small
    assert line.period.end == item.current_period_end
    assert invoice.payments.data[0].payment.payment_intent
    types = await shop.types()
    assert types.index("invoice.created") < types.index("invoice.finalized") < types.index("invoice.paid")
    assert {"invoice.payment_succeeded", "customer.subscription.created"} <= set(types)


async def test_a_declined_card_leaves_the_session_open(shop: Shop) -> None:
    session = await shop.checkout("subscription", shop.small)
    with pytest.raises(Problem, match="declined"):
        shop.fake.pay(session.id, DECLINED)
    assert not shop.fake.subscriptions
    shop.fake.pay(session.id)
    assert "charge.failed" in await shop.types()


async def test_the_page_is_paid_by_plain_posts(shop: Shop) -> None:
    session = await shop.checkout("payment", shop.pack, cancel_url="https://shop.example/back")
    assert session.url
    async with httpx.AsyncClient() as http:
        page = (await http.get(session.url)).text
        assert "This is a fake" in page
        assert "Pack" in page
        assert "10.00 USD" in page
        assert 'href="https://shop.example/back"' in page
        refused = await http.post(session.url, data={"card": DECLINED, "email": "a@example.com"})
        assert refused.status_code == 402
        assert "Your card was declined." in refused.text
        paid = await http.post(session.url, data={"card": "4242 4242 4242 4242", "email": "a@example.com"})
        assert paid.headers["location"] == f"https://shop.example/done?session={session.id}"
        assert "has been paid" in (await http.get(session.url)).text


@pytest.mark.parametrize("succeeded", [True, False])
async def test_a_bank_debit_is_known_later(shop: Shop, succeeded: bool) -> None:
    session = await shop.checkout("payment", shop.pack)
    assert shop.fake.pay(session.id, "bank")["payment_status"] == "unpaid"
    shop.fake.clear(session.id, succeeded=succeeded)
    found = await shop.client.v1.checkout.sessions.retrieve_async(session.id)
    assert found.payment_status == ("paid" if succeeded else "unpaid")
    types = await shop.types()
    outcome = f"checkout.session.async_payment_{'succeeded' if succeeded else 'failed'}"
    assert types.index("checkout.session.completed") < types.index(outcome)


async def test_a_plan_by_bank_debit_is_active_while_the_bank_thinks(shop: Shop) -> None:
    session = await shop.checkout("subscription", shop.small)
    paid = shop.fake.pay(session.id, "bank")
    plan = shop.fake.subscriptions[paid["subscription"]]
    assert (paid["payment_status"], plan["status"]) == ("unpaid", "active")
    shop.fake.clear(session.id)
    shop.fake.advance(32 * 86400)
    assert shop.fake.invoices[plan["latest_invoice"]]["status"] == "open"
    shop.fake.clear(plan["latest_invoice"], succeeded=False)
    assert plan["status"] == "past_due"
    types = await shop.types()
    assert types.index("checkout.session.completed") < types.index("invoice.paid")


async def test_what_costs_nothing_needs_no_payment(shop: Shop) -> None:
    product = (await shop.client.v1.prices.retrieve_async(shop.pack)).product
    free = await shop.client.v1.prices.create_async(
        {"currency": "usd", "unit_amount": 0, "product": str(product)}
    )
    session = await shop.checkout("payment", free.id)
    paid = shop.fake.pay(session.id)
    assert (paid["payment_status"], paid["payment_intent"]) == ("no_payment_required", None)
    items = await shop.client.v1.checkout.sessions.line_items.list_async(session.id)
    assert [(item.amount_total, item.description) for item in items.data] == [(0, "Pack")]


async def test_sessions_expire_by_a_call_and_by_time(shop: Shop) -> None:
    first, second = [await shop.checkout("payment", shop.pack) for _ in range(2)]
    await shop.client.v1.checkout.sessions.expire_async(first.id)
    with pytest.raises(stripe.InvalidRequestError, match="status of `expired`"):
        await shop.client.v1.checkout.sessions.expire_async(first.id)
    shop.fake.advance(25 * 3600)
    found = await shop.client.v1.checkout.sessions.list_async({"status": "expired"})
    assert {one.id for one in found.data} == {first.id, second.id}
    assert (await shop.types()).count("checkout.session.expired") == 2


async def test_nonsense_is_refused_as_stripe_does(shop: Shop) -> None:
    wrong = [
        ({"mode": "payment", "price": shop.small}, "mode"),
        ({"mode": "subscription", "price": shop.pack}, "mode"),
        ({"mode": "payment", "price": "price_none"}, "line_items[0][price]"),
        ({"mode": "payment", "price": shop.pack, "subscription_data": {}, "expires_at": 1}, "expires_at"),
        ({"mode": "payment", "price": shop.pack, "colour": "red"}, "colour"),
        (
            {"mode": "subscription", "price": shop.small, "subscription_data": {"trial_period_days": 7}},
            "subscription_data[trial_period_days]",
        ),
        ({"mode": "rent", "price": shop.pack}, "mode"),
        ({"mode": "payment", "price": shop.pack, "customer": "cus_none"}, "customer"),
    ]
    for asked, param in wrong:
        with pytest.raises(stripe.InvalidRequestError) as refused:
            await shop.checkout(**asked)
        assert (refused.value.param, refused.value.http_status) == (param, 400)
