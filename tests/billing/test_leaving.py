"""Leaving while something is being bought, with Stripe's fake and the real worker: nobody is charged for nobody."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.artist import Artist
from tests.billing.conftest import Shop
from tests.fakes.stripe.problems import Problem
from vannilli_app import worker
from vannilli_app.billing import reconcile
from vannilli_app.billing.leaving import FORGET_QUEUE, FORGET_TASK
from vannilli_app.config import settings
from vannilli_app.payments import Order, Product, payments

Work = Callable[[], Awaitable[None]]


@pytest.fixture
async def work(shop: Shop) -> AsyncIterator[Work]:
    """Does what is due in the queue."""
    app = worker.make_app(settings())

    async def once() -> None:
        await app.run_worker_async(queues=[FORGET_QUEUE], wait=False, install_signal_handlers=False)

    async with app.open_async():
        yield once


async def order(artist: Artist, path: str, **wanted: Any) -> str:
    """The id of a checkout that is opened and not paid."""
    answer = await artist.http.post(path, json=wanted)
    assert answer.status_code == 200, answer.text
    session: str = answer.json()["session_id"]
    return session


async def leave(artist: Artist) -> None:
    assert (await artist.http.delete("/api/account")).status_code == 204


def alive(shop: Shop) -> list[str]:
    return [one["id"] for one in shop.fake.subscriptions.values() if one["status"] != "canceled"]


def job(shop: Shop) -> tuple[str, int, datetime]:
    """How the forgetting stands: its status, how often it failed, when it is tried next."""
    row = shop.owner.execute(
        "SELECT status::text, attempts, scheduled_at FROM procrastinate_jobs WHERE task_name = %s",
        [FORGET_TASK],
    ).fetchone()
    assert row is not None
    return row


async def test_two_checkouts_opened_at_once_are_of_one_customer_who_is_forgotten_with_the_plan(
    shop: Shop, artist: Artist, work: Work
) -> None:
    opened = await asyncio.gather(
        order(artist, "/api/credits/topup", credits=10), order(artist, "/api/checkout", tier="artist")
    )
    for session in opened:
        shop.fake.pay(session)
    await shop.fake.settle()
    assert (await artist.balance())["credits_remaining"] == 3 + 10 + 80
    assert len(shop.fake.customers) == 1
    await leave(artist)
    await work()
    assert alive(shop) == []
    assert all("email" not in customer for customer in shop.fake.customers.values())


@pytest.mark.parametrize(
    ("path", "wanted"), [("/api/checkout", {"tier": "artist"}), ("/api/credits/topup", {"credits": 10})]
)
async def test_a_checkout_that_is_open_in_another_tab_can_no_longer_be_paid(
    shop: Shop, artist: Artist, work: Work, path: str, wanted: dict[str, Any]
) -> None:
    session = await order(artist, path, **wanted)
    await leave(artist)
    await work()
    assert shop.fake.sessions[session]["status"] == "expired"
    with pytest.raises(Problem):
        shop.fake.pay(session)


async def test_who_leaves_while_they_are_made_a_customer_is_forgotten_as_one(
    shop: Shop, artist: Artist, work: Work
) -> None:
    shop.fake.faults.add("submit", "slow", seconds=0.7)
    opening = asyncio.create_task(artist.http.post("/api/checkout", json={"tier": "artist"}))
    while not shop.fake.calls:  # noqa: ASYNC110 (the fake has no event for it)
        await asyncio.sleep(0.02)
    await leave(artist)
    assert (await opening).status_code == 404
    await work()
    assert shop.fake.sessions == {}
    assert [customer.get("deleted") for customer in shop.fake.customers.values()] == [True]


async def test_a_plan_that_is_paid_in_the_moment_of_leaving_ends_and_its_payment_is_reported(
    shop: Shop, artist: Artist, work: Work
) -> None:
    session = await order(artist, "/api/checkout", tier="artist")
    await leave(artist)
    shop.fake.pay(session)
    await shop.fake.settle()
    await work()
    assert alive(shop) == []
    (invoice,) = shop.fake.invoices
    found = await reconcile.compare(datetime.now(UTC))
    assert found.differences == [f"invoice:{invoice} was paid by nobody we know: give it back"]


async def test_a_plan_of_somebody_who_left_is_found_by_the_comparison(
    shop: Shop, artist: Artist, work: Work
) -> None:
    """It is of a customer whom we never noted, as they all could be before there was one for all checkouts."""
    service, person = payments(), UUID(artist.id)
    stranger = (await service.client.v1.customers.create_async({"email": "same@example.com"}))["id"]  # type: ignore[attr-defined]
    plan = Order(person, Product.ARTIST, 80, shop.base_url, shop.base_url, "key")
    session = (await service.check_out(plan, stranger)).session_id
    shop.fake.faults.add("callback", "lost", times=-1)
    shop.fake.pay(session)
    await leave(artist)
    await work()
    assert len(alive(shop)) == 1
    await reconcile.compare(datetime.now(UTC))
    await work()
    assert alive(shop) == []
    assert shop.fake.customers[stranger] == {"id": stranger, "object": "customer", "deleted": True}


async def test_somebody_is_forgotten_however_long_stripe_is_away(
    shop: Shop, artist: Artist, work: Work
) -> None:
    await shop.buy(artist, "/api/checkout", tier="artist")
    await shop.fake.settle()
    await leave(artist)
    shop.fake.faults.add("look", "503", times=-1)
    shop.fake.faults.add("cancel", "503", times=-1)
    pauses = []
    for tries in (0, 40):
        shop.owner.execute(
            "UPDATE procrastinate_jobs SET attempts = %s, scheduled_at = NULL WHERE task_name = %s",
            [tries, FORGET_TASK],
        )
        asked = datetime.now(UTC)
        await work()
        status, attempts, again = job(shop)
        assert (status, attempts) == ("todo", tries + 1)
        pauses.append(again - asked)
    assert timedelta(seconds=2) <= pauses[0] < timedelta(minutes=1)
    assert timedelta(minutes=10) <= pauses[-1] < timedelta(minutes=11)
    assert len(alive(shop)) == 1

    shop.fake.faults.script.clear()
    shop.owner.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL")
    await work()
    assert alive(shop) == []
