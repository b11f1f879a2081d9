"""The browser's cookies: what they are bound to, and that the refresh token in one works as it does in a body."""

from http.cookies import SimpleCookie
from uuid import UUID

import httpx
import pytest
from fastapi import Response

from tests.accounts.conftest import ANA, bearer
from vannilli_app.accounts import cookies
from vannilli_app.accounts.schemas import SignedIn, UserView
from vannilli_app.config import settings
from vannilli_app.music.price import Tier

ORIGIN = "http://localhost:8000"
NAMES = {"vannilli_session": "lax", "vannilli_refresh": "strict"}


def given(answer: httpx.Response) -> SimpleCookie:
    found: SimpleCookie = SimpleCookie()
    for header in answer.headers.get_list("set-cookie"):
        found.load(header)
    return found


async def sign_up(browser: httpx.AsyncClient) -> httpx.Response:
    return (await browser.post("/api/auth/signup", json=ANA)).raise_for_status()


async def test_no_script_reads_them_and_none_is_kept_by_a_cache(browser) -> None:
    answer = await sign_up(browser)
    found = given(answer)
    assert {name: cookie["samesite"] for name, cookie in found.items()} == NAMES
    for cookie in found.values():
        assert (cookie["httponly"], cookie["path"], cookie["domain"]) == (True, "/", "")
    assert int(found["vannilli_session"]["max-age"]) == 7 * 86400
    assert int(found["vannilli_refresh"]["max-age"]) == 30 * 86400
    assert answer.headers["cache-control"] == "no-store"


def test_over_https_they_are_bound_to_the_host(bare_environment, monkeypatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://vannilli.example")
    settings.cache_clear()
    answer = Response()
    user = UserView(id=UUID(int=0), email="ana@example.com", tier=Tier.FREE, credits_remaining=0)
    cookies.give(answer, SignedIn(access_token="a", refresh_token="r", expires_in=1, user=user))
    found = answer.headers.getlist("set-cookie")
    assert [header.partition("=")[0] for header in found] == [f"__Host-{name}" for name in NAMES]
    assert all("; Secure" in header and "; Path=/;" in header for header in found)
    assert not any("domain" in header.lower() for header in found)


async def test_a_browser_refreshes_by_its_cookie(browser) -> None:
    first = await sign_up(browser)
    browser.cookies.delete("vannilli_session")
    answer = await browser.post("/api/auth/refresh")
    assert answer.status_code == 200
    assert set(given(answer)) == set(NAMES)
    assert given(answer)["vannilli_refresh"].value != given(first)["vannilli_refresh"].value
    assert (await browser.get("/api/auth/me")).json()["email"] == ANA["email"]


async def test_a_stolen_cookie_that_is_used_twice_ends_the_session(browser, api) -> None:
    stolen = given(await sign_up(browser))["vannilli_refresh"].value
    thief = await api.post("/api/auth/refresh", headers={"cookie": f"vannilli_refresh={stolen}"})
    assert thief.status_code == 200
    answer = await browser.post("/api/auth/refresh")
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_refresh_token")
    assert (await api.get("/api/auth/me", headers=bearer(thief.json()))).status_code == 401
    assert (await browser.get("/api/auth/me")).status_code == 401


@pytest.mark.parametrize(
    "headers", [{"origin": "https://elsewhere.example"}, {"sec-fetch-site": "cross-site"}]
)
async def test_another_site_cannot_use_it_up(browser, headers) -> None:
    await sign_up(browser)
    if "origin" not in headers:
        del browser.headers["origin"]
    assert (await browser.post("/api/auth/refresh", headers=headers)).status_code == 403
    browser.headers["origin"] = ORIGIN
    assert (await browser.post("/api/auth/refresh")).status_code == 200


@pytest.mark.parametrize("scheme", ["Basic YTpi", "Bearer x", "x"])
async def test_beside_a_token_no_cookie_counts(browser, scheme) -> None:
    """Such a request passes the gate from any site, so it must not be taken for the person of the cookie."""
    await sign_up(browser)
    headers = {"authorization": scheme, "origin": "https://elsewhere.example"}
    assert (await browser.get("/api/auth/me", headers=headers)).status_code == 401
    assert (await browser.post("/api/auth/refresh", headers=headers)).status_code == 401


async def test_a_browser_is_signed_in_by_its_cookie_until_it_signs_out(browser) -> None:
    await sign_up(browser)
    assert (await browser.get("/api/auth/me")).json()["email"] == ANA["email"]
    assert (await browser.post("/api/auth/signout")).status_code == 204
    assert not browser.cookies
    assert (await browser.get("/api/auth/me")).status_code == 401


async def test_signing_out_takes_both_back_and_ends_the_session_also_without_the_first(browser, api) -> None:
    kept = given(await sign_up(browser))["vannilli_refresh"].value
    browser.cookies.delete("vannilli_session")
    answer = await browser.post("/api/auth/signout")
    assert {cookie.value for cookie in given(answer).values()} == {""}
    refreshed = await api.post("/api/auth/refresh", json={"refresh_token": kept})
    assert refreshed.status_code == 401


async def test_a_renewal_whose_answer_was_lost_is_asked_again_by_its_key(browser, api) -> None:
    first = given(await sign_up(browser))["vannilli_refresh"].value
    key, cookie = {"idempotency-key": "a random key of the page"}, {"cookie": f"vannilli_refresh={first}"}
    answers = [await api.post("/api/auth/refresh", headers=key | cookie) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json()["refresh_token"] == answers[1].json()["refresh_token"]
    second = {"cookie": f"vannilli_refresh={answers[0].json()['refresh_token']}"}
    assert (await api.post("/api/auth/refresh", headers=key | second)).status_code == 200
    replayed = await api.post("/api/auth/refresh", headers=key | cookie)  # two turns old
    assert replayed.status_code == 401


async def test_without_its_key_a_token_that_was_used_is_a_replay(browser, api) -> None:
    first = given(await sign_up(browser))["vannilli_refresh"].value
    cookie = {"cookie": f"vannilli_refresh={first}"}
    kept = await api.post(
        "/api/auth/refresh", headers=cookie | {"idempotency-key": "a random key of the page"}
    )
    thief = await api.post(
        "/api/auth/refresh", headers=cookie | {"idempotency-key": "another key of a thief"}
    )
    assert thief.status_code == 401
    assert (await api.get("/api/auth/me", headers=bearer(kept.json()))).status_code == 401
