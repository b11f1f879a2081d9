"""What happens at once, or in between: tries, pauses, and a password that changes while it is looked at."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import psycopg

from tests.accounts.conftest import ANA, post, rows, token_in
from tests.locks import until_waiting
from vannilli_app import db
from vannilli_app.accounts import bans, passwords, queries, service
from vannilli_app.accounts.schemas import Client, SignIn
from vannilli_app.errors import NotSignedIn


async def test_tries_at_once_are_counted_one_after_the_other(api):
    wrong = {"email": "nobody@example.com", "password": "not mine at all"}
    answers = await asyncio.gather(*(api.post("/api/auth/signin", json=wrong) for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 7


async def test_a_new_password_by_mail_ends_the_pause(api, ana):
    wrong = {"email": ANA["email"], "password": "not mine at all"}
    elsewhere = {"user-agent": "elsewhere"}
    while (await api.post("/api/auth/signin", json=wrong, headers=elsewhere)).status_code == 401:
        pass
    await post()
    await api.post("/api/auth/reset/ask", json={"email": ANA["email"]})
    token = token_in((await post())[-1])
    chosen = "another line of a song"
    assert (await api.post("/api/auth/reset", json={"token": token, "password": chosen})).status_code == 204
    answer = await api.post(
        "/api/auth/signin", json={"email": ANA["email"], "password": chosen}, headers=elsewhere
    )
    assert answer.status_code == 200


async def test_a_password_that_changed_while_it_was_looked_at_opens_nothing(api, ana):
    given = SignIn(email=ANA["email"], password=ANA["password"])
    async with db.transaction(db.SERVICE) as session:
        known = await service.begin_sign_in(session, given.email, Client(), datetime.now(UTC))
    assert known
    await rows("UPDATE users SET password_hash = 'another' RETURNING id")
    async with db.transaction(db.SERVICE) as session:
        answer = await service.sign_in(
            session, given, known, passwords.Verdict(True), Client(), datetime.now(UTC)
        )
    assert isinstance(answer, NotSignedIn)
    assert answer.code == "invalid_credentials"


async def test_a_ban_waits_for_a_refresh_and_then_ends_what_it_refreshed(api, ana, environment):
    async def ban() -> None:
        async with db.transaction(db.SERVICE) as session:
            await bans.ban(session, UUID(ana["user"]["id"]), "Test", datetime.now(UTC))

    with psycopg.connect(environment.database_url, autocommit=True) as owner:
        async with db.transaction(db.SERVICE) as session:
            [[session_id]] = await rows("SELECT id FROM sessions")
            assert await queries.locked_session(session, session_id, datetime.now(UTC))
            banning = asyncio.create_task(ban())
            await until_waiting(owner, banning)
            assert await service.refresh(session, ana["refresh_token"], Client(), datetime.now(UTC))
        await banning
    assert await rows("SELECT 1 FROM sessions WHERE revoked_at IS NULL") == []
