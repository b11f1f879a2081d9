"""What is served is counted as it leaves, and added up by day over all processes."""

from datetime import UTC, datetime

import httpx
import psycopg
import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from vannilli_app import traffic
from vannilli_app.config import Settings
from vannilli_app.db import Database


async def answer(request) -> Response:
    return Response(status_code=304) if "if-none-match" in request.headers else Response(b"12345")


async def test_requests_bytes_and_what_is_unchanged_are_added_to_the_day(
    database: Database, environment: Settings
) -> None:
    app = traffic.Counting(Starlette(routes=[Route("/", answer)]))
    now = datetime.now(UTC)
    await traffic.write_down(now)  # what other tests have left in this process
    with psycopg.connect(environment.database_url, autocommit=True) as owner:
        owner.execute("DELETE FROM traffic")
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as http:
            for _ in range(2):  # as two processes would
                await http.get("/")
                await http.get("/", headers={"if-none-match": "x"})
                assert await traffic.write_down(now) == 2
        assert await traffic.write_down(now) == 0
        found = owner.execute("SELECT requests, unchanged, bytes FROM traffic").fetchall()
    assert found == [(4, 2, 10)]


async def test_what_cannot_be_written_is_kept(database: Database, environment: Settings) -> None:
    app = traffic.Counting(Starlette(routes=[Route("/", answer)]))
    now = datetime.now(UTC)
    await traffic.write_down(now)
    with psycopg.connect(environment.database_url, autocommit=True) as owner:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as http:
            await http.get("/")
        owner.execute("ALTER TABLE traffic RENAME TO away")
        with pytest.raises(Exception, match="traffic"):
            await traffic.write_down(now)
        owner.execute("ALTER TABLE away RENAME TO traffic")
        assert await traffic.write_down(now) == 1
