"""How long it takes from a commit until a real browser has painted it, beside PostgreSQL's own notification.

The page is `/studio/preview` of a generation that a provider seems to be rendering. Each change is made as the
scheduler makes it: an UPDATE and a NOTIFY in one transaction. All clocks are this machine's.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import floor
from pathlib import Path
from typing import Any, Self
from uuid import UUID, uuid4

import psycopg
from playwright.async_api import Page

from tests import product
from tests.bench.figures import Figure, percentile
from tests.browser import chromium
from vannilli_app import routes
from vannilli_app.config import Settings
from vannilli_app.db import SERVICE, Database
from vannilli_app.generations import lifecycle, work
from vannilli_app.generations.schemas import Request
from vannilli_app.models import Generation

CHANGES = 60
BPM = 120
BARS = 32  # so that each of the changes moves the page's figure, which shows tenths of a bar
PATIENCE_SECONDS = 15
CHANNEL = "vannilli_bench"
AGAINST = "bare NOTIFY commit to LISTEN (psycopg)"

# Tells `painted` what the progress bar says and when: in the task after the frame that painted it.
WATCH = """() => {
  let last = null;
  const note = () => requestAnimationFrame(() => {
    const bar = document.querySelector(".making [role=progressbar]");
    const value = bar && bar.getAttribute("aria-valuenow");
    if (value === last) return;
    last = value;
    const after = new MessageChannel();
    after.port1.onmessage = () => window.painted(value, Date.now());
    after.port2.postMessage(null);
  });
  new MutationObserver(note).observe(document.body, { subtree: true, childList: true, attributes: true,
                                                      attributeFilter: ["aria-valuenow"] });
  note();
}"""


def figures() -> list[Figure]:
    """Median and 95th percentile of the seconds from just before a commit until it is painted."""
    with (
        tempfile.TemporaryDirectory(prefix="vannilli-bench-") as data,
        product.running(Path(data)) as running,
    ):
        pushes, notifications = asyncio.run(_measured(running.base_url, running.database_url))
    return [
        _figure(f"push, commit to painted, median of {CHANGES}", pushes, notifications, 50),
        _figure("  95th percentile", pushes, notifications, 95, "<= 250 ms"),
    ]


def _figure(name: str, ours: list[float], baseline: list[float], percent: int, goal: str = "") -> Figure:
    here, there = (1000 * percentile(samples, percent) for samples in (ours, baseline))
    return Figure(name, here, there, "ms", AGAINST, goal)


async def _measured(base_url: str, database_url: str) -> tuple[list[float], list[float]]:
    database = Database(Settings(database_url=database_url))
    pushes, notifications = [], []
    try:
        async with (
            chromium() as browser,
            await browser.new_context(base_url=base_url) as context,
            Notifier.connected(database_url) as notifier,
        ):
            page = await context.new_page()
            rendering = await Rendering.begin(database, page)
            async with Watched.opened(page, rendering.generation.id) as watched:
                for index in range(CHANGES):
                    await asyncio.sleep(random.uniform(0.1, 0.3))  # falls anywhere between two frames
                    progress = (index + 1) / CHANGES
                    committed = await rendering.reach(progress)
                    pushes.append(await watched.painted(rendering.shows(progress)) - committed)
                    notifications.append(await notifier.round_trip())
    finally:
        await database.close()
    return pushes, notifications


async def _post(page: Page, path: str, **values: Any) -> Any:
    """Call the API as the person of the page's browser."""
    answer = await page.request.post(path, data=values)
    return await answer.json()


def request_of(user_id: UUID) -> Request:
    """What a video of `BARS` bars was asked for with."""
    return Request(
        user_id=user_id, track_name="Bench", bpm=Decimal(BPM), bars=Decimal(BARS), time_signature="4/4",
        beat_unit="quarter", aspect="9:16", prompt=None, mode="standard", character_orientation="video",
        bar_one_seconds=Decimal(0), section_start_bar=Decimal(1), driver_path="", image_path="",
        audio_path=None, capture_offset_seconds=None, width=720, height=1280,
    )  # fmt: skip


class Rendering:
    """A generation in `rendering` at which no scheduler looks: only `reach` moves it."""

    def __init__(self, database: Database, user_id: UUID, generation: Generation) -> None:
        self._database, self._user_id, self.generation = database, user_id, generation

    @classmethod
    async def begin(cls, database: Database, page: Page) -> Self:
        """Sign the page's browser up and give that person one."""
        signed_up = await _post(
            page,
            routes.API_SIGN_UP,
            email=f"{uuid4()}@vannilli.test",
            password="a password of the bench",
            birth_date="1990-01-01",
            accept_terms=True,
        )
        project = await _post(page, routes.API_PROJECTS, track_name="Bench", bpm=BPM, bars=BARS)
        user_id = UUID(signed_up["user"]["id"])
        request = request_of(user_id)
        generation = Generation(
            project_id=UUID(project["id"]),
            kling_task_id=str(uuid4()),
            cost_credits=0,
            status="processing",
            stage="rendering",
            request=request.model_dump(mode="json"),
            due_at=datetime.now(UTC) + timedelta(days=365),
        )
        async with database.transaction(SERVICE) as session:
            session.add(generation)
        return cls(database, user_id, generation)

    def shows(self, progress: float) -> str:
        """What the page's progress bar says at this share of the rendering."""
        bars = round(lifecycle.overall("rendering", progress) * BARS, 2)
        return f"{floor(bars * 10 + 0.5) / 10:g}"  # as JavaScript rounds

    async def reach(self, progress: float) -> float:
        """Change it and tell its owner; the instant just before the commit, in seconds since 1970."""
        async with self._database.transaction(SERVICE) as session:
            self.generation.progress = progress
            await session.merge(self.generation)
            await work.tell(session, self._user_id, self.generation.id)
            return time.time()  # the commit comes when the block ends


class Watched:
    """A page whose every paint of a new value is noted."""

    def __init__(self) -> None:
        self._painted: dict[str, float] = {}
        self._changed = asyncio.Event()

    @classmethod
    @asynccontextmanager
    async def opened(cls, page: Page, generation_id: UUID) -> AsyncIterator[Self]:
        """The preview page of a generation, live."""
        watched = cls()
        await page.expose_function("painted", watched._note)
        await page.goto(f"{routes.STUDIO_PREVIEW}?generation={generation_id}")
        await page.locator(".making [role=progressbar]").wait_for()
        await page.evaluate(WATCH)
        yield watched

    async def painted(self, value: str) -> float:
        """When `value` was painted, in seconds since 1970. Raises TimeoutError when it never is."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while value not in self._painted:
                self._changed.clear()
                await self._changed.wait()
        return self._painted[value]

    def _note(self, value: str, milliseconds: float) -> None:
        self._painted.setdefault(value, milliseconds / 1000)
        self._changed.set()


class Notifier:
    """Two bare connections: one notifies, the other listens."""

    def __init__(self, sender: psycopg.AsyncConnection[Any], listener: psycopg.AsyncConnection[Any]) -> None:
        self._sender, self._listener = sender, listener

    @classmethod
    @asynccontextmanager
    async def connected(cls, url: str) -> AsyncIterator[Self]:
        """Connected to a database, until the block ends."""
        async with (
            await psycopg.AsyncConnection.connect(url) as sender,
            await psycopg.AsyncConnection.connect(url, autocommit=True) as listener,
        ):
            await listener.execute(f"LISTEN {CHANNEL}")
            yield cls(sender, listener)

    async def round_trip(self) -> float:
        """Seconds from just before a commit until its notification is here."""
        await self._sender.execute(f"NOTIFY {CHANNEL}")
        heard = asyncio.create_task(self._next())
        await asyncio.sleep(0)
        before = time.perf_counter()
        await self._sender.commit()
        return await heard - before

    async def _next(self) -> float:
        async for _ in self._listener.notifies(timeout=PATIENCE_SECONDS, stop_after=1):
            return time.perf_counter()
        raise TimeoutError("PostgreSQL did not notify")
