"""How open pages are told: side by side, and once for what is notified before one begins to read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from redis.exceptions import ConnectionError as RedisAway
from reflex_base.utils.exceptions import LockExpiredError

from vannilli_app import db, push
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


@pytest.mark.parametrize("error", [RedisAway, LockExpiredError, RuntimeError])
async def test_what_fails_costs_a_page_one_piece_of_news_and_no_more(
    pages: push.Pages, error: type[Exception]
) -> None:
    person, heard = uuid4(), []
    tabs.note(person, "page")

    async def away(_: str) -> None:
        raise error

    async def read(token: str) -> None:
        heard.append(token)

    pages.tell(person, away)
    await pages.rest()
    pages.tell(person, read)
    await pages.rest()
    assert heard == ["page"]


class Broken:
    """An app of which no page can be had; says which were asked for."""

    event_namespace = None

    def __init__(self, error: type[Exception]) -> None:
        self.asked: asyncio.Queue[str] = asyncio.Queue()
        self._error = error

    @asynccontextmanager
    async def modify_state(self, token: Any) -> AsyncIterator[Any]:
        await self.asked.put(token.ident)
        raise self._error
        yield

    async def until_asked_for(self, page: str) -> None:
        async with asyncio.timeout(5):
            while await self.asked.get() != page:
                pass


@pytest.mark.parametrize("error", [LockExpiredError, RuntimeError])
async def test_an_admins_page_that_cannot_be_told_keeps_no_other_from_it(
    database: db.Database, error: type[Exception]
) -> None:
    app, pages = Broken(error), [uuid4().hex, uuid4().hex]
    for page in pages:
        tabs.note(db.PUSH_ADMINS, page)
    async with push.running(app):  # type: ignore[arg-type]
        for page in pages:
            await app.until_asked_for(page)


async def test_what_cannot_be_understood_does_not_end_the_listening(database: db.Database) -> None:
    app, person, admin, page = Broken(RuntimeError), uuid4(), uuid4().hex, uuid4().hex
    tabs.note(db.PUSH_ADMINS, admin)
    async with push.running(app):  # type: ignore[arg-type]
        await app.until_asked_for(admin)  # it listens
        async with database.transaction(db.SERVICE) as session:
            await db.notify(session, db.PUSH_CHANNEL, "nobody")
        tabs.note(person, page)
        await app.until_asked_for(page)
