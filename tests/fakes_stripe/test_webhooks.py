"""Webhooks: signed, tried again, and astray by the script of faults."""

import json

import httpx
import pytest
import stripe

from tests.fakes_stripe.conftest import Shop


async def one_event(shop: Shop) -> str:
    """Have something happen that is told by one event; gives its id."""
    await shop.fake.settle()
    shop.listener.received.clear()
    await shop.client.v1.customers.create_async({"email": "a@example.com"})
    return str(shop.fake.events[-1]["id"])


async def test_an_event_is_signed_and_names_the_call(shop: Shop) -> None:
    await one_event(shop)
    (event,) = await shop.events()
    assert (event.type, event.data.object["email"]) == ("customer.created", "a@example.com")
    assert event.request
    assert event.request.id
    assert shop.fake.deliveries[-1].status == 200
    body, signature = shop.listener.received[0]
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body + b" ", signature, shop.secret)


async def test_an_endpoint_that_fails_is_tried_again_and_given_up(shop: Shop) -> None:
    shop.listener.answers = [500, 503]
    await one_event(shop)
    assert await shop.types() == ["customer.created"] * 3
    shop.listener.answers = [500] * 9
    event_id = await one_event(shop)
    assert len(await shop.events()) == 3
    assert (await shop.client.v1.events.retrieve_async(event_id)).pending_webhooks == 1
    shop.listener.answers = []
    shop.fake.redeliver(event_id)
    assert (await shop.events())[-1].id == event_id
    assert (await shop.client.v1.events.retrieve_async(event_id)).pending_webhooks == 0


async def test_lost_doubled_and_late(shop: Shop) -> None:
    await shop.fake.settle()
    shop.fake.faults.add("callback", "lost")
    shop.fake.faults.add("callback", "doubled")
    shop.fake.faults.add("callback", "late", seconds=0.5)
    shop.listener.received.clear()
    for name in ("lost", "doubled", "late", "last"):
        await shop.client.v1.customers.create_async({"name": name})
    names = [event.data.object["name"] for event in await shop.events()]
    assert names == ["doubled", "doubled", "last", "late"]


@pytest.mark.parametrize(("fault", "words"), [("forged", "No signatures found"), ("stale", "tolerance")])
async def test_forged_and_stale(shop: Shop, fault: str, words: str) -> None:
    await shop.fake.settle()
    shop.fake.faults.add("callback", fault)  # type: ignore[arg-type]
    await one_event(shop)
    with pytest.raises(stripe.SignatureVerificationError, match=words):
        await shop.events()


async def test_events_that_come_in_another_order(shop: Shop) -> None:
    await shop.fake.settle()
    shop.listener.received.clear()
    shop.fake.faults.add("callback", "shuffle", times=-1)
    await shop.subscribed()
    assert await shop.events() == []
    happened = [event["id"] for event in shop.fake.events][-8:]
    await shop.fake.deliver_all()
    told = [event.id for event in await shop.events()]
    assert set(happened) < set(told)
    assert [one for one in told if one in happened] != happened


async def test_a_thin_notification_names_the_object(shop: Shop) -> None:
    shop.fake.thin = True
    event_id = await one_event(shop)
    await shop.fake.settle()
    body, signature = shop.listener.received[0]
    with pytest.raises(ValueError, match="thin event"):
        shop.client.construct_event(body, signature, shop.secret)
    told = shop.client.parse_event_notification(body, signature, shop.secret)
    assert (told.id, told.type) == (event_id, "v1.customer.created")
    customer = json.loads(body)["related_object"]
    async with httpx.AsyncClient() as http:
        headers = {"authorization": f"Bearer {shop.fake.key}"}
        found = await http.get(shop.fake.base_url + customer["url"], headers=headers)
    assert found.json()["id"] == customer["id"]
    assert (await told.fetch_event_async()).id == event_id


async def test_an_endpoint_gets_what_it_asked_for(shop: Shop) -> None:
    endpoints = shop.client.v1.webhook_endpoints
    first = (await endpoints.list_async()).data[0]
    await endpoints.update_async(first.id, {"enabled_events": ["product.created"]})
    await shop.fake.settle()
    shop.listener.received.clear()
    await shop.client.v1.customers.create_async({})
    await shop.client.v1.products.create_async({"name": "x"})
    assert await shop.types() == ["product.created"]
    await endpoints.update_async(first.id, {"disabled": True})
    await shop.client.v1.products.create_async({"name": "y"})
    await endpoints.delete_async(first.id)
    assert await shop.types() == ["product.created"]
    assert (await endpoints.list_async()).data == []
