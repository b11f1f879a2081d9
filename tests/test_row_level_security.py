"""With a person's claims nobody else's row can be read or written, in any table; with none, no row at all.

The tables come from the catalogue: a new one fails here until it has policies and a row in `people.add_everything`.
"""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.errors import InsufficientPrivilege
from psycopg.types.json import Jsonb

from tests.people import add_everything, add_person

# Tables without a person's data.
EXCEPTIONS = {
    "alembic_version",
    "procrastinate_events",
    "procrastinate_jobs",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
}
OUT_OF_REACH = ("tier", "credits_remaining", "role", "email", "password_hash", "free_generation_redeemed")

COLUMNS = (
    "SELECT attname FROM pg_attribute"
    " WHERE attrelid = %s::regclass AND attnum > 0 AND attidentity = '' AND NOT attisdropped"
)

Keys = dict[str, tuple[str, Any]]


@pytest.fixture
def owner(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def a(owner: psycopg.Connection[Any]) -> UUID:
    person = add_person(owner)
    add_everything(owner, person)
    return person


@pytest.fixture
def rows_of_b(owner: psycopg.Connection[Any]) -> Keys:
    return add_everything(owner, add_person(owner))


@pytest.fixture
def as_a(database_url: str, a: UUID) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_url) as connection:
        act_as(connection, a)
        yield connection


def act_as(connection: psycopg.Connection[Any], person: UUID | None) -> None:
    claims = json.dumps({"sub": str(person)}) if person else ""
    connection.execute(
        "SELECT set_config('role', 'vannilli_app', true), set_config('request.jwt.claims', %s, true)",
        [claims],
    )


def tables(connection: psycopg.Connection[Any]) -> set[str]:
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return {name for (name,) in found} - EXCEPTIONS


def refused(connection: psycopg.Connection[Any], statement: sql.Composed, values: list[Any]) -> bool:
    """Whether a statement is denied, or touches no row."""
    try:
        with connection.transaction():
            return connection.execute(statement, values).rowcount == 0
    except InsufficientPrivilege:
        return True


def test_every_table_forces_row_level_security(owner: psycopg.Connection[Any]) -> None:
    found = owner.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        " AND relrowsecurity AND relforcerowsecurity"
    ).fetchall()
    assert {name for (name,) in found} == tables(owner)


def test_every_table_is_tried(owner: psycopg.Connection[Any], rows_of_b: Keys) -> None:
    assert set(rows_of_b) == tables(owner)


def test_no_row_of_another_is_read(as_a: psycopg.Connection[Any], rows_of_b: Keys) -> None:
    for table, (column, key) in rows_of_b.items():
        found = sql.SQL("SELECT 1 FROM {} WHERE {} = %s").format(
            sql.Identifier(table), sql.Identifier(column)
        )
        assert refused(as_a, found, [key]), table


def test_no_row_of_another_is_changed(as_a: psycopg.Connection[Any], rows_of_b: Keys) -> None:
    for table, (column, key) in rows_of_b.items():
        names = as_a.execute(
            COLUMNS,
            [table],
        ).fetchall()
        for (name,) in names:
            change = sql.SQL("UPDATE {} SET {} = {} WHERE {} = %s").format(
                sql.Identifier(table), sql.Identifier(name), sql.Identifier(name), sql.Identifier(column)
            )
            assert refused(as_a, change, [key]), (table, name)


def test_no_row_of_another_is_deleted(as_a: psycopg.Connection[Any], rows_of_b: Keys) -> None:
    for table, (column, key) in rows_of_b.items():
        delete = sql.SQL("DELETE FROM {} WHERE {} = %s").format(sql.Identifier(table), sql.Identifier(column))
        assert refused(as_a, delete, [key]), table


def test_no_row_is_written_in_anothers_name(
    owner: psycopg.Connection[Any], as_a: psycopg.Connection[Any], rows_of_b: Keys
) -> None:
    for table, (column, key) in rows_of_b.items():
        names = [
            name
            for (name,) in owner.execute(
                COLUMNS,
                [table],
            )
        ]
        row = owner.execute(
            sql.SQL("SELECT to_jsonb(t) FROM {} t WHERE {} = %s").format(
                sql.Identifier(table), sql.Identifier(column)
            ),
            [key],
        ).fetchone()
        assert row
        copy = Jsonb(row[0] | {column: str(uuid4())})
        columns = sql.SQL(", ").join(map(sql.Identifier, names))
        insert = sql.SQL(
            "INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record(NULL::{table}, %s)"
        ).format(table=sql.Identifier(table), columns=columns)
        with pytest.raises(InsufficientPrivilege), as_a.transaction():
            as_a.execute(insert, [copy])


def test_with_no_claims_there_is_no_row(database_url: str, rows_of_b: Keys) -> None:
    with psycopg.connect(database_url) as connection:
        act_as(connection, None)
        for table in rows_of_b:
            assert refused(connection, sql.SQL("SELECT 1 FROM {}").format(sql.Identifier(table)), []), table


def test_a_connection_that_served_somebody_forgets_them(database_url: str, a: UUID, rows_of_b: Keys) -> None:
    with psycopg.connect(database_url) as connection:
        act_as(connection, a)
        assert connection.execute("SELECT count(*) FROM projects").fetchone() == (1,)
        connection.commit()
        connection.execute("SET LOCAL ROLE vannilli_app")
        assert connection.execute("SELECT count(*) FROM projects").fetchone() == (0,)


@pytest.mark.parametrize("column", OUT_OF_REACH)
def test_nobody_sets_their_own_worth(as_a: psycopg.Connection[Any], a: UUID, column: str) -> None:
    change = sql.SQL("UPDATE users SET {} = {} WHERE id = %s").format(
        sql.Identifier(column), sql.Identifier(column)
    )
    with pytest.raises(InsufficientPrivilege):
        as_a.execute(change, [a])


def test_one_reads_ones_own(as_a: psycopg.Connection[Any]) -> None:
    for table in ("users", "projects", "generations", "sessions", "credit_entries", "credit_reservations"):
        count = as_a.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
        assert count == (1,), table


def test_the_ledger_is_append_only_even_for_its_owner(
    owner: psycopg.Connection[Any], rows_of_b: Keys
) -> None:
    _, entry = rows_of_b["credit_entries"]
    with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        owner.execute("UPDATE credit_entries SET amount = 100 WHERE id = %s", [entry])
    with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        owner.execute("DELETE FROM credit_entries WHERE id = %s", [entry])


def test_a_person_who_leaves_keeps_the_ledger_without_their_name(
    owner: psycopg.Connection[Any], rows_of_b: Keys
) -> None:
    owner.execute("DELETE FROM users WHERE id = %s", [rows_of_b["users"][1]])
    found = owner.execute(
        "SELECT user_id, amount FROM credit_entries WHERE id = %s", [rows_of_b["credit_entries"][1]]
    )
    assert found.fetchone() == (None, 3)
