"""The database itself lets nobody but an admin read everybody, and lets an admin write nothing."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from tests.people import add_everything, add_person

READ = (
    "projects", "generations", "subscriptions", "audit_log", "credit_entries", "credit_reservations", "segments",
    "provider_tasks", "provider_states", "run_settings", "payment_events", "reconciliations", "incidents",
    "traffic",
)  # fmt: skip
SECRET = ("sessions", "second_factors", "recovery_codes", "one_time_links", "mails", "exports", "consents")


@pytest.fixture
def owner(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        add_everything(connection, add_person(connection))
        yield connection


@pytest.fixture
def person(owner: psycopg.Connection[Any]) -> UUID:
    return add_person(owner)


@pytest.fixture
def reading(database_url: str, person: UUID) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_url) as connection:
        claims = json.dumps({"sub": str(person)})
        connection.execute(
            "SELECT set_config('role', 'vannilli_admin', true), set_config('request.jwt.claims', %s, true)",
            [claims],
        )
        yield connection


def count(connection: psycopg.Connection[Any], table: str) -> int:
    query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
    return connection.execute(query).fetchone()[0]


def test_who_is_no_admin_sees_no_row(reading: psycopg.Connection[Any]) -> None:
    assert [table for table in (*READ, "users") if count(reading, table)] == []


def test_an_admin_sees_everybody_and_no_secret(owner, reading, person) -> None:
    owner.execute("UPDATE users SET role = 'admin' WHERE id = %s", [person])
    assert [table for table in (*READ, "users") if not count(reading, table)] == []
    for query in ("SELECT password_hash FROM users", *(f"SELECT 1 FROM {table}" for table in SECRET)):
        with pytest.raises(InsufficientPrivilege), reading.transaction():
            reading.execute(query)


def test_the_role_writes_nothing(owner, reading, person) -> None:
    owner.execute("UPDATE users SET role = 'admin' WHERE id = %s", [person])
    for table in READ:
        for statement in ("DELETE FROM {0}", "INSERT INTO {0} DEFAULT VALUES"):
            with pytest.raises(InsufficientPrivilege), reading.transaction():
                reading.execute(sql.SQL(statement).format(sql.Identifier(table)))
