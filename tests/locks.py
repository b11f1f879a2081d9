"""Two transactions that want the same rows: to see that they wait for each other in one direction only."""

import asyncio
from typing import Any

import psycopg

WAITING = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def until_waiting(owner: psycopg.Connection[Any], task: asyncio.Task[Any]) -> None:
    """Return once `task` waits for a lock that somebody else holds in this test's database."""
    async with asyncio.timeout(30):
        while not owner.execute(WAITING).fetchall():
            assert not task.done(), "it waited for nobody"
            await asyncio.sleep(0.005)
