import asyncio
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from tests.accounts.conftest import ANA, bearer, rows
from vannilli_app.accounts import tokens


async def actions():
    return [action for (action,) in await rows("SELECT action FROM audit_log ORDER BY created_at")]


async def test_sign_up_answers_with_tokens_and_three_credits(api):
    answer = await api.post("/api/auth/signup", json=ANA | {"email": "  Ana@Example.COM "})
    assert answer.status_code == 201
    body = answer.json()
    assert body["user"] == {
        "id": body["user"]["id"],
        "email": "ana@example.com",
        "tier": "free",
        "credits_remaining": 3,
    }
    assert body["expires_in"] == 7 * 86400
    assert answer.headers["cache-control"] == "no-store"
    me = await api.get("/api/auth/me", headers=bearer(body))
    assert me.json() == body["user"] | {"email_verified": False, "role": "artist"}


async def test_sign_up_keeps_what_was_agreed_to_and_no_secret(api):
    answer = await api.post(
        "/api/auth/signup", json=ANA | {"device_fingerprint": "a device"}, headers={"user-agent": "a phone"}
    )
    assert answer.status_code == 201
    [(password_hash, fingerprint)] = await rows("SELECT password_hash, device_fingerprint FROM users")
    assert password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert fingerprint == tokens.device_hash("a device")
    assert await rows("SELECT kind, version, host(ip) FROM consents ORDER BY kind") == [
        ("likeness_licence", "2026-11", "127.0.0.1"),
        ("terms", "2026-11", "127.0.0.1"),
    ]
    assert await rows("SELECT amount, kind FROM credit_entries") == [(3, "signup")]
    assert await rows("SELECT action, host(ip_address), user_agent FROM audit_log") == [
        ("signed_up", "127.0.0.1", "a phone")
    ]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"password": "short"}, "weak_password"),
        ({"password": "x" * 1025}, "weak_password"),
        ({"password": "ANA@example.com"}, "weak_password"),
        ({"password": "Password123"}, "weak_password"),
        ({"birth_date": "2020-01-01"}, "under_age"),
        ({"birth_date": "2999-01-01"}, "under_age"),
        ({"accept_terms": False}, "terms_required"),
        ({"email": "ana"}, "validation_error"),
        ({"email": "ana@example.com\u0000"}, "validation_error"),
        ({"birth_date": "17 May"}, "validation_error"),
        ({"birth_date": "1490-05-17"}, "invalid_birth_date"),
        ({"device_fingerprint": "x" * 201}, "validation_error"),
    ],
)
async def test_sign_up_refuses_with_a_sentence(api, changed, code):
    answer = await api.post("/api/auth/signup", json=ANA | changed)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["detail"].endswith(".")
    assert await rows("SELECT id FROM users") == []


async def test_a_refused_field_is_named_and_its_value_is_not_repeated(api):
    answer = await api.post("/api/auth/signup", json={"email": "ana", "password": ["hunter2hunter2"]})
    assert [error["field"] for error in answer.json()["errors"]] == [
        "email",
        "password",
        "birth_date",
        "accept_terms",
    ]
    assert answer.json()["errors"][0]["message"] == "Enter an email address like name@example.com."
    assert "hunter2" not in answer.text


@pytest.mark.parametrize("email", ["ana@example.com", " ANA@EXAMPLE.COM"])
async def test_an_email_is_taken_without_regard_to_case(api, ana, email):
    answer = await api.post("/api/auth/signup", json=ANA | {"email": email})
    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")


async def test_of_two_sign_ups_at_once_one_wins(api):
    answers = await asyncio.gather(*(api.post("/api/auth/signup", json=ANA) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert await rows("SELECT sum(amount) FROM credit_entries") == [(3,)]


async def test_sign_in(api, ana):
    answer = await api.post(
        "/api/auth/signin", json={"email": "Ana@example.com", "password": ANA["password"]}
    )
    assert answer.status_code == 200
    assert answer.json()["user"] == ana["user"]
    assert answer.json()["refresh_token"] != ana["refresh_token"]


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ana@example.com", "not my password"),
        ("nobody@example.com", ANA["password"]),
        ("nobody", ANA["password"]),
    ],
)
async def test_a_wrong_password_and_an_unknown_email_answer_alike(api, ana, email, password):
    answer = await api.post("/api/auth/signin", json={"email": email, "password": password})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_credentials")
    assert answer.json()["detail"] == "Email or password is not right. Check both."
    assert "sign_in_refused" in await actions()


async def test_an_older_hash_is_made_anew_at_sign_in(api, ana):
    from passlib.hash import argon2

    weaker = argon2.using(type="ID", memory_cost=8, time_cost=1, parallelism=1).hash(ANA["password"])
    await rows("UPDATE users SET password_hash = :weaker RETURNING id", weaker=weaker)
    for _ in range(2):
        answer = await api.post("/api/auth/signin", json={"email": ANA["email"], "password": ANA["password"]})
        assert answer.status_code == 200
    [(stored,)] = await rows("SELECT password_hash FROM users")
    assert "m=19456,t=2,p=1" in stored


async def test_refresh_tokens_are_good_once_and_a_second_use_ends_the_session(api, ana):
    first, second = [
        await api.post("/api/auth/refresh", json={"refresh_token": ana["refresh_token"]}) for _ in range(2)
    ]
    assert first.status_code == 200
    assert (second.status_code, second.json()["code"]) == (401, "invalid_refresh_token")
    again = await api.post("/api/auth/refresh", json={"refresh_token": first.json()["refresh_token"]})
    assert again.status_code == 401
    assert (await api.get("/api/auth/me", headers=bearer(first.json()))).status_code == 401
    assert (await actions())[-1] == "refresh_replayed"


async def test_refreshing_goes_on_for_as_long_as_each_token_is_used_once(api, ana):
    token = ana["refresh_token"]
    for _ in range(3):
        answer = await api.post("/api/auth/refresh", json={"refresh_token": token})
        assert answer.status_code == 200
        assert answer.json()["user"] == ana["user"]
        token = answer.json()["refresh_token"]


async def test_of_two_refreshes_at_once_one_wins_and_the_family_ends(api, ana):
    answers = await asyncio.gather(
        *(api.post("/api/auth/refresh", json={"refresh_token": ana["refresh_token"]}) for _ in range(2))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 401]
    assert (await api.get("/api/auth/me", headers=bearer(ana))).status_code == 401


async def test_a_refresh_token_that_is_not_ours(api, ana):
    session_id, counter, mac = ana["refresh_token"].split(".")
    for token in [
        "",
        "..",
        "x.0.y",
        f"{session_id}.1.{mac}",
        f"{session_id}.{counter}.{'0' * 64}",
        f"{session_id}.{'9' * 30}.{mac}",
        f"{session_id}.²·{mac}",
        f"{'0' * 32}.0.{mac}",
        ana["access_token"][:200],
    ]:
        answer = await api.post("/api/auth/refresh", json={"refresh_token": token})
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_refresh_token")
    assert (await api.get("/api/auth/me", headers=bearer(ana))).status_code == 200


async def test_a_session_ends_after_thirty_days_without_refresh(api, ana):
    await rows("UPDATE sessions SET expires_at = now() RETURNING id")
    assert (await api.get("/api/auth/me", headers=bearer(ana))).status_code == 401
    answer = await api.post("/api/auth/refresh", json={"refresh_token": ana["refresh_token"]})
    assert answer.status_code == 401


async def test_sign_out_ends_this_session_and_no_other(api, ana):
    other = (
        await api.post("/api/auth/signin", json={"email": ANA["email"], "password": ANA["password"]})
    ).json()
    assert (await api.post("/api/auth/signout", headers=bearer(ana))).status_code == 204
    assert (await api.get("/api/auth/me", headers=bearer(ana))).status_code == 401
    refreshed = await api.post("/api/auth/refresh", json={"refresh_token": ana["refresh_token"]})
    assert refreshed.status_code == 401
    assert (await api.get("/api/auth/me", headers=bearer(other))).status_code == 200
    assert await actions() == ["signed_up", "signed_in", "signed_out"]


async def test_signing_out_twice_is_no_error(api, ana):
    for _ in range(2):
        assert (await api.post("/api/auth/signout", headers=bearer(ana))).status_code == 204


def forged(**changed):
    claims = {"sub": "x", "sid": "x", "iss": "vannilli", "iat": 0, "exp": 2**31} | changed
    return jwt.encode(claims, "another key of thirty-two characters", "HS256")


@pytest.mark.parametrize("token", ["", "x", "a.b.c", forged(), jwt.encode({"sub": "x"}, None, "none")])
async def test_a_token_that_is_not_ours_is_nobody(api, ana, token):
    answer = await api.get("/api/auth/me", headers={"authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_an_access_token_is_good_for_seven_days(api, ana):
    access = tokens.read_access(ana["access_token"])
    for age, status in [(timedelta(days=6), 200), (timedelta(days=8), 401)]:
        token = tokens.issue_access(access.user_id, access.session_id, datetime.now(UTC) - age)
        answer = await api.get("/api/auth/me", headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == status


async def test_a_token_of_one_person_with_the_session_of_another(api, ana):
    ben = (await api.post("/api/auth/signup", json=ANA | {"email": "ben@example.com"})).json()
    mixed = tokens.issue_access(
        tokens.read_access(ana["access_token"]).user_id,
        tokens.read_access(ben["access_token"]).session_id,
        datetime.now(UTC),
    )
    assert (await api.get("/api/auth/me", headers=bearer({"access_token": mixed}))).status_code == 401


async def test_another_site_cannot_use_the_cookie(browser):
    await browser.post("/api/auth/signup", json=ANA)
    for origin in ["https://elsewhere.example", "null", "http://localhost:8001"]:
        answer = await browser.post("/api/auth/signout", headers={"origin": origin})
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")
    assert (await browser.get("/api/auth/me")).status_code == 200


async def test_no_session_lasts_longer_than_half_a_year(api, ana):
    await rows("UPDATE sessions SET created_at = now() - interval '170 days' RETURNING id")
    answer = await api.post("/api/auth/refresh", json={"refresh_token": ana["refresh_token"]})
    assert answer.status_code == 200
    [(left,)] = await rows("SELECT expires_at - now() FROM sessions")
    assert 9 <= left.days < 10
