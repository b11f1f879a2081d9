"""Ending without losing a request or flooding the others: a server that is told to end lets its pages go one by one,
then says so where the proxy looks, and serves on meanwhile.

One that just ends closes connections on which the proxy may be sending at that very moment; what was sent and is not
safe to send twice is lost then. And all its pages come to another server at once, where each takes as long as a dozen
requests.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import FrameType
from typing import Any, Literal

import reflex as rx

from vannilli_app.config import settings

NOTICE_SECONDS = 5.0  # until the proxy has looked: it does every 2 s, and waits 2 s for an answer

Stage = Literal["here", "no pages", "nothing"]


class _Drain:
    stage: Stage = "here"


def stage() -> Stage:
    """Whether this process is here to stay, takes no new pages any more, or nothing new at all."""
    return _Drain.stage


@asynccontextmanager
async def running(app: rx.App) -> AsyncIterator[None]:
    """While the block runs, the first SIGTERM takes effect after `DRAIN_SECONDS`, and any further one at once."""
    if not (seconds := settings().drain_seconds):
        yield
        return
    loop = asyncio.get_running_loop()
    end = signal.getsignal(signal.SIGTERM)
    assert callable(end)
    leaving: list[asyncio.Task[None]] = []

    def heed(number: int, frame: FrameType | None) -> None:
        if _Drain.stage != "here":
            end(number, frame)
            return
        _Drain.stage = "no pages"
        loop.call_soon_threadsafe(lambda: leaving.append(loop.create_task(_leave(app, seconds, end))))

    signal.signal(signal.SIGTERM, heed)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, end)
        _Drain.stage = "here"


async def _leave(app: rx.App, seconds: float, end: Callable[[int, None], Any]) -> None:
    notice = min(NOTICE_SECONDS, seconds / 3)
    await asyncio.sleep(notice)
    await _let_pages_go(app, seconds - 2 * notice)
    _Drain.stage = "nothing"
    await asyncio.sleep(notice)
    end(signal.SIGTERM, None)


async def _let_pages_go(app: rx.App, seconds: float) -> None:
    """Close the connections of all open pages, evenly over so many seconds; each comes back at another server."""
    assert app.sio
    pages = list(app.sio.eio.sockets.values())
    for page in pages:
        # Ends what writes to it, which closes it. Engine.IO's own `disconnect` only asks the browser to, in vain.
        await page.queue.put(None)
        await asyncio.sleep(seconds / len(pages))
