"""Many people whose pages are open, who ask, and whose videos move on: the load that `tests.bench.many` puts on.

Open pages are websockets that say what a browser says: its first frame is recorded from a real one.
"""

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID, uuid4

import aiohttp
import psycopg
from playwright.async_api import WebSocket

from tests.artist import PASSWORD
from tests.bench.push import request_of
from tests.browser import chromium
from vannilli_app import routes

TABS = 2  # of one person: a telephone and a computer
SIGN_UPS_AT_ONCE = 4
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
    cores: dict[str, float] = field(default_factory=dict)  # that each part took, on average
    restarted: list[str] = field(default_factory=list)
    made: int = 0  # videos, while parts were restarted
    wrong: list[str] = field(default_factory=list)  # what is not right about one of them


class Load:
    """The people, their pages and their requests."""

    def __init__(self, base_url: str, database_url: str) -> None:
        self.base_url, self.database_url = base_url, database_url
        self.found = Found()
        self.people: list[Person] = []
        self.frame = ""  # what a browser says first on the page of a video, with its token out
        self.over = False

    async def gather_people(self, count: int) -> None:
        """Sign them up and give each a video that nobody works on."""
        room = asyncio.Semaphore(SIGN_UPS_AT_ONCE)
        self.people += await asyncio.gather(*(self._newcomer(room) for _ in range(count)))

    async def record(self) -> None:
        """What a real browser sends first on the first person's page."""
        person = self.people[0]
        async with chromium() as browser:
            context = await browser.new_context(base_url=self.base_url)
            cookies = [
                {"name": one.key, "value": one.value, "url": self.base_url} for one in person.http.cookie_jar
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

    async def keep_page_open(self, person: Person, opened: Callable[[], None], *, after: float) -> None:
        """One page, opened in so many seconds. When its server goes it comes back, and is told how things stand."""
        token = str(uuid4())
        await asyncio.sleep(after)
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
        async with await psycopg.AsyncConnection.connect(self.database_url) as owner:
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

    async def _newcomer(self, room: asyncio.Semaphore) -> Person:
        person = Person(aiohttp.ClientSession(self.base_url, cookie_jar=aiohttp.CookieJar(unsafe=True)))
        async with room:
            answer = await self._post(
                person, routes.API_SIGN_UP,
                {"email": f"{uuid4()}@vannilli.test", "password": PASSWORD, "birth_date": "1990-01-01",
                 "accept_terms": True},
            )  # fmt: skip
            project = await self._post(
                person, routes.API_PROJECTS, {"track_name": "Many", "bpm": 120, "bars": 32}
            )
        person.id = answer["user"]["id"]
        person.task_id, person.generation_id = str(uuid4()), str(uuid4())
        wanted = request_of(UUID(person.id)).model_dump_json()
        async with await psycopg.AsyncConnection.connect(self.database_url) as owner:
            await owner.execute(
                "INSERT INTO generations (id, project_id, internal_task_id, cost_credits, status, stage, request,"
                " due_at) VALUES (%s, %s, %s, 0, 'processing', 'rendering', %s, now() + interval '1 day')",
                [person.generation_id, project["id"], person.task_id, wanted],
            )
        return person

    async def _page(self, person: Person, token: str, opened: Callable[[], None]) -> None:
        path = SOCKET.format(query=urlencode({"token": token, "EIO": 4, "transport": "websocket"}))
        headers = {"origin": self.base_url}
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
        headers = {"origin": self.base_url}
        async with person.http.post(path, json=values, headers=headers) as answer:
            answer.raise_for_status()
            return await answer.json()  # type: ignore[no-any-return]
