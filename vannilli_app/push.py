"""From a commit to the open page: PostgreSQL notifies every server process, each tells the pages it holds.

A notification carries ids, never data: the page's state reads again as the person it belongs to. Whatever was
notified while PostgreSQL was away is made good by telling every open page once it is back.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from uuid import UUID

import psycopg
import reflex as rx
from redis.exceptions import RedisError
from reflex.event import Event
from reflex.state import BaseState, StateUpdate
from reflex_base.utils.exceptions import LockExpiredError

from vannilli_app import words
from vannilli_app.accounts import sessions
from vannilli_app.accounts.identity import asked_once
from vannilli_app.accounts.state import SessionState
from vannilli_app.admin.state import AdminState
from vannilli_app.billing.state import CreditsState, PlanState
from vannilli_app.config import settings
from vannilli_app.db import PUSH_ADMINS, PUSH_CHANNEL
from vannilli_app.generations.parts_state import PartsState
from vannilli_app.generations.state import PreviewState
from vannilli_app.leases import DATABASE_AWAY
from vannilli_app.releases.state import KitState
from vannilli_app.showcase import shelf
from vannilli_app.ui import tabs

RETRY_SECONDS = 0.5
ADMINS_SECONDS = (
    5.0  # their figures are of everybody, and take a while to add up: what happens meanwhile is told at once
)
REDIS_AWAY = (RedisError, LockExpiredError)  # or so slow that a page's lock ran out
AT_ONCE = 8  # pages that read at a time; the rest of the pool's connections are for requests

log = logging.getLogger(__name__)
Reading = Callable[[str], Awaitable[None]]  # of the page with this token


class Pages:
    """Has open pages read again, each in a task of its own.

    One that is busy keeps no other waiting, and what is notified before it begins to read is read with it.
    """

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(AT_ONCE)
        self._waiting: set[tuple[Reading, str]] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def tell(self, user_id: UUID, reading: Reading) -> None:
        """Have every open page of this person do that soon."""
        for token in tabs.of(user_id):
            if (reading, token) not in self._waiting:
                self._waiting.add((reading, token))
                task = asyncio.create_task(self._read(reading, token))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def rest(self) -> None:
        """Wait until those that are at it are done: one that is cut off would stay locked for a while."""
        await asyncio.gather(*self._tasks)

    async def _read(self, reading: Reading, token: str) -> None:
        async with self._room:
            self._waiting.discard((reading, token))
            try:
                with asked_once():
                    await reading(token)
            except DATABASE_AWAY:
                log.warning("the database is away; every page reads again once it is back")
            except REDIS_AWAY:
                log.warning("Redis is away; a page was not told")
            except Exception:
                log.exception("a page was not told")


@asynccontextmanager
async def running(app: rx.App) -> AsyncIterator[None]:
    """Listen and push while the block runs."""
    changed, pages = asyncio.Event(), Pages()
    tasks = [
        asyncio.create_task(_listen_for_ever(app, pages, changed)),
        asyncio.create_task(_tell_admins_for_ever(app, changed)),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        await pages.rest()


async def _listen_for_ever(app: rx.App, pages: Pages, changed: asyncio.Event) -> None:
    look, read_again = partial(_look, app), partial(_read_again, app)
    url = settings().listening_url
    first = True
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
                for channel in (PUSH_CHANNEL, sessions.CHANNEL, shelf.CHANNEL):
                    await connection.execute(f"LISTEN {channel}")
                shelf.shelf.drop()
                if not first:
                    for who in tabs.people():
                        pages.tell(who, look)
                        pages.tell(who, read_again)
                first = False
                changed.set()
                async for notification in connection.notifies():
                    if notification.channel == shelf.CHANNEL:
                        shelf.shelf.drop()
                        continue
                    changed.set()
                    user_id = UUID(notification.payload.split()[0])
                    if user_id != PUSH_ADMINS:
                        ended = notification.channel == sessions.CHANNEL
                        pages.tell(user_id, look if ended else read_again)
        except psycopg.OperationalError:
            log.warning("the database is away; listening again soon")
        except Exception:  # else no page would be told of anything until this process starts anew
            log.exception("what was notified could not be told; listening again soon")
        await asyncio.sleep(RETRY_SECONDS)


async def _tell_admins_for_ever(app: rx.App, changed: asyncio.Event) -> None:
    """Have the admins' open pages read again after something has changed for anybody."""
    while True:
        await changed.wait()
        changed.clear()
        for token in tabs.of(PUSH_ADMINS):
            try:
                async with app.modify_state(rx.BaseStateToken(ident=token, cls=AdminState)) as root:
                    await (await root.get_state(AdminState)).read_again()
            except (*DATABASE_AWAY, *REDIS_AWAY):
                log.warning("database or Redis is away; an admin's page is told later")
                changed.set()
            except Exception:  # of one page, which is no reason to tell the others nothing any more
                log.exception("an admin's page was not told")
        await asyncio.sleep(ADMINS_SECONDS)


async def _read_again(app: rx.App, token: str) -> None:
    """Have a page read what it shows."""
    async with app.modify_state(rx.BaseStateToken(ident=token, cls=PreviewState)) as root:
        known = _is_known(root)
        if known:
            with words.speaking(words.language_of(root.router.url.path)):
                await (await root.get_state(PreviewState)).read_again()
                await (await root.get_state(PartsState)).read_again()
                await (await root.get_state(KitState)).read_again()
                await (await root.get_state(CreditsState)).read_again()
                await (await root.get_state(PlanState)).read_again()
    if not known:
        await _have_it_say_again(app, token)


async def _look(app: rx.App, token: str) -> None:
    """Have a page look whether its session is still alive; else it is told, and its websocket closed."""
    async with app.modify_state(rx.BaseStateToken(ident=token, cls=rx.State)) as root:
        known = _is_known(root)
        alive = not known or await (await root.get_state(SessionState)).look()
    if not known:
        await _have_it_say_again(app, token)
    connections = app.event_namespace
    if not alive and connections and (sid := connections.token_to_sid.get(token)):
        await connections.disconnect(sid)


def _is_known(root: BaseState) -> bool:
    """Whether we still have what a page said when it opened; Redis may have lost it."""
    return root.router.session.client_token != ""


async def _have_it_say_again(app: rx.App, token: str) -> None:
    """Ask a page for what it said when it opened; it is then told all it shows."""
    if connections := app.event_namespace:
        asked = Event.from_event_type(rx.State.hydrate_and_load)
        await connections.emit_update(StateUpdate(events=asked), token)
