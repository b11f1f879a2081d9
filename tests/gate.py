"""A gate before a service of this machine: while it is shut, every request is answered 503."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

REFUSAL = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class Gate:
    """`url` leads to the service; `shut` is looked at for every connection, and shutting breaks those that are open."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._target = (str(parts.hostname), int(parts.port or 80))
        self._open: set[asyncio.StreamWriter] = set()
        self.shut = False
        self.refused = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def close_now(self) -> None:
        """Shut it."""
        self.shut = True
        self._loop.call_soon_threadsafe(lambda: [writer.close() for writer in self._open])

    def end(self) -> None:
        """Let the thread that serves go."""
        self._loop.call_soon_threadsafe(self._over.set)

    async def serve(self, ready: threading.Event) -> None:
        """Serve until `end`; what is open then is broken off."""
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._connection, sock=self._listener)
        ready.set()
        await self._over.wait()
        server.close()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = [writer]
        self._open.add(writer)
        try:
            if self.shut:
                self.refused += 1
                await reader.readuntil(b"\r\n\r\n")
                writer.write(REFUSAL)
                await writer.drain()
            else:
                back, there = await asyncio.open_connection(*self._target)
                ends.append(there)
                await asyncio.gather(_pass_on(reader, there), _pass_on(back, writer))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open.discard(writer)
            for end in ends:
                end.close()
                with suppress(OSError, asyncio.CancelledError):
                    await end.wait_closed()


@contextmanager
def before(target: str) -> Iterator[Gate]:
    """A gate before the address `target`, open at first."""
    gate, ready = Gate(target), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(gate.serve(ready)))
    thread.start()
    ready.wait()
    try:
        yield gate
    finally:
        gate.end()
        thread.join()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()
