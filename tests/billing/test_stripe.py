"""Money through Stripe's fake: what is bought, renewed, changed, refunded and disputed, and what arrives twice, late,
out of order, forged or never.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.artist import Artist
from tests.billing.conftest import Shop, signed
from tests.fakes.stripe.cards import BANK, DECLINES, FAILS_LATER
from tests.fakes.stripe.problems import Problem
from vannilli_app.billing import buying, events, reconcile
from vannilli_app.config import settings
from vannilli_app.errors import NotFound
from vannilli_app.payments import payments
from vannilli_app.payments.stripe_ import StripePayments
from vannilli_app.payments.stripe_setup import set_up

MONTH = 31 * 24 * 3600


@pytest.fixture
async def other(shop: Shop) -> AsyncIterator[Artist]:
    async with httpx.AsyncClient(base_url=shop.base_url, timeout=60) as http:
        yield await Artist.sign_up(http)


async def balance(artist: Artist) -> tuple[int, str]:
    found = await artist.balance()
    return found["credits_remaining"], found["tier"]


async def test_setting_up_twice_changes_nothing(shop: Shop) -> None:
    adapter = payments()
    assert isinstance(adapter, StripePayments)
    again = await set_up(adapter.client, shop.base_url)
    assert (again.done, again.webhook_secret) == ([], None)


async def test_what_is_bought_arrives_by_its_events(shop: Shop, artist: Artist) -> None:
    await shop.buy(artist, "/api/credits/topup", credits=25)
    await shop.fake.settle()
    assert await balance(artist) == (28, "free")
    await shop.buy(artist, "/api/checkout", tier="open_mic")
    await shop.fake.settle()
    assert await balance(artist) == (70, "open_mic")
    await shop.buy(artist, "/api/checkout", tier="artist")
    await shop.fake.settle()
    assert await balance(artist) == (150, "artist")
    assert set(shop.events()) == {"handled"}
    assert len(shop.fake.customers) == 1  # one person is one customer


async def test_what_is_bought_is_there_when_the_buyer_is_back_without_events(
    shop: Shop, artist: Artist
) -> None:
    shop.fake.faults.add("callback", "lost", times=-1)
    assert await shop.come_back(artist, await shop.buy(artist, "/api/credits/topup", credits=25))
    assert await shop.come_back(artist, await shop.buy(artist, "/api/checkout", tier="label"))
    assert await balance(artist) == (3 + 25 + 333, "label")
    assert shop.events() == {}


async def test_of_two_tabs_one_buys_the_plan(shop: Shop, artist: Artist) -> None:
    async def order(tier: str) -> httpx.Response:
        return await artist.http.post("/api/checkout", json={"tier": tier})

    opened = await asyncio.gather(*(order("artist") for _ in range(5)))
    assert {answer.status_code for answer in opened} <= {200, 409}
    await order("label")
    shop.fake.faults.add("callback", "lost", times=-1)
    paid = [session for session in list(shop.fake.sessions) if _can_be_paid(shop, session)]
    assert len(paid) == 1
    refused = await order("artist")  # nobody has told us yet that it was paid
    assert (refused.status_code, refused.json()["code"]) == (409, "already_subscribed")
    assert await balance(artist) == (3 + 333, "label")
    assert len(shop.fake.subscriptions) == 1


async def test_going_back_and_forth_between_two_plans_always_ends_at_a_checkout_that_can_be_paid(
    shop: Shop, artist: Artist
) -> None:
    async def order(tier: str) -> str:
        """As one visit of the page does it: each tier has its key."""
        wanted: Any = {"json": {"tier": tier}, "headers": {"idempotency-key": f"visit:{tier}"}}
        clicked = await asyncio.gather(*(artist.http.post("/api/checkout", **wanted) for _ in range(2)))
        (first, second) = (answer.json() for answer in clicked if answer.status_code == 200)
        assert first == second
        session: str = first["session_id"]
        assert shop.fake.sessions[session]["url"] == first["checkout_url"]
        return session

    opened = [await order(tier) for tier in ("artist", "label", "artist", "label", "artist")]
    assert len(set(opened)) == 5
    assert [session for session in opened if _can_be_paid(shop, session)] == opened[-1:]


async def test_a_top_up_can_be_bought_again_by_the_same_visit(shop: Shop, artist: Artist) -> None:
    wanted: Any = {"json": {"credits": 10}, "headers": {"idempotency-key": "visit"}}
    for _ in range(2):
        answer = await artist.http.post("/api/credits/topup", **wanted)
        shop.fake.pay(answer.json()["session_id"])
    await shop.fake.settle()
    assert (await balance(artist))[0] == 3 + 10 + 10


def _can_be_paid(shop: Shop, session: str) -> bool:
    try:
        shop.fake.pay(session)
    except Problem:
        return False
    return True


async def test_a_bank_debit_counts_once_the_money_is_there(shop: Shop, artist: Artist, other: Artist) -> None:
    for person, succeeded, expected in ((artist, True, 13), (other, False, 3)):
        answer = await person.http.post("/api/credits/topup", json={"credits": 10})
        session = answer.json()["session_id"]
        shop.fake.pay(session, BANK)
        await shop.fake.settle()
        assert not await shop.come_back(person, session)
        assert await payments().is_pending(session)
        assert (await balance(person))[0] == 3
        shop.fake.clear(session, succeeded=succeeded)
        await shop.fake.settle()
        assert (await balance(person))[0] == expected


async def test_a_declined_card_gives_nothing(shop: Shop, artist: Artist) -> None:
    answer = await artist.http.post("/api/credits/topup", json={"credits": 10})
    with pytest.raises(Exception, match="declined"):
        shop.fake.pay(answer.json()["session_id"], DECLINES)
    assert not await shop.come_back(artist, answer.json()["session_id"])
    assert (await balance(artist))[0] == 3


async def test_a_second_period_and_moving_up_and_down(shop: Shop, artist: Artist) -> None:
    await shop.buy(artist, "/api/checkout", tier="artist")
    await shop.fake.settle()
    shop.fake.advance(MONTH)
    await shop.fake.settle()
    assert await balance(artist) == (3 + 80 + 80, "artist")

    price = (await artist.http.get("/api/billing/plan/price", params={"tier": "label"})).json()
    assert 2700 < price["cents"] <= 3000
    moved = (await artist.http.patch("/api/billing/plan", json={"tier": "label"})).json()
    assert (moved["tier"], moved["next_tier"]) == ("label", "label")
    assert await balance(artist) == (3 + 80 + 80 + price["credits"], "label")
    await shop.fake.settle()
    assert await balance(artist) == (3 + 80 + 80 + price["credits"], "label")

    moved = (await artist.http.patch("/api/billing/plan", json={"tier": "artist"})).json()
    assert (moved["tier"], moved["next_tier"]) == ("label", "artist")
    await shop.fake.settle()
    assert (await balance(artist))[1] == "label"  # what is paid for stays
    shop.fake.advance(MONTH)
    await shop.fake.settle()
    assert await balance(artist) == (3 + 80 + 80 + price["credits"] + 80, "artist")


async def test_a_change_that_cannot_be_charged_changes_nothing(shop: Shop, artist: Artist) -> None:
    answer = await artist.http.post("/api/checkout", json={"tier": "artist"})
    shop.fake.pay(answer.json()["session_id"], FAILS_LATER)
    await shop.fake.settle()
    refused = await artist.http.patch("/api/billing/plan", json={"tier": "label"})
    assert (refused.status_code, refused.json()["code"]) == (402, "card_refused")
    assert await balance(artist) == (83, "artist")
    assert (await artist.http.get("/api/billing/plan")).json()["next_tier"] == "artist"


async def test_a_payment_that_fails_keeps_what_is_there_and_ends_in_nothing_new(
    shop: Shop, artist: Artist
) -> None:
    answer = await artist.http.post("/api/checkout", json={"tier": "artist"})
    shop.fake.pay(answer.json()["session_id"], FAILS_LATER)
    await shop.fake.settle()
    shop.fake.advance(MONTH)
    await shop.fake.settle()
    assert (await artist.http.get("/api/billing/plan")).json()["status"] == "past_due"
    assert await balance(artist) == (83, "artist")
    refused = await artist.http.patch("/api/billing/plan", json={"tier": "label"})
    assert (refused.status_code, refused.json()["code"]) == (409, "past_due")
    shop.fake.advance(MONTH)
    await shop.fake.settle()
    assert (await artist.http.get("/api/billing/plan")).json() is None
    assert (await balance(artist))[1] == "free"


async def test_ending_going_on_and_pausing(shop: Shop, artist: Artist) -> None:
    await shop.buy(artist, "/api/checkout", tier="artist")
    await shop.fake.settle()
    for wanted, name, value in (
        ({"ending": True}, "ending", True),
        ({"ending": False}, "ending", False),
        ({"paused": True}, "status", "paused"),
        ({"paused": False}, "status", "active"),
    ):
        found = (await artist.http.patch("/api/billing/plan", json=wanted)).json()
        assert found[name] == value
    await artist.http.patch("/api/billing/plan", json={"ending": True})
    shop.fake.advance(MONTH)
    await shop.fake.settle()
    assert (await artist.http.get("/api/billing/plan")).json() is None
    assert await balance(artist) == (83, "free")  # they end with their period, by our own clock


async def test_a_pause_beyond_what_was_paid_takes_the_tier_until_a_period_is_paid_again(
    shop: Shop, artist: Artist
) -> None:
    await shop.buy(artist, "/api/checkout", tier="artist")
    await shop.fake.settle()
    (plan,) = shop.fake.subscriptions
    await artist.http.patch("/api/billing/plan", json={"paused": True})
    assert await balance(artist) == (83, "artist")
    adapter = payments()
    assert isinstance(adapter, StripePayments)
    until = int(datetime.now(UTC).timestamp()) + 2 * MONTH
    await adapter.client.v1.subscriptions.update_async(  # as a second pause does, 29 days later
        plan, {"pause_collection": {"behavior": "void", "resumes_at": until}}
    )
    shop.fake.advance(MONTH)
    await shop.fake.settle()
    assert (await balance(artist))[1] == "free"
    going_on = (await artist.http.patch("/api/billing/plan", json={"paused": False})).json()
    assert (going_on["status"], going_on["skipped"]) == ("active", True)
    await shop.fake.settle()
    assert (await balance(artist))[1] == "free"
    shop.fake.advance(MONTH)
    await shop.fake.settle()
    assert (await balance(artist))[1] == "artist"
    assert not (await artist.http.get("/api/billing/plan")).json()["skipped"]


async def test_the_portal_is_at_stripe(shop: Shop, artist: Artist) -> None:
    await shop.buy(artist, "/api/checkout", tier="open_mic")
    await shop.fake.settle()
    answer = await artist.http.post("/api/billing/portal")
    assert answer.json()["portal_url"].startswith(shop.fake.base_url)


async def test_refunds_take_back_what_is_there_and_leave_a_debt(shop: Shop, artist: Artist) -> None:
    await shop.buy(artist, "/api/credits/topup", credits=40)
    await shop.fake.settle()
    (charge,) = shop.fake.charges
    shop.fake.refund(charge, 300)  # a quarter of $12.00
    await shop.fake.settle()
    assert await balance(artist) == (33, "free")
    shop.owner.execute(
        "INSERT INTO credit_entries (user_id, amount, kind, reference, balance_after)"
        " VALUES (%s, -31, 'generation', %s, 2)",
        [artist.id, f"generation:{artist.id}"],
    )
    shop.owner.execute("UPDATE users SET credits_remaining = 2 WHERE id = %s", [artist.id])
    shop.fake.refund(charge)
    await shop.fake.settle()
    found = await artist.balance()
    assert (found["credits_remaining"], found["owed"]) == (0, 28)
    await shop.buy(artist, "/api/credits/topup", credits=30)
    await shop.fake.settle()
    found = await artist.balance()
    assert (found["credits_remaining"], found["owed"]) == (2, 0)
    assert shop.ledger(artist)[-2:] == [("topup", 30, 0), ("debt", -28, -28)]


async def test_a_dispute_takes_and_a_won_one_gives_back(shop: Shop, artist: Artist) -> None:
    await shop.buy(artist, "/api/checkout", tier="open_mic")
    await shop.fake.settle()
    (charge,) = shop.fake.charges
    dispute = shop.fake.dispute(charge)
    await shop.fake.settle()
    assert await balance(artist) == (3, "free")
    shop.fake.close_dispute(dispute["id"], won=True)
    await shop.fake.settle()
    assert await balance(artist) == (45, "open_mic")


async def test_a_refunded_plan_gives_its_credits_back(shop: Shop, artist: Artist) -> None:
    await shop.buy(artist, "/api/checkout", tier="artist")
    await shop.fake.settle()
    (charge,) = shop.fake.charges
    shop.fake.refund(charge)
    await shop.fake.settle()
    assert (await balance(artist))[0] == 3


async def test_events_twice_and_out_of_order_are_one(shop: Shop, artist: Artist) -> None:
    shop.fake.faults.add("callback", "shuffle", times=-1)
    await shop.buy(artist, "/api/credits/topup", credits=10)
    await shop.buy(artist, "/api/checkout", tier="artist")
    shop.fake.advance(MONTH)
    shop.fake.refund(next(iter(shop.fake.charges)))
    await shop.fake.deliver_all()
    for event in shop.fake.events:
        shop.fake.redeliver(event["id"])
    await shop.fake.deliver_all()
    assert await balance(artist) == (3 + 80 + 80, "artist")


async def test_fifty_deliveries_of_one_event_at_once_are_one(shop: Shop, artist: Artist) -> None:
    shop.fake.faults.add("callback", "lost", times=-1)
    await shop.buy(artist, "/api/credits/topup", credits=10)
    body = json.dumps(
        next(event for event in shop.fake.events if event["type"] == "checkout.session.completed")
    ).encode()
    headers = signed(settings().stripe_webhook_secret.get_secret_value(), body)

    async def deliver(http: httpx.AsyncClient) -> int:
        return (await http.post("/api/webhooks/stripe", content=body, headers=headers)).status_code

    async with httpx.AsyncClient(base_url=shop.base_url, timeout=60) as http:
        assert set(await asyncio.gather(*(deliver(http) for _ in range(50)))) == {200}
    assert (await balance(artist))[0] == 13
    assert shop.events() == {"handled": 1}


async def test_an_event_whose_handling_fails_is_kept_sent_again_and_can_be_replayed(
    shop: Shop, artist: Artist
) -> None:
    session = (await artist.http.post("/api/credits/topup", json={"credits": 10})).json()["session_id"]
    shop.fake.faults.add("look", "500", times=3)  # the library tries each call three times
    shop.fake.pay(session)
    await shop.fake.settle()
    assert (await balance(artist))[0] == 13
    statuses = [
        sent.status for sent in shop.fake.deliveries if sent.event_type == "checkout.session.completed"
    ]
    assert statuses[0] == 503
    assert statuses[-1] == 200
    assert set(shop.events()) == {"handled"}

    event = next(event for event in shop.fake.events if event["type"] == "checkout.session.completed")
    assert await events.replay(event["id"], datetime.now(UTC)) == "handled"
    assert (await balance(artist))[0] == 13
    with pytest.raises(NotFound):
        await events.replay("evt_nothing", datetime.now(UTC))


async def test_the_comparison_books_what_was_missed_and_names_what_only_we_have(
    shop: Shop, artist: Artist
) -> None:
    shop.fake.faults.add("callback", "lost", times=-1)
    await shop.buy(artist, "/api/credits/topup", credits=40)
    await shop.buy(artist, "/api/checkout", tier="artist")
    shop.fake.refund(next(iter(shop.fake.charges)), 600)
    shop.owner.execute(
        "INSERT INTO credit_entries (user_id, amount, kind, reference, balance_after, created_at)"
        " VALUES (%s, 5, 'topup', 'session:cs_of_nobody', 8, now() - interval '1 hour')",
        [artist.id],
    )
    shop.owner.execute("UPDATE users SET credits_remaining = 8 WHERE id = %s", [artist.id])
    found = await reconcile.compare(datetime.now(UTC))
    assert await balance(artist) == (8 + 20 + 80, "artist")
    assert found.differences == ["session:cs_of_nobody is in our ledger only"]
    assert len(found.repaired) == 4  # the top-up, its refund, the plan and its first period
    again = await reconcile.compare(datetime.now(UTC) + timedelta(seconds=1))
    assert again.repaired == []


@pytest.mark.parametrize("what", ["forged", "stale", "nothing", "truncated", "replayed elsewhere", "no JSON"])
async def test_a_message_that_stripe_did_not_sign_now_is_refused(
    shop: Shop, artist: Artist, what: str
) -> None:
    shop.fake.faults.add("callback", "lost", times=-1)
    await shop.buy(artist, "/api/credits/topup", credits=10)
    event = next(one for one in shop.fake.events if one["type"] == "checkout.session.completed")
    body = json.dumps(event).encode()
    secret = settings().stripe_webhook_secret.get_secret_value()
    headers = signed(secret, body)
    if what == "forged":
        headers = signed("whsec_of_somebody_else", body)
    elif what == "stale":
        import stripe

        old = int(datetime.now(UTC).timestamp()) - 301
        headers["stripe-signature"] = stripe.WebhookSignature.generate_signature_header(
            body.decode(), secret, old
        )
    elif what == "nothing":
        del headers["stripe-signature"]
    elif what == "truncated":
        body = body[:-10]
    elif what == "replayed elsewhere":
        body = json.dumps(event | {"id": "evt_another"}).encode()
    elif what == "no JSON":
        body = b"{"
        headers = signed(secret, body)
    async with httpx.AsyncClient(base_url=shop.base_url) as http:
        answer = await http.post("/api/webhooks/stripe", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "bad_signature")
    assert (await balance(artist))[0] == 3
    assert shop.events() == {}


async def test_an_event_is_kept_as_it_came_until_it_is_handled(shop: Shop, artist: Artist) -> None:
    """And then, or when its person leaves, without their name and address."""

    def kept() -> list[dict[str, Any]]:
        return [row[0] for row in shop.owner.execute("SELECT payload FROM payment_events").fetchall()]

    await shop.buy(artist, "/api/credits/topup", credits=10)
    await shop.fake.settle()
    assert set(shop.events()) == {"handled"}
    assert not any("customer_details" in one["data"]["object"] for one in kept())
    session = (await artist.http.post("/api/credits/topup", json={"credits": 10})).json()["session_id"]
    shop.fake.faults.add("look", "500", times=-1)
    shop.fake.pay(session)
    await shop.fake.settle()
    assert "failed" in shop.events()
    assert any("customer_details" in one["data"]["object"] for one in kept())
    assert (await artist.http.delete("/api/account")).status_code == 204
    names = {name for one in kept() for name in one["data"]["object"]}
    assert names <= {"id", "object", "customer", "charge"}


async def test_thin_and_foreign_events_are_kept_and_ignored(shop: Shop, artist: Artist) -> None:
    shop.fake.thin = True
    await shop.buy(artist, "/api/credits/topup", credits=10)
    await shop.fake.settle()
    assert set(shop.events()) == {"ignored"}
    assert (await balance(artist))[0] == 3
    live = {"id": "evt_live", "type": "invoice.paid", "created": 1, "livemode": True, "data": {"object": {}}}
    body = json.dumps(live).encode()
    headers = signed(settings().stripe_webhook_secret.get_secret_value(), body)
    async with httpx.AsyncClient(base_url=shop.base_url) as http:
        answer = await http.post("/api/webhooks/stripe", content=body, headers=headers)
    assert answer.json() == {"status": "ignored"}


async def test_a_session_of_another_is_nobodys(shop: Shop, artist: Artist, other: Artist) -> None:
    session = await shop.buy(artist, "/api/credits/topup", credits=10)
    with pytest.raises(NotFound):
        await buying.settle(UUID(other.id), session, datetime.now(UTC))
    with pytest.raises(NotFound):
        await buying.settle(UUID(other.id), "cs_test_nothing", datetime.now(UTC))
    await shop.fake.settle()
    assert ((await balance(artist))[0], (await balance(other))[0]) == (13, 3)


async def test_stripe_away_is_a_sentence_and_nothing_is_lost(shop: Shop, artist: Artist) -> None:
    shop.fake.faults.add("submit", "503", times=3)
    answer = await artist.http.post("/api/credits/topup", json={"credits": 10})
    assert (answer.status_code, answer.json()["code"]) == (503, "payments_unavailable")
    answer = await artist.http.post("/api/credits/topup", json={"credits": 10})
    assert answer.status_code == 200


async def test_a_lost_answer_is_the_same_checkout(shop: Shop, artist: Artist) -> None:
    shop.fake.faults.add("submit", "reset_after")
    wanted: Any = {"json": {"credits": 10}, "headers": {"idempotency-key": "mine"}}
    first = await artist.http.post("/api/credits/topup", **wanted)
    second = await artist.http.post("/api/credits/topup", **wanted)
    assert first.json() == second.json()
    assert len(shop.fake.sessions) == 1
    other = await artist.http.post("/api/credits/topup", json={"credits": 11}, headers=wanted["headers"])
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
