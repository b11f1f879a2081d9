"""Plans over time: renewals, changes, failing cards, pauses and ends."""

from datetime import UTC, datetime
from typing import Any

import pytest
import stripe

from tests.fakes.stripe.cards import FAILS_LATER
from tests.fakes.stripe.periods import end_after, moment
from tests.fakes.stripe.proration import Proration, proration
from tests.fakes_stripe.conftest import Shop

DAY = 86400
MONTH = 31 * DAY + 3601  # and the hour that a renewal's invoice is a draft


def at(*when: int) -> int:
    return int(datetime(*when, tzinfo=UTC).timestamp())  # type: ignore[arg-type]


def test_months_end_on_the_anchors_day_or_the_last_one() -> None:
    anchor = at(2026, 1, 31, 12)
    days = [datetime.fromtimestamp(moment(anchor, "month", 1, n), UTC) for n in range(1, 4)]
    assert [(day.month, day.day, day.hour) for day in days] == [(2, 28, 12), (3, 31, 12), (4, 30, 12)]
    assert moment(anchor, "year", 1, 2) == at(2028, 1, 31, 12)
    assert end_after(anchor, "month", 1, at(2026, 2, 28, 12)) == at(2026, 3, 31, 12)


def test_a_change_costs_by_the_second() -> None:
    assert proration(2900, 9900, 0, 30 * DAY, 15 * DAY) == Proration(-1450, 4950)
    assert proration(2900, 9900, 0, 3, 2) == Proration(-967, 3300)
    assert proration(2900, 9900, 0, 3, 3) == Proration(0, 0)


async def invoices_of(shop: Shop, subscription: str) -> list[stripe.Invoice]:
    """Newest first."""
    found = await shop.client.v1.invoices.list_async({"subscription": subscription})
    return found.data


async def status_of(shop: Shop, subscription: str) -> str:
    return (await shop.client.v1.subscriptions.retrieve_async(subscription)).status


async def test_a_plan_renews_by_time(shop: Shop) -> None:
    subscription = await shop.subscribed()
    first = subscription["items"].data[0]
    shop.fake.advance(MONTH)
    renewed = await shop.client.v1.subscriptions.retrieve_async(subscription.id)
    assert renewed["items"].data[0].current_period_start == first.current_period_end
    newest, oldest = await invoices_of(shop, subscription.id)
    assert (newest.billing_reason, newest.status, newest.amount_paid) == ("subscription_cycle", "paid", 2900)
    assert newest.lines.data[0].period.start == first.current_period_end
    assert (newest.period_start, newest.period_end) == (first.current_period_start, first.current_period_end)
    assert newest.id == renewed.latest_invoice
    assert oldest.billing_reason == "subscription_create"
    shop.fake.advance(3 * MONTH)
    assert len(await invoices_of(shop, subscription.id)) == 5
    paid = [event for event in await shop.events() if event.type == "invoice.paid"]
    assert [event.data.object["number"][-4:] for event in paid] == ["0001", "0002", "0003", "0004", "0005"]


async def test_an_upgrade_is_previewed_and_paid_by_the_second(shop: Shop) -> None:
    subscription = await shop.subscribed()
    item = subscription["items"].data[0]
    shop.fake.advance(10 * DAY)
    now = item.current_period_start + 10 * DAY
    change: Any = {"items": [{"id": item.id, "price": shop.large}], "proration_behavior": "always_invoice"}
    change["proration_date"] = now
    preview = await shop.client.v1.invoices.create_preview_async(
        {"subscription": subscription.id, "subscription_details": change}
    )
    changed = await shop.client.v1.subscriptions.update_async(
        subscription.id, change | {"payment_behavior": "error_if_incomplete", "expand": ["latest_invoice"]}
    )
    invoice = changed.latest_invoice
    assert isinstance(invoice, stripe.Invoice)
    whole = item.current_period_end - item.current_period_start
    left = (whole - 10 * DAY) / whole
    unused, remaining = [line.amount for line in invoice.lines.data]
    assert (unused, remaining) == (-round(2900 * left), round(9900 * left))
    assert (invoice.billing_reason, invoice.status) == ("subscription_update", "paid")
    assert invoice.amount_paid == preview.amount_due == unused + remaining
    details = [line.parent.subscription_item_details for line in invoice.lines.data if line.parent]
    assert all(one and one.proration for one in details)
    assert changed["items"].data[0].price.id == shop.large
    assert changed["items"].data[0].current_period_end == item.current_period_end
    told = [event for event in await shop.events() if event.type == "customer.subscription.updated"]
    assert told[-1].data.previous_attributes
    assert told[-1].data.previous_attributes["items"]["data"][0]["price"]["id"] == shop.small


async def test_a_downgrade_waits_for_the_next_invoice_or_costs_nothing(shop: Shop) -> None:
    behaviors: list[Any] = ["create_prorations", "none"]
    for behavior in behaviors:
        session = await shop.checkout("subscription", shop.large)
        plan = shop.fake.pay(session.id)["subscription"]
        item = (await shop.client.v1.subscriptions.retrieve_async(plan))["items"].data[0]
        await shop.client.v1.subscriptions.update_async(
            plan, {"items": [{"id": item.id, "price": shop.small}], "proration_behavior": behavior}
        )
        assert len(await invoices_of(shop, plan)) == 1
        shop.fake.advance(MONTH)
        newest = (await invoices_of(shop, plan))[0]
        assert (newest.total < 2900) == (behavior == "create_prorations")
        assert newest.lines.data[-1].amount == 2900


async def test_credit_is_kept_for_later_invoices(shop: Shop) -> None:
    session = await shop.checkout("subscription", shop.large)
    plan = shop.fake.pay(session.id)["subscription"]
    found = await shop.client.v1.subscriptions.retrieve_async(plan)
    item = found["items"].data[0]
    await shop.client.v1.subscriptions.update_async(
        plan, {"items": [{"id": item.id, "price": shop.small}], "proration_behavior": "always_invoice"}
    )
    newest = (await invoices_of(shop, plan))[0]
    assert (newest.total, newest.amount_due, newest.status) == (-7000, 0, "paid")
    customer = await shop.client.v1.customers.retrieve_async(str(found.customer))
    assert customer.balance == -7000
    shop.fake.advance(MONTH)
    assert (await invoices_of(shop, plan))[0].ending_balance == -4100


async def test_a_failing_card_makes_a_plan_past_due_until_it_is_changed(shop: Shop) -> None:
    subscription = await shop.subscribed(FAILS_LATER)
    shop.renew(subscription)
    assert await status_of(shop, subscription.id) == "past_due"
    newest = (await invoices_of(shop, subscription.id))[0]
    assert (newest.status, newest.attempt_count) == ("open", 1)
    assert newest.next_payment_attempt
    with pytest.raises(stripe.CardError, match="declined"):
        await shop.client.v1.invoices.pay_async(str(newest.id))
    await shop.client.v1.subscriptions.update_async(
        subscription.id, {"default_payment_method": "pm_card_visa"}
    )
    paid = await shop.client.v1.invoices.pay_async(str(newest.id))
    assert paid.status == "paid"
    assert await status_of(shop, subscription.id) == "active"
    types = await shop.types()
    assert types.count("invoice.payment_failed") == 2


async def test_a_card_that_never_pays_ends_the_plan(shop: Shop) -> None:
    subscription = await shop.subscribed(FAILS_LATER)
    shop.renew(subscription)
    statuses = []
    for days in (3, 2, 2):
        statuses.append(await status_of(shop, subscription.id))
        shop.fake.advance(days * DAY)
    assert statuses == ["past_due"] * 3
    ended = await shop.client.v1.subscriptions.retrieve_async(subscription.id)
    assert ended.status == "canceled"
    assert ended.cancellation_details
    assert ended.cancellation_details.reason == "payment_failed"
    types = await shop.types()
    assert types.count("invoice.payment_failed") == 4
    assert types[-1] == "customer.subscription.deleted"


async def test_the_rules_may_keep_an_unpaid_plan(shop: Shop) -> None:
    shop.fake.rules.when_all_failed = "unpaid"
    subscription = await shop.subscribed(FAILS_LATER)
    shop.fake.advance(MONTH + 8 * DAY)
    assert await status_of(shop, subscription.id) == "unpaid"
    shop.fake.advance(MONTH)
    assert (await invoices_of(shop, subscription.id))[0].status == "draft"


async def test_an_upgrade_that_is_not_paid(shop: Shop) -> None:
    subscription = await shop.subscribed(FAILS_LATER)
    item = subscription["items"].data[0]
    change: Any = {"items": [{"id": item.id, "price": shop.large}], "proration_behavior": "always_invoice"}
    update = shop.client.v1.subscriptions.update_async
    with pytest.raises(stripe.CardError):
        await update(subscription.id, change | {"payment_behavior": "error_if_incomplete"})
    assert len(await invoices_of(shop, subscription.id)) == 1
    waiting = await update(subscription.id, change | {"payment_behavior": "pending_if_incomplete"})
    assert waiting.pending_update
    assert (waiting.status, waiting["items"].data[0].price.id) == ("active", shop.small)
    shop.fake.advance(DAY)
    late = await shop.client.v1.subscriptions.retrieve_async(subscription.id)
    assert late.pending_update is None
    assert (await invoices_of(shop, subscription.id))[0].status == "void"
    changed = await update(subscription.id, change)
    assert (changed.status, changed["items"].data[0].price.id) == ("past_due", shop.large)


async def test_paused_collection_voids_what_comes(shop: Shop) -> None:
    subscription = await shop.subscribed()
    resumes_at = subscription["items"].data[0].current_period_end + DAY
    paused = await shop.client.v1.subscriptions.update_async(
        subscription.id, {"pause_collection": {"behavior": "void", "resumes_at": resumes_at}}
    )
    assert paused.status == "active"
    shop.fake.advance(MONTH)
    assert (await invoices_of(shop, subscription.id))[0].status == "void"
    shop.fake.advance(MONTH)
    assert (await invoices_of(shop, subscription.id))[0].status == "paid"
    await shop.client.v1.subscriptions.update_async(
        subscription.id, {"pause_collection": {"behavior": "void"}}
    )
    cleared = await shop.client.v1.subscriptions.update_async(subscription.id, {"pause_collection": ""})
    assert cleared.pause_collection is None
    assert (await shop.types()).count("invoice.voided") == 1


async def test_a_paused_plan_stands_still(shop: Shop) -> None:
    subscription = await shop.subscribed()
    paused = await shop.client.v1.subscriptions.pause_async(
        subscription.id, {"bill_for": {"unused_time_from": {"type": "none"}}}
    )
    assert paused.status == "paused"
    shop.fake.advance(2 * MONTH)
    assert len(await invoices_of(shop, subscription.id)) == 1
    resumed = await shop.client.v1.subscriptions.resume_async(subscription.id)
    assert resumed.status == "active"
    assert (await invoices_of(shop, subscription.id))[0].amount_paid == 2900
    types = await shop.types()
    assert types.index("customer.subscription.paused") < types.index("customer.subscription.resumed")


async def test_a_plan_ends_with_its_period_unless_it_is_kept(shop: Shop) -> None:
    update = shop.client.v1.subscriptions.update_async
    subscription = await shop.subscribed()
    ending = await update(subscription.id, {"cancel_at_period_end": True})
    end = subscription["items"].data[0].current_period_end
    assert (ending.cancel_at_period_end, ending.cancel_at, ending.status) == (True, end, "active")
    kept = await update(subscription.id, {"cancel_at_period_end": False})
    assert (kept.cancel_at, kept.canceled_at) == (None, None)
    await update(subscription.id, {"cancel_at_period_end": True})
    shop.fake.advance(MONTH)
    ended = await shop.client.v1.subscriptions.retrieve_async(subscription.id)
    assert (ended.status, ended.ended_at) == ("canceled", end)
    assert len(await invoices_of(shop, subscription.id)) == 1
    listed = shop.client.v1.subscriptions.list_async
    assert (await listed({"customer": str(ended.customer)})).data == []
    assert len((await listed({"customer": str(ended.customer), "status": "all"})).data) == 1


async def test_who_is_deleted_has_no_plan(shop: Shop) -> None:
    first, second = await shop.subscribed(), await shop.subscribed()
    await shop.client.v1.subscriptions.cancel_async(first.id)
    gone = await shop.client.v1.customers.delete_async(str(second.customer))
    assert gone.deleted
    assert (await shop.client.v1.customers.retrieve_async(str(second.customer))).deleted
    assert {await status_of(shop, one.id) for one in (first, second)} == {"canceled"}
    types = await shop.types()
    assert types.count("customer.subscription.deleted") == 2
    assert types[-1] == "customer.deleted"


async def test_a_test_clock_has_a_time_of_its_own(shop: Shop) -> None:
    clocks = shop.client.v1.test_helpers.test_clocks
    clock = await clocks.create_async({"frozen_time": at(2027, 1, 31)})
    customer = await shop.client.v1.customers.create_async({"email": "a@example.com", "test_clock": clock.id})
    session = await shop.checkout("subscription", shop.small, customer=customer.id)
    plan = shop.fake.pay(session.id)["subscription"]
    item = (await shop.client.v1.subscriptions.retrieve_async(plan))["items"].data[0]
    assert item.current_period_end == at(2027, 2, 28)
    shop.fake.advance(MONTH)
    assert len(await invoices_of(shop, plan)) == 1
    assert (await clocks.advance_async(clock.id, {"frozen_time": at(2027, 2, 28, 2)})).status == "advancing"
    assert (await clocks.retrieve_async(clock.id)).status == "ready"
    newest = (await invoices_of(shop, plan))[0]
    assert (newest.created, newest.status) == (at(2027, 2, 28), "paid")
    assert newest.lines.data[0].period.end == at(2027, 3, 31)
