from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tests.accounts.conftest import ANA, bearer, post, rows
from vannilli_app.accounts import device
from vannilli_app.accounts.sessions import CHANNEL
from vannilli_app.config import settings

PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/141.0 Mobile Safari/537.36"
LAPTOP = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605.1 Version/18.0 Safari/605.1"


async def sign_in(api, agent=PHONE):
    answer = await api.post(
        "/api/auth/signin",
        json={"email": ANA["email"], "password": ANA["password"]},
        headers={"user-agent": agent},
    )
    return answer.raise_for_status().json()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (PHONE, "Chrome on Android"),
        (LAPTOP, "Safari on Mac"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/141.0 Safari/537.36 Edg/141.0", "Edge on Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) CriOS/141.0 Safari/604.1",
            "Chrome on iPhone",
        ),
        ("python-httpx/0.28.1", "python-httpx"),
        (None, "An unknown device"),
    ],
)
def test_a_device_in_words(agent, words):
    assert device.words(agent) == words


async def test_my_devices_this_one_first(api, ana):
    await sign_in(api, LAPTOP)
    here = await sign_in(api, PHONE)
    found = (await api.get("/api/auth/sessions", headers=bearer(here))).json()["items"]
    assert [one["device"] for one in found][:2] == ["Chrome on Android", "Safari on Mac"]
    assert [one["current"] for one in found] == [True, False, False]
    assert {one["ip"] for one in found} == {"127.0.0.1"}


async def test_a_session_that_is_ended_is_refused_at_once_and_its_pages_are_told(api, ana):
    other = await sign_in(api)
    [mine] = [
        one
        for one in (await api.get("/api/auth/sessions", headers=bearer(other))).json()["items"]
        if one["current"]
    ]
    async with await psycopg.AsyncConnection.connect(settings().database_url, autocommit=True) as listening:
        await listening.execute(f"LISTEN {CHANNEL}")
        ended = await api.delete(f"/api/auth/sessions/{mine['id']}", headers=bearer(ana))
        assert ended.status_code == 204
        [told] = [one async for one in listening.notifies(timeout=5, stop_after=1)]
    assert told.payload == ana["user"]["id"]
    assert (await api.get("/api/auth/me", headers=bearer(other))).status_code == 401
    refreshed = await api.post("/api/auth/refresh", json={"refresh_token": other["refresh_token"]})
    assert refreshed.status_code == 401
    assert (await api.get("/api/auth/me", headers=bearer(ana))).status_code == 200
    again = await api.delete(f"/api/auth/sessions/{mine['id']}", headers=bearer(ana))
    assert again.status_code == 404


async def test_all_other_devices_are_signed_out_and_this_one_is_not(api, ana):
    others = [await sign_in(api) for _ in range(2)]
    assert (await api.delete("/api/auth/sessions", headers=bearer(ana))).status_code == 204
    for other in others:
        assert (await api.get("/api/auth/me", headers=bearer(other))).status_code == 401
    assert (await api.get("/api/auth/me", headers=bearer(ana))).status_code == 200


async def test_a_new_kind_of_device_is_told_by_mail_once(api, ana):
    await post()
    await sign_in(api, PHONE)
    await sign_in(api, PHONE)
    [mail] = await post()
    assert mail["To"] == ANA["email"]
    assert "Chrome on Android" in mail.get_body(("plain",)).get_content()


async def test_what_needs_proof_asks_for_it_ten_minutes_later_and_takes_the_password(api, ana):
    asked = {"current_password": ANA["password"], "password": "another line of a song"}
    await rows(
        "UPDATE sessions SET proven_at = :then RETURNING id", then=datetime.now(UTC) - timedelta(minutes=10)
    )
    refused = await api.post("/api/auth/password", json=asked, headers=bearer(ana))
    assert (refused.status_code, refused.json()["code"]) == (403, "confirmation_required")
    wrong = await api.post("/api/auth/confirm", json={"password": "not mine at all"}, headers=bearer(ana))
    assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong_password")
    right = await api.post("/api/auth/confirm", json={"password": ANA["password"]}, headers=bearer(ana))
    assert right.status_code == 204
    assert (await api.post("/api/auth/password", json=asked, headers=bearer(ana))).status_code == 204


async def test_a_new_password_ends_every_other_session_and_is_told_by_mail(api, ana):
    other = await sign_in(api)
    await post()
    asked = {"current_password": "not mine at all", "password": "another line of a song"}
    wrong = await api.post("/api/auth/password", json=asked, headers=bearer(ana))
    assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong_password")
    asked["current_password"] = ANA["password"]
    assert (await api.post("/api/auth/password", json=asked, headers=bearer(ana))).status_code == 204
    assert (await api.get("/api/auth/me", headers=bearer(other))).status_code == 401
    assert (await api.get("/api/auth/me", headers=bearer(ana))).status_code == 200
    old = await api.post("/api/auth/signin", json={"email": ANA["email"], "password": ANA["password"]})
    assert old.status_code == 401
    assert [mail["Subject"] for mail in await post()] == ["Your password was changed"]


async def test_a_device_that_is_known_does_not_wait_until_it_has_tried_a_hundred_times(api, ana):
    entrance = {"email": ANA["email"], "password": ANA["password"]}
    count = "UPDATE sign_in_failures SET failures = :count, last_at = now() RETURNING failures"
    await api.post("/api/auth/signin", json=entrance | {"password": "not mine"})
    await rows(count, count=99)
    assert (await api.post("/api/auth/signin", json=entrance | {"password": "not mine"})).status_code == 401
    await rows(count, count=100)
    assert (await api.post("/api/auth/signin", json=entrance)).json()["code"] == "sign_in_paused"


async def test_the_pages_of_whoever_deletes_their_account_are_told(api, ana):
    async with await psycopg.AsyncConnection.connect(settings().database_url, autocommit=True) as listening:
        await listening.execute(f"LISTEN {CHANNEL}")
        assert (await api.delete("/api/account", headers=bearer(ana))).status_code == 204
        [told] = [one async for one in listening.notifies(timeout=5, stop_after=1)]
    assert told.payload == ana["user"]["id"]
