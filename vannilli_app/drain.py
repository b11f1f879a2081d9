"""Ending without losing a request: a server that is told to end says so where the proxy looks, and serves on meanwhile.

One that just ends closes connections on which the proxy may be sending at that very moment; what was sent and is not
safe to send twice is lost then.
"""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import FrameType

from vannilli_app.config import settings


class _Drain:
    begun = False


def begun() -> bool:
    """Whether this process is about to end, and wants no new requests."""
    return _Drain.begun


@asynccontextmanager
async def running() -> AsyncIterator[None]:
    """While the block runs, the first SIGTERM takes effect after `DRAIN_SECONDS`, and any further one at once."""
    if not (seconds := settings().drain_seconds):
        yield
        return
    loop = asyncio.get_running_loop()
    end = signal.getsignal(signal.SIGTERM)

    def heed(number: int, frame: FrameType | None) -> None:
        assert callable(end)
        if _Drain.begun:
            end(number, frame)
        _Drain.begun = True
        loop.call_soon_threadsafe(loop.call_later, seconds, end, number, None)

    signal.signal(signal.SIGTERM, heed)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, end)
        _Drain.begun = False
