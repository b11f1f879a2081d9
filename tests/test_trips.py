"""What begins and ends a transaction goes with its statements, and holds for each of them."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY, INET, JSONB, TIMESTAMP
from sqlalchemy.exc import DBAPIError, InternalError
from sqlalchemy.types import LargeBinary, Numeric, String, Uuid
from sqlmodel.ext.asyncio.session import AsyncSession

from tests.people import add_person
from vannilli_app.db import ANONYMOUS, SERVICE, Database, as_user, statement
from vannilli_app.leases import DATABASE_AWAY
from vannilli_app.models import User

WHO = text("SELECT current_user, auth.uid(), array(SELECT id FROM users)")
TROUBLE = "'; DROP TABLE users; -- \\' %s %(name)s \" :name \N{MICRO SIGN}"


@pytest.fixture
def owner(database: Database, database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def person(owner: psycopg.Connection[Any]) -> UUID:
    add_person(owner)
    return add_person(owner)


async def status_of(session: AsyncSession) -> TransactionStatus:
    connection = await (await session.connection()).get_raw_connection()
    status: TransactionStatus = connection.driver_connection.pgconn.transaction_status  # type: ignore[union-attr]
    return status


async def test_the_first_statement_begins_the_transaction(database: Database, person: UUID) -> None:
    async with database.transaction(as_user(person)) as session:
        assert await status_of(session) == TransactionStatus.IDLE
        for _ in range(2):
            assert (await session.exec(WHO)).one() == ("vannilli_app", person, [person])
            assert await status_of(session) == TransactionStatus.INTRANS
        began = text("SELECT now()")
        assert (await session.exec(began)).one() == (await session.exec(began)).one()


async def test_many_statements_at_once_are_in_the_transaction_too(
    database: Database, person: UUID, owner: psycopg.Connection[Any]
) -> None:
    renamed = text("UPDATE users SET email = :email WHERE id = :id")
    values = [{"email": f"{uuid4()}@example.com", "id": person}, {"email": "x@example.com", "id": uuid4()}]
    async with database.transaction(SERVICE) as session:
        await (await session.connection()).execute(renamed, values)
        assert await status_of(session) == TransactionStatus.INTRANS
        await session.rollback()
    found = owner.execute("SELECT email FROM users WHERE id = %s", [person]).fetchone()
    assert found is not None
    assert found[0] != values[0]["email"]


async def test_what_is_read_is_read_as_somebody_and_ends_at_once(database: Database, person: UUID) -> None:
    async with database.reading(as_user(person)) as session:
        for _ in range(2):
            assert (await session.exec(WHO)).one() == ("vannilli_app", person, [person])
            assert await status_of(session) == TransactionStatus.IDLE
    async with database.reading(ANONYMOUS) as session:
        assert (await session.exec(WHO)).one() == ("vannilli_app", None, [])


async def test_one_question_is_asked_as_somebody(database: Database, person: UUID) -> None:
    asked = statement(
        select(User.id, bindparam("said", type_=String())).where(User.id != bindparam("not", type_=Uuid()))
    )
    given = {"said": TROUBLE, "not": UUID(int=1)}
    assert await database.ask(as_user(person), asked, given) == [(person, TROUBLE)]
    assert await database.ask(ANONYMOUS, asked, given) == []
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        await database.ask(SERVICE, "DELETE FROM users", {})
    assert await database.ask(as_user(person), asked, given) == [(person, TROUBLE)]


async def test_a_question_fails_while_the_database_is_away_and_is_answered_after(
    database: Database, person: UUID, owner: psycopg.Connection[Any]
) -> None:
    """A connection that ended while it was asked is given up, and those that lay idle meanwhile are too."""
    asked = statement(select(User.id))
    slow = asyncio.create_task(database.ask(SERVICE, "SELECT pg_sleep(30)", {}))
    assert await database.ask(as_user(person), asked, {}) == [(person,)]
    await asyncio.sleep(0.3)
    owner.execute(
        "SELECT pg_terminate_backend(pid, 10_000) FROM pg_stat_activity"  # waits until each has ended
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with pytest.raises(DATABASE_AWAY):
        await slow
    for _ in range(3):
        assert await database.ask(as_user(person), asked, {}) == [(person,)]


async def test_reading_changes_nothing(database: Database, person: UUID) -> None:
    with pytest.raises(InternalError, match="read-only transaction"):
        async with database.reading(SERVICE) as session:
            await session.exec(text("UPDATE users SET tier = 'label'"))
    async with database.reading(as_user(person)) as session:  # and the connection is good
        assert (await session.exec(WHO)).one()[1] == person


async def test_a_first_statement_that_fails_leaves_nothing(database: Database, person: UUID) -> None:
    with pytest.raises(DBAPIError, match="division by zero"):
        async with database.transaction(SERVICE) as session:
            await session.exec(text("SELECT 1 / 0"))
    async with database.transaction(as_user(person)) as session:
        assert (await session.exec(WHO)).one() == ("vannilli_app", person, [person])


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (String(), TROUBLE),
        (String(), None),
        (Numeric(), Decimal("-1.50")),
        (Uuid(), UUID(int=7)),
        (TIMESTAMP(timezone=True), datetime(2026, 2, 3, 4, 5, 6, 789, tzinfo=UTC)),
        (JSONB(), {"a": [1, None, TROUBLE]}),
        (ARRAY(String()), ["a,b", TROUBLE, ""]),
        (LargeBinary(), bytes(range(256))),
    ],
    ids=lambda one: type(one).__name__,
)
async def test_values_arrive_as_they_are(database: Database, kind: Any, value: Any) -> None:
    """They are merged into the statement here, so quotes and places in them must mean nothing."""
    asked = text("SELECT :value AS value").bindparams(bindparam("value", type_=kind)).columns(value=kind)
    async with database.reading(ANONYMOUS) as session:
        assert (await session.exec(asked, params={"value": value})).one() == (value,)


async def test_values_without_a_type_arrive_too(database: Database) -> None:
    asked = text("SELECT CAST(:address AS inet), CAST(:said AS jsonb), :n + 1").columns(address=INET())
    given = {"address": "2001:db8::1", "said": json.dumps({"it": TROUBLE}), "n": -3}
    async with database.reading(ANONYMOUS) as session:
        address, said, number = (await session.exec(asked, params=given)).one()
    assert (str(address), said, number) == ("2001:db8::1", {"it": TROUBLE}, -2)
