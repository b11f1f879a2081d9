"""Whether the product is alive, and whether each part of it works."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Literal

from fastapi import Response
from pydantic import BaseModel
from sqlalchemy import text

from vannilli_app import __version__, drain, rates
from vannilli_app.config import settings
from vannilli_app.db import ANONYMOUS, SERVICE, transaction
from vannilli_app.storage import RAW_UPLOADS, store

CHECK_SECONDS = 3.0
LONGEST_WAIT_SECONDS = 300
WORKER_SILENT_SECONDS = 40  # a worker writes its heartbeat every 10 s
CLOCKS_APART_SECONDS = 3.0  # a lease lasts 10

log = logging.getLogger(__name__)


class Health(BaseModel):
    """`checks` has each part by its name, where it was asked for; `leaving` is a server that is about to end."""

    status: Literal["ok", "leaving", "failed"]
    version: str
    checks: dict[str, Literal["ok", "failed"]] | None = None


RESPONSES: dict[int | str, dict[str, Any]] = {
    503: {"model": Health, "description": "A part does not work, or it ends."}
}


async def health(response: Response, deep: bool = False, pages: bool = False) -> Health:
    """Alive, and 503 from a server that ends soon, with `pages=1` from one that takes no open pages any more; with
    `deep=1` also whether each part works, and 503 when one does not."""
    leaving = drain.stage() != "here" if pages else drain.stage() == "nothing"
    answer = Health(status="leaving" if leaving else "ok", version=__version__)
    if deep:
        names = [name for name in CHECKS if name != "redis" or settings().redis_url.get_secret_value()]
        works = await asyncio.gather(*map(_works, names))
        answer.checks = {name: "ok" if fine else "failed" for name, fine in zip(names, works, strict=True)}
        if not all(works):
            answer.status = "failed"
    if answer.status != "ok":
        response.status_code = 503
    return answer


async def _works(name: str) -> bool:
    try:
        await asyncio.wait_for(CHECKS[name](), CHECK_SECONDS)
    except Exception:
        log.exception("health check failed", extra={"check": name})
        return False
    return True


async def _database() -> None:
    async with transaction(ANONYMOUS) as session:
        await (await session.connection()).execute(text("SELECT 1"))


async def _store() -> None:
    await store().head(RAW_UPLOADS, "health/nothing")


async def _queue() -> None:
    """Nothing has waited too long to be taken up."""
    waiting = (
        "SELECT count(*) FROM procrastinate_jobs j JOIN procrastinate_events e ON e.job_id = j.id"
        " WHERE j.status = 'todo' AND e.type = 'deferred'"
        " AND greatest(e.at, j.scheduled_at) < now() - make_interval(secs => :seconds)"
    )
    if count := await _count(waiting, LONGEST_WAIT_SECONDS):
        raise RuntimeError(f"{count} jobs have waited for more than {LONGEST_WAIT_SECONDS} s")


async def _worker() -> None:
    """At least one worker has lately said that it lives."""
    alive = (
        "SELECT count(*) FROM procrastinate_workers"
        " WHERE last_heartbeat > now() - make_interval(secs => :seconds)"
    )
    if not await _count(alive, WORKER_SILENT_SECONDS):
        raise RuntimeError(f"no worker has been heard of for {WORKER_SILENT_SECONDS} s")


async def _clock() -> None:
    """This machine's clock is the database's: leases are written by one and ended by another."""
    async with transaction(SERVICE) as session:
        theirs = (await (await session.connection()).execute(text("SELECT clock_timestamp()"))).scalar_one()
    if abs(off := (datetime.now(UTC) - theirs).total_seconds()) > CLOCKS_APART_SECONDS:
        raise RuntimeError(f"this machine's clock is {off:+.1f} s off the database's: run a time service")


async def _redis() -> None:
    await rates.ping()


async def _count(query: str, seconds: float) -> int:
    async with transaction(SERVICE) as session:
        found = await (await session.connection()).execute(text(query), {"seconds": seconds})
        return int(found.scalar_one())


CHECKS: dict[str, Callable[[], Awaitable[None]]] = {
    "database": _database,
    "store": _store,
    "queue": _queue,
    "worker": _worker,
    "clock": _clock,
    "redis": _redis,  # only where there is one
}
"""What `/api/health?deep=1` looks at: each raises when its part does not work."""
