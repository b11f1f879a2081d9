"""What happens at once, or in between: tries, pauses, and a password that changes while it is looked at."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import psycopg
from sqlmodel import col

from tests.accounts.conftest import ANA, rows, token_in
from tests.accounts.conftest import post as post_is_brought
from tests.locks import until_waiting
from tests.people import insert
from vannilli_app import db, leases
from vannilli_app.accounts import bans, passwords, post, privacy, queries, service
from vannilli_app.accounts.schemas import Client, SignIn
from vannilli_app.errors import NotSignedIn
from vannilli_app.leaving import LEAVE
from vannilli_app.models import Export


async def test_tries_at_once_are_counted_one_after_the_other(api):
    wrong = {"email": "nobody@example.com", "password": "not mine at all"}
    answers = await asyncio.gather(*(api.post("/api/auth/signin", json=wrong) for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 7


async def test_a_new_password_by_mail_ends_the_pause(api, ana):
    wrong = {"email": ANA["email"], "password": "not mine at all"}
    elsewhere = {"user-agent": "elsewhere"}
    while (await api.post("/api/auth/signin", json=wrong, headers=elsewhere)).status_code == 401:
        pass
    await post_is_brought()
    await api.post("/api/auth/reset/ask", json={"email": ANA["email"]})
    token = token_in((await post_is_brought())[-1])
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


async def test_leaving_waits_for_a_refresh(api, ana, environment):
    with psycopg.connect(environment.database_url, autocommit=True) as owner:
        async with db.transaction(db.SERVICE) as session:
            [[session_id]] = await rows("SELECT id FROM sessions")
            assert await queries.locked_session(session, session_id, datetime.now(UTC))
            leaving = asyncio.create_task(leave(ana))
            await until_waiting(owner, leaving)
            assert await service.refresh(session, ana["refresh_token"], Client(), datetime.now(UTC))
        await leaving
    assert await rows("SELECT 1 FROM users") == []


async def test_leaving_waits_for_a_copy_that_gets_ready(api, ana, environment):
    person, now = UUID(ana["user"]["id"]), datetime.now(UTC)
    with psycopg.connect(environment.database_url, autocommit=True) as owner:
        insert(owner, "exports", user_id=person, created_at=now, due_at=now)
        hold = await leases.take(Export, col(Export.user_id) == person, now=datetime.now(UTC))
        async with db.transaction(db.SERVICE) as session:  # as the worker that has made it
            await leases.write(session, hold, claim=None, status="ready", size_bytes=1, ready_at=now)
            leaving = asyncio.create_task(leave(ana))
            await until_waiting(owner, leaving)
            await post.queue(session, "export_ready", ANA["email"], now, user_id=person)
        await leaving
    assert await rows("SELECT 1 FROM users") == []


async def leave(someone) -> None:
    async with db.transaction(db.SERVICE) as session:
        who = UUID(someone["user"]["id"])
        await privacy.forget(session, who, ANA["email"], LEAVE, Client(), datetime.now(UTC))
