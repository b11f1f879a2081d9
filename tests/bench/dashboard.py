"""How long the admin's figures take on a month of 10,000 videos and the month before, straight and over the API."""

import asyncio
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from uuid import UUID, uuid4

import httpx
import psycopg

from tests import product
from tests.admin import month
from tests.bench.figures import Figure
from tests.people import insert
from vannilli_app import db
from vannilli_app.accounts import tokens
from vannilli_app.admin import service
from vannilli_app.config import Settings, settings

VIDEOS = 20_000  # in two months, so 10,000 in each
ROUNDS = 15
BARE = "SELECT count(*) FROM generations"


def figures() -> list[Figure]:
    """The median of the figures' own time, and of `GET /api/metrics`, in the running product."""
    with tempfile.TemporaryDirectory(prefix="vannilli-bench-") as data, product.running(Path(data)) as ours:
        with psycopg.connect(ours.database_url, autocommit=True) as connection:
            month.write(connection, month.still(month.make(VIDEOS, datetime.now(UTC))))
            admin = uuid4()
            session = uuid4()
            insert(connection, "users", id=admin, email="a@vannilli.test", password_hash="x", role="admin")
            insert(connection, "sessions", id=session, user_id=admin, secret="x", expires_at="tomorrow")
        straight, bare = asyncio.run(_straight(ours.database_url, admin))
        asked = _asked(ours, _token(Path(data), admin, session))
    against = "one count(*) of the same videos"
    return [
        Figure(
            "admin's figures, 10,000 videos a month", 1000 * straight, 1000 * bare, "ms", against, "<= 300 ms"
        ),
        Figure("  GET /api/metrics", 1000 * asked, 1000 * bare, "ms", against, "<= 300 ms"),
    ]


async def _straight(url: str, admin: UUID) -> tuple[float, float]:
    database = db.Database(Settings(database_url=url))
    ours, bare = [], []
    for _ in range(ROUNDS):
        async with database.transaction(db.as_admin(admin)) as session:
            began = time.perf_counter()
            await service.figures(session, 30, datetime.now(UTC))
            ours.append(time.perf_counter() - began)
            began = time.perf_counter()
            await (await session.connection()).exec_driver_sql(BARE)
            bare.append(time.perf_counter() - began)
    await database.close()
    return median(ours), median(bare)


def _token(data: Path, admin: UUID, session: UUID) -> str:
    """A token that the product's own key signs."""
    os.environ["DATA_DIR"] = str(data)
    settings.cache_clear()
    try:
        return tokens.issue_access(admin, session, datetime.now(UTC))
    finally:
        del os.environ["DATA_DIR"]
        settings.cache_clear()


def _asked(ours: product.Product, token: str) -> float:
    took = []
    with httpx.Client(base_url=ours.base_url, headers={"authorization": f"Bearer {token}"}) as client:
        for _ in range(ROUNDS):
            began = time.perf_counter()
            client.get("/api/metrics?days=30", timeout=30).raise_for_status()
            took.append(time.perf_counter() - began)
    return median(took)
