"""How open pages are told: side by side, and once for what is notified before one begins to read."""

import asyncio
from uuid import uuid4

import pytest
from redis.exceptions import ConnectionError as RedisAway

from vannilli_app import push
from vannilli_app.ui import tabs


@pytest.fixture
async def pages() -> push.Pages:
    return push.Pages()


async def test_a_page_that_is_busy_keeps_no_other_waiting(pages: push.Pages) -> None:
    busy, other = uuid4(), uuid4()
    tabs.note(busy, "busy")
    tabs.note(other, "other")
    free, heard = asyncio.Event(), asyncio.Event()

    async def read(token: str) -> None:
        if token == "busy":
            await free.wait()
        else:
            heard.set()

    pages.tell(busy, read)
    pages.tell(other, read)
    await asyncio.wait_for(heard.wait(), 5)
    free.set()
    await pages.rest()


async def test_what_is_notified_while_a_page_waits_is_read_once_and_while_it_reads_once_more(
    pages: push.Pages,
) -> None:
    person, reads, begun, free = uuid4(), [], asyncio.Event(), asyncio.Event()
    tabs.note(person, "page")

    async def read(token: str) -> None:
        reads.append(token)
        begun.set()
        await free.wait()

    for _ in range(3):
        pages.tell(person, read)
    await asyncio.wait_for(begun.wait(), 5)
    assert reads == ["page"]
    pages.tell(person, read)
    pages.tell(person, read)
    free.set()
    await pages.rest()
    assert reads == ["page"] * 2


async def test_redis_that_is_away_costs_a_page_one_piece_of_news_and_no_more(pages: push.Pages) -> None:
    person, heard = uuid4(), []
    tabs.note(person, "page")

    async def away(_: str) -> None:
        raise RedisAway

    async def read(token: str) -> None:
        heard.append(token)

    pages.tell(person, away)
    await pages.rest()
    pages.tell(person, read)
    await pages.rest()
    assert heard == ["page"]
