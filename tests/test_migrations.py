"""The migrations go up, down and up again on PostgreSQL, and agree with the models."""

from uuid import uuid4

import psycopg
import pytest

from alembic import command
from vannilli_app import db
from vannilli_app.embedded import EmbeddedPostgres


@pytest.fixture
def empty(postgres: EmbeddedPostgres) -> str:
    name = f"empty_{uuid4().hex[:12]}"
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return postgres.url(name)


def leftovers(url: str) -> list[tuple[str, str]]:
    """What stands in the database beside alembic's own table."""
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT 'relation', relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relname NOT LIKE 'alembic_version%'"
            " UNION ALL SELECT 'function', proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            " UNION ALL SELECT 'type', typname FROM pg_type WHERE typnamespace = 'public'::regnamespace"
            " AND typname NOT LIKE '%alembic_version'"
            " UNION ALL SELECT 'schema', nspname FROM pg_namespace WHERE nspname = 'auth'"
        ).fetchall()


def test_up_down_up(empty: str) -> None:
    db.migrate(empty)
    command.downgrade(db.alembic_config(empty), "base")
    assert leftovers(empty) == []
    db.migrate(empty)
    assert ("relation", "generations") in leftovers(empty)


def test_every_step_goes_down_and_up(empty: str) -> None:
    config = db.alembic_config(empty)
    db.migrate(empty)
    for _ in range(4):
        command.downgrade(config, "-1")
        command.upgrade(config, "+1")
        command.downgrade(config, "-1")


def test_models_agree_with_the_migrations(empty: str) -> None:
    db.migrate(empty)
    command.check(db.alembic_config(empty))


def test_a_schema_of_supabase_is_left_alone(empty: str) -> None:
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA auth")
        connection.execute("CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'")
    db.migrate(empty)
    command.downgrade(db.alembic_config(empty), "base")
    assert leftovers(empty) == [("schema", "auth")]
