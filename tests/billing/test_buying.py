"""Buying in the sandbox, over the API: checkouts, plans and their changes, and everything that is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.artist import Artist, NewArtist
from vannilli_app.accounts.schemas import Client
from vannilli_app.billing import buying, jobs
from vannilli_app.billing.schemas import PlanChange, PlanView
from vannilli_app.errors import NotFound
from vannilli_app.payments import SandboxPayments, payments

NOW = datetime.now(UTC)


async def pay(artist: Artist, path: str, wanted: dict[str, Any], now: datetime | None = None) -> None:
    """Go through a checkout, and come back from it."""
    answer = await artist.http.post(path, json=wanted)
    assert answer.status_code == 200, answer.text
    sandbox = payments()
    assert isinstance(sandbox, SandboxPayments)
    at = now or datetime.now(UTC)  # what a change costs goes by how much of the period is over
    sandbox.pay(answer.json()["session_id"], at)
    assert await buying.settle(_id(artist), answer.json()["session_id"], at)


def _id(artist: Artist) -> Any:

    return UUID(artist.id)


async def plan(artist: Artist) -> PlanView:
    found = (await artist.http.get("/api/billing/plan")).json()
    return PlanView.model_validate(found)


async def change(artist: Artist, **values: Any) -> PlanView:
    answer = await artist.http.patch("/api/billing/plan", json=values)
    assert answer.status_code == 200, answer.text
    return PlanView.model_validate(answer.json())


async def order_plan(artist: Artist, tier: str, key: str) -> str:
    """The id of the checkout."""
    answer = await artist.http.post("/api/checkout", json={"tier": tier}, headers={"idempotency-key": key})
    assert answer.status_code == 200, answer.text
    session: str = answer.json()["session_id"]
    return session


async def test_what_each_thing_gives(new_artist: NewArtist) -> None:
    artist = await new_artist()
    await pay(artist, "/api/credits/topup", {"credits": 10})
    assert (await artist.balance())["credits_remaining"] == 13
    assert (await artist.balance())["tier"] == "free"  # bought credits alone are no tier
    await pay(artist, "/api/checkout", {"tier": "open_mic"})
    assert (await artist.balance())["tier"] == "open_mic"
    await pay(artist, "/api/checkout", {"tier": "artist"})
    found = await artist.balance()
    assert (found["credits_remaining"], found["tier"]) == (3 + 10 + 42 + 80, "artist")
    ends = [(one["kind"], one["amount"], bool(one["expires_at"])) for one in found["buckets"]]
    assert ends == [
        ("plan", 80, True),
        ("signup", 3, False),
        ("topup", 10, False),
        ("open_mic", 42, False),
    ]


async def test_a_plan_renews_and_its_old_credits_end(new_artist: NewArtist) -> None:
    artist = await new_artist()
    await pay(artist, "/api/checkout", {"tier": "artist"})
    await jobs.renew_sandbox(NOW + timedelta(days=31))
    await jobs.end_expired(NOW + timedelta(days=31))
    assert [one["amount"] for one in (await artist.balance())["buckets"]] == [80, 3]
    lines = (await artist.http.get("/api/credits/ledger")).json()["items"]
    assert [(line["kind"], line["amount"]) for line in lines] == [
        ("plan", 80),
        ("expiry", -80),
        ("plan", 80),
        ("signup", 3),
    ]


async def test_moving_up_costs_the_difference_and_moving_down_waits(new_artist: NewArtist) -> None:
    artist = await new_artist()
    await pay(artist, "/api/checkout", {"tier": "artist"})
    price = (await artist.http.get("/api/billing/plan/price", params={"tier": "label"})).json()
    assert price == {"cents": 3000, "credits": 253}
    moved = await change(artist, tier="label")
    assert (moved.tier, moved.next_tier) == ("label", "label")
    assert (await artist.balance())["credits_remaining"] == 3 + 333

    moved = await change(artist, tier="artist")
    assert (moved.tier, moved.next_tier) == ("label", "artist")
    assert (await artist.balance())["credits_remaining"] == 3 + 333
    back = await change(artist, tier="label")  # this period is paid for already
    assert (back.tier, back.next_tier) == ("label", "label")
    assert (await artist.balance())["credits_remaining"] == 3 + 333


async def test_a_plan_that_ends_gives_nothing_more(new_artist: NewArtist) -> None:
    artist = await new_artist()
    await pay(artist, "/api/checkout", {"tier": "artist"})
    assert (await change(artist, ending=True)).ending
    assert not (await change(artist, ending=False)).ending
    await change(artist, ending=True)
    await jobs.renew_sandbox(NOW + timedelta(days=31))
    await jobs.end_expired(NOW + timedelta(days=31))
    found = await artist.balance()
    assert (found["credits_remaining"], found["tier"]) == (3, "free")
    assert (await artist.http.get("/api/billing/plan")).json() is None


async def test_a_paused_plan_skips_a_month(new_artist: NewArtist) -> None:
    artist = await new_artist()
    await pay(artist, "/api/checkout", {"tier": "artist"}, now=NOW - timedelta(days=10))
    assert (await change(artist, paused=True)).status == "paused"
    await jobs.renew_sandbox(NOW + timedelta(days=21))  # a period began while it was paused
    await jobs.end_expired(NOW + timedelta(days=21))
    assert (await artist.balance())["credits_remaining"] == 3
    await jobs.renew_sandbox(NOW + timedelta(days=51))
    assert (await artist.balance())["credits_remaining"] == 3 + 80


async def test_a_plan_that_is_paused_again_and_again_gives_nothing_beyond_what_was_paid(
    new_artist: NewArtist,
) -> None:
    artist = await new_artist()
    await pay(artist, "/api/checkout", {"tier": "artist"}, now=NOW)

    async def on_day(day: int, *, paused: bool) -> PlanView:
        now = NOW + timedelta(days=day)
        await jobs.renew_sandbox(now)
        found = await buying.change_plan(_id(artist), PlanChange(paused=paused), Client(), now)
        assert found is not None
        return found

    assert not (await on_day(29, paused=True)).skipped
    assert (await artist.balance())["tier"] == "artist"
    for day in (58, 87):
        assert (await on_day(day, paused=True)).skipped
        assert (await artist.balance())["tier"] == "free"
    found = await on_day(88, paused=False)
    assert (found.status, found.skipped) == ("active", True)
    assert (await artist.balance())["tier"] == "free"
    refused = await artist.http.get("/api/billing/plan/price", params={"tier": "label"})
    assert (refused.status_code, refused.json()["code"]) == (409, "plan_paused")
    await jobs.renew_sandbox(NOW + timedelta(days=90))
    assert not (await plan(artist)).skipped
    assert (await artist.balance())["tier"] == "artist"


@pytest.mark.parametrize(
    ("path", "wanted", "status", "code"),
    [
        ("/api/checkout", {"tier": "gold"}, 422, "invalid_tier"),
        ("/api/checkout", {"tier": "free"}, 422, "invalid_tier"),
        ("/api/checkout", {"tier": "indie_artist"}, 422, "invalid_tier"),
        ("/api/checkout", {"tier": "topup"}, 422, "invalid_tier"),
        ("/api/checkout", {}, 422, "validation_error"),
        ("/api/credits/topup", {"credits": 9}, 422, "invalid_credits"),
        ("/api/credits/topup", {"credits": -40}, 422, "invalid_credits"),
        ("/api/credits/topup", {"credits": 10_001}, 422, "invalid_credits"),
        ("/api/credits/topup", {"credits": 10**30}, 422, "invalid_credits"),
        ("/api/credits/topup", {"credits": 10.5}, 422, "validation_error"),
        ("/api/checkout", {"tier": "artist", "return_to": "https://evil.example"}, 422, "invalid_return_to"),
        ("/api/checkout", {"tier": "artist", "return_to": "//evil.example"}, 422, "invalid_return_to"),
        ("/api/checkout", {"tier": "artist", "return_to": "/\\evil.example"}, 422, "invalid_return_to"),
        ("/api/checkout", {"tier": "artist", "return_to": "/\tevil"}, 422, "invalid_return_to"),
        ("/api/checkout", {"tier": "artist", "return_to": "javascript:alert(1)"}, 422, "invalid_return_to"),
    ],
)
async def test_what_cannot_be_bought(
    new_artist: NewArtist, path: str, wanted: dict[str, Any], status: int, code: str
) -> None:
    artist = await new_artist()
    answer = await artist.http.post(path, json=wanted)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await artist.balance())["credits_remaining"] == 3


async def test_the_client_says_no_amounts(new_artist: NewArtist) -> None:
    artist = await new_artist()
    wanted = {"tier": "open_mic", "credits": 100_000, "cents": 1, "user_id": artist.id, "price": 0}
    await pay(artist, "/api/checkout", wanted)
    assert (await artist.balance())["credits_remaining"] == 3 + 42


async def test_a_checkout_of_another_gives_nothing(new_artist: NewArtist) -> None:
    one, other = await new_artist(), await new_artist()
    session = (await one.http.post("/api/credits/topup", json={"credits": 10})).json()["session_id"]
    with pytest.raises(NotFound):
        buying.pay_in_sandbox(_id(other), session, NOW)
    buying.pay_in_sandbox(_id(one), session, NOW)
    with pytest.raises(NotFound):
        await buying.settle(_id(other), session, NOW)
    for strange in ("cs_sandbox_nothing", "../secret_key", "", "cs_live_1/../x"):
        with pytest.raises(NotFound):
            await buying.settle(_id(other), strange, NOW)
    assert (await other.balance())["credits_remaining"] == 3


async def test_coming_back_twice_books_once(new_artist: NewArtist) -> None:
    artist = await new_artist()
    session = (await artist.http.post("/api/credits/topup", json={"credits": 10})).json()["session_id"]
    assert not await buying.settle(_id(artist), session, NOW)
    for _ in range(2):
        buying.pay_in_sandbox(_id(artist), session, NOW)
        assert await buying.settle(_id(artist), session, NOW)
    assert (await artist.balance())["credits_remaining"] == 13


async def test_one_key_is_one_order(new_artist: NewArtist) -> None:
    artist = await new_artist()

    async def order(credits: int) -> Any:
        return await artist.http.post(
            "/api/credits/topup", json={"credits": credits}, headers={"idempotency-key": "mine"}
        )

    first, second, third = await order(10), await order(10), await order(20)
    assert first.json() == second.json()
    assert (third.status_code, third.json()["code"]) == (409, "idempotency_key_reused")


async def test_nobody_has_two_plans(new_artist: NewArtist) -> None:
    artist = await new_artist()
    await pay(artist, "/api/checkout", {"tier": "artist"})
    answer = await artist.http.post("/api/checkout", json={"tier": "label"})
    assert (answer.status_code, answer.json()["code"]) == (409, "already_subscribed")
    for wanted, status, code in (
        ({"tier": "artist"}, 409, "same_plan"),
        ({"tier": "indie_artist"}, 422, "invalid_tier"),
        ({"tier": "open_mic"}, 422, "invalid_tier"),
    ):
        answer = await artist.http.patch("/api/billing/plan", json=wanted)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_checkout_of_a_plan_replaces_the_one_in_another_tab(new_artist: NewArtist) -> None:
    artist = await new_artist()
    first = await order_plan(artist, "artist", "one tab")
    assert await order_plan(artist, "artist", "one tab") == first
    second = await order_plan(artist, "label", "another tab")
    with pytest.raises(NotFound):
        buying.pay_in_sandbox(_id(artist), first, NOW)
    buying.pay_in_sandbox(_id(artist), second, NOW)
    assert await buying.settle(_id(artist), second, NOW)
    assert (await plan(artist)).tier == "label"


async def test_a_plan_that_was_paid_in_another_tab_is_booked_and_not_sold_again(
    new_artist: NewArtist,
) -> None:
    artist = await new_artist()
    buying.pay_in_sandbox(_id(artist), await order_plan(artist, "artist", "one tab"), NOW)
    answer = await artist.http.post("/api/checkout", json={"tier": "label"})
    assert (answer.status_code, answer.json()["code"]) == (409, "already_subscribed")
    assert (await artist.balance())["credits_remaining"] == 3 + 80
    assert (await plan(artist)).tier == "artist"


async def test_who_has_no_plan_changes_none(new_artist: NewArtist) -> None:
    artist = await new_artist()
    for path, call in (("/api/billing/plan", artist.http.patch), ("/api/billing/portal", artist.http.post)):
        answer = await call(path, json={"ending": True})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_the_sandbox_hears_no_events(new_artist: NewArtist) -> None:
    artist = await new_artist()
    answer = await artist.http.post("/api/webhooks/stripe", json={"id": "evt_1", "type": "invoice.paid"})
    assert (answer.status_code, answer.json()["code"]) == (403, "bad_signature")
