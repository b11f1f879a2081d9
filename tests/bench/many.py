"""Many people on many machines: `python -m tests.bench.many [--sockets 500] [--rate 200] [--seconds 300] [--roll]`.

Two servers and two workers with Redis, PostgreSQL and an S3 store, behind the proxy. Open pages are websockets that
say what a browser says: its first frame is recorded from a real one. Meanwhile requests go out at fixed instants, and
videos of random people move on; each of their pages has to hear of it. `--roll` restarts every server and worker under
the load. Traffic stays on loopback. It prints figures and ends with 1 when a request failed (after one retry) or a page
never heard.
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID, uuid4

import aiohttp
import psycopg
from playwright.async_api import WebSocket

from tests.artist import PASSWORD
from tests.bench import fleet
from tests.bench.figures import percentile
from tests.bench.push import request_of
from tests.browser import chromium
from vannilli_app import routes

TABS = 10  # of one person; the newest twenty are told
PUSHES_A_SECOND = 5
PATIENCE_SECONDS = 15.0
SOCKET = "/_event/?{query}"
MIX = (0.6, 0.9)  # up to here the calculator, up to there a look at a video, else the balance


@dataclass
class Person:
    """Somebody with a video that is being made, and pages that show it."""

    http: aiohttp.ClientSession
    id: str = ""
    task_id: str = ""
    generation_id: str = ""
    waiting: dict[str, asyncio.Event] = field(default_factory=dict)


@dataclass
class Found:
    """What was measured, in seconds."""

    latencies: list[float] = field(default_factory=list)
    pushes: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    retried: int = 0
    unheard: int = 0
    reconnects: int = 0
    cpu: dict[str, float] = field(default_factory=dict)


class Load:
    """The people, their pages and their requests."""

    def __init__(self, running: fleet.Fleet) -> None:
        self.fleet = running
        self.found = Found()
        self.people: list[Person] = []
        self.frame = ""  # what a browser says first on the page of a video, with its token out
        self.over = False

    async def gather_people(self, count: int) -> None:
        """Sign them up and give each a video that nobody works on."""
        for _ in range(count):
            person = Person(
                aiohttp.ClientSession(self.fleet.base_url, cookie_jar=aiohttp.CookieJar(unsafe=True))
            )
            self.people.append(person)
            answer = await self._post(
                person, routes.API_SIGN_UP,
                {"email": f"{uuid4()}@vannilli.test", "password": PASSWORD, "birth_date": "1990-01-01",
                 "accept_terms": True},
            )  # fmt: skip
            person.id = answer["user"]["id"]
            project = await self._post(
                person, routes.API_PROJECTS, {"track_name": "Many", "bpm": 120, "bars": 32}
            )
            person.task_id, person.generation_id = str(uuid4()), str(uuid4())
            wanted = request_of(UUID(person.id))
            with psycopg.connect(self.fleet.database_url) as owner:
                owner.execute(
                    "INSERT INTO generations (id, project_id, internal_task_id, cost_credits, status, stage, request,"
                    " due_at) VALUES (%s, %s, %s, 0, 'processing', 'rendering', %s, now() + interval '1 day')",
                    [
                        person.generation_id,
                        project["id"],
                        person.task_id,
                        wanted.model_dump_json(),
                    ],
                )

    async def record(self) -> None:
        """What a real browser sends first on the first person's page."""
        person = self.people[0]
        async with chromium() as browser:
            context = await browser.new_context(base_url=self.fleet.base_url)
            cookies = [
                {"name": one.key, "value": one.value, "url": self.fleet.base_url}
                for one in person.http.cookie_jar
            ]
            await context.add_cookies(cookies)  # type: ignore[arg-type]
            page = await context.new_page()
            sent: asyncio.Future[str] = asyncio.get_running_loop().create_future()

            def note(frame: object) -> None:
                if str(frame).startswith("40/_event") and not sent.done():
                    sent.set_result(str(frame))

            def listen(socket: WebSocket) -> None:
                socket.on("framesent", note)

            page.on("websocket", listen)
            await page.goto(f"{routes.STUDIO_PREVIEW}?generation={person.generation_id}")
            self.frame = await asyncio.wait_for(sent, PATIENCE_SECONDS)

    async def keep_page_open(self, person: Person, opened: Callable[[], None]) -> None:
        """One page, which comes back when its server goes, and is then told how things stand."""
        token = str(uuid4())
        while not self.over:
            with suppress(aiohttp.ClientError, OSError):
                await self._page(person, token, opened)
            if not self.over:
                self.found.reconnects += 1
                await asyncio.sleep(0.2 + random.random() / 2)

    async def ask(self, rate: float, seconds: float) -> None:
        """Send requests at fixed instants."""
        start, sent = time.perf_counter() + 0.1, []
        for index in range(int(rate * seconds)):
            due = start + index / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            sent.append(asyncio.create_task(self._ask_one(due)))
        await asyncio.gather(*sent)

    async def move_videos(self, seconds: float) -> None:
        """Let random people's videos move on, and time how long each of their pages waits for it."""
        ends = time.monotonic() + seconds
        async with await psycopg.AsyncConnection.connect(self.fleet.database_url) as owner:
            step = 0
            while time.monotonic() < ends:
                step += 1
                await asyncio.sleep(1 / PUSHES_A_SECOND)
                person = random.choice(self.people)
                before = dict(person.waiting)
                for event in before.values():
                    event.clear()
                await owner.execute(
                    "UPDATE generations SET progress = %s WHERE id = %s",
                    [step % 97 / 100, person.generation_id],
                )
                await owner.execute(
                    "SELECT pg_notify('vannilli_push', %s)", [f"{person.id} {person.generation_id}"]
                )
                began = time.perf_counter()
                await owner.commit()
                await asyncio.gather(*(self._heard(event, began) for event in before.values()))

    async def close(self) -> None:
        for person in self.people:
            await person.http.close()

    async def _page(self, person: Person, token: str, opened: Callable[[], None]) -> None:
        path = SOCKET.format(query=urlencode({"token": token, "EIO": 4, "transport": "websocket"}))
        headers = {"origin": self.fleet.base_url}
        async with person.http.ws_connect(path, headers=headers, max_msg_size=0) as socket:
            frame = self.frame.replace(self.people[0].generation_id, person.generation_id)
            async for message in socket:
                if message.type is not aiohttp.WSMsgType.TEXT:
                    continue
                if message.data == "2":
                    await socket.send_str("3")
                elif message.data.startswith("0{"):
                    await socket.send_str(frame)
                elif message.data.startswith("42/_event"):
                    if token not in person.waiting and person.generation_id in message.data:
                        person.waiting[token] = asyncio.Event()
                        opened()
                    if token in person.waiting:
                        person.waiting[token].set()
                if self.over:
                    return

    async def _heard(self, event: asyncio.Event, began: float) -> None:
        try:
            await asyncio.wait_for(event.wait(), PATIENCE_SECONDS)
        except TimeoutError:
            self.found.unheard += 1
        else:
            self.found.pushes.append(time.perf_counter() - began)

    async def _ask_one(self, due: float) -> None:
        person, lot = random.choice(self.people), random.random()
        for last in (False, True):
            try:
                status = await self._status(person, lot)
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                status = repr(error)
            if status == "200":
                self.found.latencies.append(time.perf_counter() - due)
                return
            if last:
                self.found.errors.append(status)
            else:
                self.found.retried += 1
                await asyncio.sleep(0.2)

    async def _status(self, person: Person, lot: float) -> str:
        timeout = aiohttp.ClientTimeout(total=10)
        if lot < MIX[0]:
            asked = person.http.post(
                routes.API_CALCULATE_DURATION, json={"bpm": 140, "bars": 8}, timeout=timeout
            )
        elif lot < MIX[1]:
            asked = person.http.get(f"/api/poll-status/{person.task_id}", timeout=timeout)
        else:
            asked = person.http.get("/api/credits/balance", timeout=timeout)
        async with asked as answer:
            await answer.read()
            return str(answer.status)

    async def _post(self, person: Person, path: str, values: dict[str, object]) -> dict[str, dict[str, str]]:
        headers = {"origin": self.fleet.base_url}
        async with person.http.post(path, json=values, headers=headers) as answer:
            answer.raise_for_status()
            return await answer.json()  # type: ignore[no-any-return]


async def measure(running: fleet.Fleet, *, sockets: int, rate: float, seconds: float, roll: bool) -> Found:
    """Put the load on for so many seconds."""
    load = Load(running)
    await load.gather_people(max(sockets // TABS, 1))
    await load.record()
    ready, opened = asyncio.Event(), 0

    def note() -> None:
        nonlocal opened
        opened += 1
        if opened == sockets:
            ready.set()

    pages = [
        asyncio.create_task(load.keep_page_open(load.people[number % len(load.people)], note))
        for number in range(sockets)
    ]
    try:
        await asyncio.wait_for(ready.wait(), 120)
        before = running.cpu()
        work: list[Awaitable[None]] = [load.ask(rate, seconds), load.move_videos(seconds)]
        if roll:
            work.append(asyncio.to_thread(lambda: [_say(f"  restarted {name}") for name in running.roll()]))  # type: ignore[arg-type]
        await asyncio.gather(*work)
        load.found.cpu = {name: spent - before[name] for name, spent in running.cpu().items()}
    finally:
        load.over = True
        for page in pages:
            page.cancel()
        await asyncio.gather(*pages, return_exceptions=True)
        await load.close()
    return load.found


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.many", description="Many people, many machines."
    )
    parser.add_argument("--sockets", type=int, default=500)
    parser.add_argument("--rate", type=float, default=200, help="requests a second")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--servers", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--roll", action="store_true", help="restart every part under the load")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="vannilli-many-") as folder,
        fleet.running(Path(folder), servers=given.servers, workers=given.workers) as running,
    ):
        found = asyncio.run(
            measure(running, sockets=given.sockets, rate=given.rate, seconds=given.seconds, roll=given.roll)
        )
    _say(
        f"{given.sockets} pages, {given.rate:g} requests/s for {given.seconds:g} s on {given.servers} servers,"
        f" {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    for name, samples, goal in (
        ("API", found.latencies, "p99 < 100 ms"),
        ("push", found.pushes, "p95 <= 250 ms"),
    ):
        if len(samples) > 1:
            shown = ", ".join(
                f"p{percent} {1000 * percentile(samples, percent):.0f} ms" for percent in (50, 95, 99)
            )
            _say(f"{name}: {len(samples)} times, {shown} (goal: {goal})")
    _say(
        f"errors {len(found.errors)} {sorted(set(found.errors))[:3]}, retried {found.retried}, pages that did not hear"
        f" {found.unheard}, reconnected {found.reconnects}"
    )
    shares = ", ".join(f"{name} {spent / given.seconds:.2f}" for name, spent in found.cpu.items())
    _say(f"cores used: {shares}")
    return 1 if found.errors or found.unheard else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
