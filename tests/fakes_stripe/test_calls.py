"""How calls are answered: keys, idempotency, lists, errors, faults."""

from typing import Any

import httpx
import pytest
import stripe

from tests.fakes import server
from tests.fakes.stripe import ready
from tests.fakes.stripe.service import FakeStripe
from tests.fakes_stripe.conftest import Ground, Shop


async def test_callers_must_have_the_key(shop: Shop) -> None:
    async with httpx.AsyncClient(base_url=shop.fake.base_url) as http:
        for headers in ({}, {"authorization": "Bearer sk_test_other"}):
            answer = await http.get("/v1/customers", headers=headers)
            assert answer.status_code == 401
            assert answer.json()["error"]["type"] == "invalid_request_error"
            assert answer.headers["request-id"].startswith("req_")


async def test_a_repeated_call_is_done_once(shop: Shop) -> None:
    create: Any = shop.client.v1.customers.create_async
    first = await create({"email": "a@example.com"}, {"idempotency_key": "one"})
    again = await create({"email": "a@example.com"}, {"idempotency_key": "one"})
    assert (again.id, len(shop.fake.customers)) == (first.id, 1)
    assert again.last_response.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.last_response.headers
    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        await create({"email": "b@example.com"}, {"idempotency_key": "one"})
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        await shop.client.v1.products.create_async({"name": "x"}, {"idempotency_key": "one"})
    with pytest.raises(stripe.InvalidRequestError):
        await create({"test_clock": "none"}, {"idempotency_key": "two"})
    assert (await create({}, {"idempotency_key": "two"})).id


@pytest.mark.parametrize("fault", ["reset_after", "half", "wrong_json"])
async def test_a_call_whose_answer_is_lost_is_replayed(shop: Shop, fault: Any) -> None:
    shop.fake.faults.add("submit", fault)
    create: Any = shop.client.v1.customers.create_async
    with pytest.raises(stripe.APIError if fault == "wrong_json" else stripe.APIConnectionError):
        await create({}, {"idempotency_key": "one"})
    found = await create({}, {"idempotency_key": "one"})
    assert list(shop.fake.customers) == [found.id]


@pytest.mark.parametrize(
    ("fault", "error"),
    [("429_after", stripe.RateLimitError), ("500", stripe.APIError), ("reset", stripe.APIConnectionError)],
)
async def test_a_call_that_failed_did_nothing(shop: Shop, fault: Any, error: type[Exception]) -> None:
    shop.fake.faults.add("submit", fault)
    create: Any = shop.client.v1.customers.create_async
    with pytest.raises(error):
        await create({}, {"idempotency_key": "one"})
    assert not shop.fake.customers
    assert (await create({}, {"idempotency_key": "one"})).id


async def test_lists_come_in_pages(shop: Shop) -> None:
    made = [(await shop.client.v1.customers.create_async({"name": str(number)})).id for number in range(5)]
    newest_first = made[::-1]
    customers = shop.client.v1.customers
    page = await customers.list_async({"limit": 2})
    assert ([one.id for one in page.data], page.has_more) == (newest_first[:2], True)
    last = await customers.list_async({"limit": 2, "starting_after": newest_first[3]})
    assert ([one.id for one in last.data], last.has_more) == (newest_first[4:], False)
    assert [one.id async for one in page.auto_paging_iter()] == newest_first
    created = page.data[0].created
    assert len((await customers.list_async({"created": {"gte": created - 60}})).data) == 5
    assert (await customers.list_async({"created": {"gt": created + 60}})).data == []
    with pytest.raises(stripe.InvalidRequestError, match="limit"):
        await customers.list_async({"limit": 1000})


async def test_events_are_listed_by_kind(shop: Shop) -> None:
    await shop.bought()
    events = shop.client.v1.events
    found = await events.list_async({"types": ["charge.succeeded", "checkout.session.*"]})
    assert {one.type for one in found.data} == {"charge.succeeded", "checkout.session.completed"}
    one = await events.retrieve_async(found.data[0].id)
    assert one.api_version == "2026-10-28.endive"


async def test_prices_are_found_by_their_keys(shop: Shop) -> None:
    prices = shop.client.v1.prices
    asked: Any = {"currency": "usd", "unit_amount": 1200, "lookup_key": "pack"}
    asked["product"] = (await shop.client.v1.products.create_async({"name": "Pack"})).id
    with pytest.raises(stripe.InvalidRequestError, match="already uses that lookup key"):
        await prices.create_async(asked)
    fresh = await prices.create_async(asked | {"transfer_lookup_key": True})
    found = await prices.list_async({"lookup_keys": ["pack", "small"], "expand": ["data.product"]})
    assert [one.id for one in found.data] == [fresh.id, shop.small]
    assert isinstance(found.data[0].product, stripe.Product)
    assert (await prices.retrieve_async(shop.pack)).lookup_key is None
    await prices.update_async(shop.pack, {"active": False})
    with pytest.raises(stripe.InvalidRequestError, match="inactive"):
        await shop.checkout("payment", shop.pack)


async def test_what_is_not_there_and_what_is_not_known(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError) as none:
        await shop.client.v1.subscriptions.retrieve_async("sub_none")
    assert (none.value.http_status, none.value.code) == (404, "resource_missing")
    for asked in ({"colour": "red"}, {"balance": "much"}, {"address": "here"}, {"tax_exempt": "exempt"}):
        wrong: Any = asked
        with pytest.raises(stripe.InvalidRequestError) as refused:
            await shop.client.v1.customers.create_async(wrong)
        assert refused.value.param == next(iter(asked))
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        await shop.client.v1.prices.list_async({"expand": ["data.colour"]})


async def test_metadata_is_merged(shop: Shop) -> None:
    customers = shop.client.v1.customers
    made = await customers.create_async({"metadata": {"a": "1", "b": "2"}})
    changed = await customers.update_async(made.id, {"metadata": {"a": "", "c": "3"}})
    assert changed.metadata is not None
    assert changed.metadata.to_dict() == {"b": "2", "c": "3"}


async def test_the_controls_work_over_http(shop: Shop) -> None:
    first, second = [await shop.checkout("payment", shop.pack) for _ in range(2)]
    async with httpx.AsyncClient(base_url=f"{shop.fake.base_url}/_fake") as http:
        paid = await http.post("/pay", json={"session": first.id, "email": "a@example.com"})
        refused = await http.post("/pay", json={"session": first.id, "email": "a@example.com"})
        debit = {"session": second.id, "email": "a@example.com", "card": "bank"}
        assert (await http.post("/pay", json=debit)).json()["payment_status"] == "unpaid"
        assert (await http.post("/clear", json={"session": second.id})).status_code == 200
        assert (paid.status_code, refused.status_code) == (200, 400)
        intent = paid.json()["payment_intent"]
        assert (await http.post("/refund", json={"charge": intent, "amount": 1})).json()["amount"] == 1
        charge = shop.fake.books.tables["payment_intent"][intent]["latest_charge"]
        assert (await http.post("/dispute", json={"charge": charge, "won": False})).json()["status"] == "lost"
        assert (await http.post("/advance", json={"seconds": 60})).status_code == 200
        assert (await http.post("/advance", json={})).status_code == 400
        assert (await http.post("/deliver_all")).json() == {"done": True}
    assert "charge.dispute.closed" in [event.type for event in await shop.events()]


async def test_it_is_filled_as_the_product_needs_it_and_remembers(ground: Ground) -> None:
    fake, again = FakeStripe(), FakeStripe()
    with server.serving(fake.app()) as fake.base_url, server.serving(again.app()) as again.base_url:
        led = await ready.stock(fake, "http://127.0.0.1:9")
        assert [one["url"] for one in fake.books.all("webhook_endpoint")] == [
            "http://127.0.0.1:9/api/webhooks/stripe"
        ]
        again.books.load(fake.books.dump())
        anew = await ready.stock(again, "http://127.0.0.1:9")
    assert led["STRIPE_WEBHOOK_SECRET"] == anew["STRIPE_WEBHOOK_SECRET"]
    assert len(again.books.all("price")) == len(fake.books.all("price")) == 5
    fake.close()
    again.close()
