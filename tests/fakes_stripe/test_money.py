"""Refunds and disputes."""

import pytest
import stripe

from tests.fakes_stripe.conftest import Shop


async def charge_of(shop: Shop, intent: str) -> stripe.Charge:
    found = await shop.client.v1.payment_intents.retrieve_async(intent, {"expand": ["latest_charge"]})
    assert isinstance(found.latest_charge, stripe.Charge)
    return found.latest_charge


async def test_a_refund_in_parts_and_no_more_than_was_paid(shop: Shop) -> None:
    intent = await shop.bought()
    refunds = shop.client.v1.refunds
    part = await refunds.create_async({"payment_intent": intent, "amount": 400})
    charge = await charge_of(shop, intent)
    assert (part.status, part.charge) == ("succeeded", charge.id)
    assert (charge.amount_refunded, charge.refunded) == (400, False)
    with pytest.raises(stripe.InvalidRequestError, match=r"\$7.00.*\$6.00"):
        await refunds.create_async({"charge": charge.id, "amount": 700})
    rest = await refunds.create_async({"charge": charge.id})
    assert rest.amount == 600
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await refunds.create_async({"charge": charge.id})
    assert refused.value.code == "charge_already_refunded"
    found = await refunds.list_async({"payment_intent": intent})
    assert [one.id for one in found.data] == [rest.id, part.id]
    events = await shop.events()
    refunded = [one.data.object["amount_refunded"] for one in events if one.type == "charge.refunded"]
    assert refunded == [400, 1000]
    assert [one.type for one in events].count("refund.created") == 2


async def test_a_refund_from_the_dashboard(shop: Shop) -> None:
    subscription = await shop.subscribed()
    payments = await shop.client.v1.invoice_payments.list_async({"invoice": str(subscription.latest_invoice)})
    intent = str(payments.data[0].payment.payment_intent)
    shop.fake.refund(intent)
    assert (await charge_of(shop, intent)).refunded
    by_intent = await shop.client.v1.invoice_payments.list_async(
        {"payment": {"type": "payment_intent", "payment_intent": intent}}
    )
    assert by_intent.data[0].invoice == subscription.latest_invoice


@pytest.mark.parametrize("won", [True, False])
async def test_a_dispute_takes_the_money_until_it_is_won(shop: Shop, won: bool) -> None:
    intent = await shop.bought()
    charge = await charge_of(shop, intent)
    dispute = shop.fake.dispute(charge.id)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await shop.client.v1.refunds.create_async({"charge": charge.id})
    assert refused.value.code == "charge_disputed"
    await shop.client.v1.disputes.update_async(
        dispute["id"], {"evidence": {"product_description": "a video"}, "submit": False}
    )
    answered = await shop.client.v1.disputes.update_async(
        dispute["id"],
        {
            "evidence": {"uncategorized_text": "winning_evidence" if won else "losing_evidence"},
            "submit": True,
        },
    )
    assert answered.status == ("won" if won else "lost")
    types = await shop.types()
    opened = types.index("charge.dispute.created")
    assert opened < types.index("charge.dispute.funds_withdrawn") < types.index("charge.dispute.closed")
    assert ("charge.dispute.funds_reinstated" in types) == won
    found = await shop.client.v1.disputes.list_async({"payment_intent": intent})
    assert found.data[0]["amount"] == 1000


async def test_a_dispute_that_is_accepted_or_decided_at_once(shop: Shop) -> None:
    charges = [await charge_of(shop, await shop.bought()) for _ in range(2)]
    opened = shop.fake.dispute(charges[0].id)
    assert (await shop.client.v1.disputes.close_async(opened["id"])).status == "lost"
    assert shop.fake.dispute(charges[1].id, won=True)["status"] == "won"
