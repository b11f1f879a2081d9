"""`python -m tests.bench.load PORT PATH BODY RATE COUNT`: sends one request again and again, and times the answers.

With a RATE (requests a second) the requests go out at fixed instants whether or not earlier ones were answered, and a
latency counts from its instant: what waits behind a slow answer is seen. RATE 0 sends the next when one is answered.
Standard output is a JSON list of latencies in seconds.
"""

import asyncio
import json
import selectors
import subprocess
import sys
import time

MOST_CONNECTIONS = 64
TIMEOUT_SECONDS = 10

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def latencies(port: int, path: str, body: str, *, rate: float, count: int) -> list[float]:
    """Latencies in seconds, measured in a process of their own. Raises RuntimeError when a request fails."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.bench.load", str(port), path, body, str(rate), str(count)],
        capture_output=True,
        text=True,
    )
    if ended.returncode:
        raise RuntimeError(f"the load failed: {ended.stderr[-800:]}")
    found: list[float] = json.loads(ended.stdout)
    return found


class Client:
    """Keeps connections open and gives each request one that is free."""

    def __init__(self, port: int, path: str, body: str) -> None:
        self._port = port
        content = body.encode()
        head = (
            f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(content)}\r\n\r\n"
        )
        self._request = head.encode() + content
        self._free: list[Connection] = []
        self._room = asyncio.Semaphore(MOST_CONNECTIONS)

    async def send(self, since: float) -> float:
        """Seconds from the instant `since` until the whole answer is there."""
        async with self._room, asyncio.timeout(TIMEOUT_SECONDS):
            connection = self._free.pop() if self._free else await self._connect()
            reader, writer = connection
            writer.write(self._request)
            await _read_answer(reader)
            ended = time.perf_counter()
            self._free.append(connection)
        return ended - since

    async def open(self, connections: int) -> None:
        """Connect ahead of time."""
        self._free += [await self._connect() for _ in range(connections)]

    async def close(self) -> None:
        for _, writer in self._free:
            writer.close()
            await writer.wait_closed()

    async def _connect(self) -> Connection:
        return await asyncio.open_connection("127.0.0.1", self._port)


async def _read_answer(reader: asyncio.StreamReader) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if not head.startswith(b"http/1.1 200"):
        raise RuntimeError(f"not 200: {head[:200]!r}")
    _, _, rest = head.partition(b"content-length:")
    await reader.readexactly(int(rest.split(b"\r\n", 1)[0]))


async def _at_fixed_instants(client: Client, rate: float, count: int) -> list[float]:
    start = time.perf_counter() + 0.05
    sent = []
    for index in range(count):
        due = start + index / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        sent.append(asyncio.create_task(client.send(due)))
    return await asyncio.gather(*sent)


async def _one_by_one(client: Client, count: int) -> list[float]:
    return [await client.send(time.perf_counter()) for _ in range(count)]


async def main(port: int, path: str, body: str, rate: float, count: int) -> None:
    """Sends `count` requests and prints their latencies."""
    client = Client(port, path, body)
    await client.open(4)
    times = await (_at_fixed_instants(client, rate, count) if rate else _one_by_one(client, count))
    await client.close()
    sys.stdout.write(json.dumps(times))


if __name__ == "__main__":
    # epoll sleeps whole milliseconds, longer than an answer takes; select sleeps as long as it is told.
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selectors.SelectSelector())) as runner:
        runner.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4]), int(sys.argv[5])))
