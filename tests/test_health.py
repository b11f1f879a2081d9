"""What `/api/health` says of each part."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import psycopg
import pytest

from vannilli_app.config import Settings
from vannilli_app.db import Database
from vannilli_app.http_api import make_api


@pytest.fixture
async def api(database: Database, environment: Settings) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=make_api())
    async with httpx.AsyncClient(transport=transport, base_url=environment.base_url) as client:
        yield client


@pytest.fixture
def owner(environment: Settings) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(environment.database_url, autocommit=True) as connection:
        yield connection


async def checks(api: httpx.AsyncClient) -> tuple[int, dict[str, str]]:
    answer = await api.get("/api/health", params={"deep": 1})
    return answer.status_code, answer.json()["checks"]


async def test_a_worker_that_is_heard_of_makes_it_whole(
    api: httpx.AsyncClient, owner: psycopg.Connection[Any]
) -> None:
    assert await checks(api) == (
        503,
        {"database": "ok", "store": "ok", "queue": "ok", "worker": "failed", "clock": "ok"},
    )
    owner.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')")
    assert (await checks(api))[1]["worker"] == "failed"
    owner.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    assert await checks(api) == (
        200,
        {"database": "ok", "store": "ok", "queue": "ok", "worker": "ok", "clock": "ok"},
    )


async def test_a_clock_that_jumped_is_seen(
    api: httpx.AsyncClient, owner: psycopg.Connection[Any], environment: Settings
) -> None:
    """The database's is set forward here: what counts is how far the two are apart."""
    owner.execute("CREATE SCHEMA another")
    owner.execute(
        "CREATE FUNCTION another.clock_timestamp() RETURNS timestamptz LANGUAGE sql"
        " AS $$ SELECT pg_catalog.clock_timestamp() + interval '1 minute' $$"
    )
    owner.execute("GRANT USAGE ON SCHEMA another TO vannilli_service")
    owner.execute(f"ALTER DATABASE {owner.info.dbname} SET search_path = another, public, pg_catalog")
    assert (await checks(api))[1]["clock"] == "failed"


async def test_work_that_waits_too_long_is_seen(
    api: httpx.AsyncClient, owner: psycopg.Connection[Any]
) -> None:
    owner.execute("INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('work', 'nothing')")
    assert (await checks(api))[1]["queue"] == "ok"
    owner.execute("UPDATE procrastinate_events SET at = now() - interval '6 minutes'")
    assert (await checks(api))[1]["queue"] == "failed"


async def test_a_database_that_is_away_is_said_without_its_address(
    api: httpx.AsyncClient, owner: psycopg.Connection[Any], environment: Settings
) -> None:
    name = owner.info.dbname
    with psycopg.connect(environment.database_url, dbname="postgres", autocommit=True) as elsewhere:
        elsewhere.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        elsewhere.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        answer = await api.get("/api/health", params={"deep": 1})
        elsewhere.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "failed"
    assert name not in answer.text
    assert (await api.get("/api/health")).json()["status"] == "ok"


async def test_a_job_that_waits_for_its_next_try_is_not_late(
    api: httpx.AsyncClient, owner: psycopg.Connection[Any]
) -> None:
    owner.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, scheduled_at)"
        " VALUES ('work', 't', '{}', now() + interval '1 minute')"
    )
    owner.execute("UPDATE procrastinate_events SET at = now() - interval '1 day'")
    assert (await checks(api))[1]["queue"] == "ok"
    owner.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL")
    assert (await checks(api))[1]["queue"] == "failed"
