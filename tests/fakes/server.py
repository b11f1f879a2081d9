"""A fake as a real HTTP server on loopback, in a thread of its own, which can break connections."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

_transports: dict[tuple[str | int, ...], asyncio.Transport] = {}


class Breakable(H11Protocol):
    """Remembers each connection by its two ends, so that an app can break the one that it answers."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        _transports[_ends(transport)] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        _transports.pop(_ends(self.transport), None)
        super().connection_lost(exc)


def _ends(transport: asyncio.Transport) -> tuple[str | int, ...]:
    """Client and server: two servers may have clients of the same address and port."""
    return (*transport.get_extra_info("peername")[:2], *transport.get_extra_info("sockname")[:2])


def break_connection(scope: Scope) -> None:
    """Break the connection on which this request came, as a dying server or a bad line does."""
    if transport := _transports.get((*scope["client"], *scope["server"])):
        transport.abort()


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs it, and ends as soon as it is asked to: there are hundreds in a test run."""

    async def main_loop(self) -> None:
        ticks = 0
        while not await self.on_tick(ticks):
            ticks += 1
            await asyncio.sleep(0.01)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listening() -> socket.socket:
    """A socket on a free port of loopback."""
    return _listener(0)


@contextlib.asynccontextmanager
async def serving_here(app: ASGIApp, listener: socket.socket) -> AsyncIterator[None]:
    """Serve an app in the running event loop, which it may share connections with, while the block runs."""
    config = uvicorn.Config(
        app, access_log=False, ws="none", lifespan="off", log_level="critical", timeout_graceful_shutdown=10
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110 (uvicorn has no event for it)
        await asyncio.sleep(0.005)
    try:
        yield
    finally:
        server.should_exit = True
        await task


@contextlib.contextmanager
def serving(app: ASGIApp, port: int = 0) -> Iterator[str]:
    """The app's address, `http://127.0.0.1:PORT`, while the block runs."""
    listener = _listener(port)
    config: dict[str, Any] = {"http": Breakable, "ws": "none", "lifespan": "off", "log_level": "critical"}
    server = _Server(uvicorn.Config(app, access_log=False, timeout_graceful_shutdown=1, **config))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.005)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


def _listener(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or head and body come 40 ms apart
    listener.bind(("127.0.0.1", port))
    return listener
