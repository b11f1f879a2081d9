from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from tests.accounts.conftest import ANA, bearer, post, rows
from vannilli_app import config
from vannilli_app.accounts import backoff

SIGN_IN = {"email": ANA["email"], "password": ANA["password"]}


@pytest.fixture
async def factor(api, ana):
    """Ana's authenticator, confirmed half a minute ago, and her recovery codes."""
    begun = (await api.post("/api/auth/totp", headers=bearer(ana))).raise_for_status().json()
    totp = pyotp.TOTP(begun["secret"])
    earlier = totp.at(datetime.now(UTC) - timedelta(seconds=30))
    answer = await api.post("/api/auth/totp/confirm", json={"code": earlier}, headers=bearer(ana))
    return totp, answer.raise_for_status().json()["codes"]


async def test_what_an_authenticator_app_needs(api, ana):
    begun = (await api.post("/api/auth/totp", headers=bearer(ana))).json()
    asked = parse_qs(urlsplit(begun["uri"]).query)
    assert (asked["secret"], asked["issuer"]) == ([begun["secret"]], ["Vannilli"])
    assert begun["qr_svg"].startswith("data:image/svg+xml")
    [(stored,)] = await rows("SELECT secret FROM second_factors")
    assert begun["secret"] not in stored


async def test_it_counts_only_once_a_code_was_confirmed(api, ana):
    await api.post("/api/auth/totp", headers=bearer(ana))
    wrong = await api.post("/api/auth/totp/confirm", json={"code": "12 34"}, headers=bearer(ana))
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_totp")
    assert (await api.post("/api/auth/signin", json=SIGN_IN)).status_code == 200


async def test_signing_in_asks_for_a_code_that_is_good_once(api, factor):
    totp, _ = factor
    asked = await api.post("/api/auth/signin", json=SIGN_IN)
    assert (asked.status_code, asked.json()["code"]) == (401, "totp_required")
    wrong = await api.post("/api/auth/signin", json=SIGN_IN | {"totp": "000000"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "invalid_totp")
    code = totp.now()
    assert (await api.post("/api/auth/signin", json=SIGN_IN | {"totp": code})).status_code == 200
    assert (await api.post("/api/auth/signin", json=SIGN_IN | {"totp": code})).status_code == 401


async def test_a_code_is_no_use_without_the_password(api, factor):
    totp, _ = factor
    answer = await api.post(
        "/api/auth/signin", json={"email": ANA["email"], "password": "not mine", "totp": totp.now()}
    )
    assert answer.json()["code"] == "invalid_credentials"


async def test_a_recovery_code_is_good_once_however_it_is_typed(api, factor):
    _, codes = factor
    assert len(set(codes)) == 10
    typed = codes[3].upper().replace("-", " ")
    assert (await api.post("/api/auth/signin", json=SIGN_IN | {"totp": typed})).status_code == 200
    assert (await api.post("/api/auth/signin", json=SIGN_IN | {"totp": codes[3]})).status_code == 401
    stored = [found for (found,) in await rows("SELECT code_hash FROM recovery_codes")]
    assert not set(stored) & set(codes)


async def test_proof_is_a_code_where_there_is_one(api, ana, factor):
    totp, codes = factor
    await rows("UPDATE sessions SET proven_at = now() - interval '1 hour' RETURNING id")
    refused = await api.delete("/api/auth/totp", headers=bearer(ana))
    assert refused.json()["code"] == "confirmation_required"
    only_password = await api.post(
        "/api/auth/confirm", json={"password": ANA["password"]}, headers=bearer(ana)
    )
    assert (only_password.status_code, only_password.json()["code"]) == (422, "invalid_totp")
    assert (
        await api.post("/api/auth/confirm", json={"totp": totp.now()}, headers=bearer(ana))
    ).status_code == 204
    renewed = (await api.post("/api/auth/recovery-codes", headers=bearer(ana))).json()["codes"]
    assert not set(renewed) & set(codes)
    assert (await api.delete("/api/auth/totp", headers=bearer(ana))).status_code == 204
    assert (await api.post("/api/auth/signin", json=SIGN_IN)).status_code == 200
    assert {"The second step is on", "The second step is off"} <= {mail["Subject"] for mail in await post()}


def test_pauses_grow_and_end():
    pauses = [backoff.pause(failures).total_seconds() for failures in (0, 4, 5, 6, 8, 11, 500)]
    assert pauses == [0, 0, 1, 2, 8, 60, 60]


async def failing(api, email, times):
    for _ in range(times):
        answer = await api.post(
            "/api/auth/signin",
            json={"email": email, "password": "not my password"},
            headers={"user-agent": "a stranger"},
        )
    return answer


@pytest.mark.parametrize("email", [ANA["email"], "nobody@example.com"])
async def test_whoever_guesses_waits_and_the_person_does_not(api, ana, email):
    paused = await failing(api, email, 8)
    assert (paused.status_code, paused.json()["code"]) == (429, "sign_in_paused")
    assert int(paused.headers["retry-after"]) >= 1
    # the same address and device as at sign-up
    assert (await api.post("/api/auth/signin", json=SIGN_IN)).status_code == 200


async def test_after_the_pause_the_right_password_clears_everything(api, ana):
    assert (await failing(api, ANA["email"], 7)).status_code == 429
    await rows("UPDATE sign_in_failures SET last_at = last_at - interval '1 minute' RETURNING failures")
    stranger = {"user-agent": "a stranger"}
    assert (await api.post("/api/auth/signin", json=SIGN_IN, headers=stranger)).status_code == 200
    assert await rows("SELECT failures FROM sign_in_failures") == []


async def test_the_second_step_cannot_be_guessed_by_starting_over(api, factor):
    for _ in range(5):
        await api.post("/api/auth/signin", json=SIGN_IN)
        await api.post("/api/auth/signin", json=SIGN_IN | {"totp": "000000"})
    assert await rows("SELECT failures FROM sign_in_failures") == [(5,)]


def change_the_key(monkeypatch: pytest.MonkeyPatch, **beside: str) -> None:
    monkeypatch.setenv("SECRET_KEY", "the key of this very day, with enough characters")
    for name, value in beside.items():
        monkeypatch.setenv(name, value)
    config.settings.cache_clear()


async def test_a_new_signing_key_ends_sessions_and_keeps_authenticators(api, ana, factor, monkeypatch):
    totp, codes = factor
    old = config.settings().signing_key().decode()
    change_the_key(monkeypatch, SECRET_KEY_OLD=old)
    assert (await api.get("/api/account", headers=bearer(ana))).status_code == 401
    assert (await api.post("/api/auth/signin", json=SIGN_IN | {"totp": totp.now()})).status_code == 200
    for expected in (200, 401):
        answer = await api.post("/api/auth/signin", json=SIGN_IN | {"totp": codes[0]})
        assert answer.status_code == expected
    monkeypatch.setenv("SECRET_KEY_OLD", "")
    config.settings.cache_clear()
    soon = totp.at(datetime.now(UTC) + timedelta(seconds=30))  # it is sealed under the new key by now
    assert (await api.post("/api/auth/signin", json=SIGN_IN | {"totp": soon})).status_code == 200


async def test_an_authenticator_of_a_key_that_nobody_named_is_refused_and_logged(
    api, factor, monkeypatch, caplog
):
    totp, _ = factor
    change_the_key(monkeypatch)
    answer = await api.post("/api/auth/signin", json=SIGN_IN | {"totp": totp.now()})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_totp")
    assert "name it in SECRET_KEY_OLD" in caplog.text
