"""The API and the worker in this process, on the test's own database and store."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tests.artist import Artist
from vannilli_app import demo, providers, worker
from vannilli_app.config import Settings, settings
from vannilli_app.db import Database
from vannilli_app.generations import jobs
from vannilli_app.http_api import make_api

Work = Callable[[], Awaitable[None]]
NewArtist = Callable[[], Awaitable[Artist]]


@pytest.fixture
async def new_artist(database: Database, environment: Settings) -> AsyncIterator[NewArtist]:
    """Signs people up, each with a client of their own."""
    async with AsyncExitStack() as stack:
        transport = httpx.ASGITransport(app=make_api())

        async def sign_up() -> Artist:
            client = httpx.AsyncClient(transport=transport, base_url=environment.base_url, timeout=60)
            return await Artist.sign_up(await stack.enter_async_context(client))

        yield sign_up


@pytest.fixture
async def work(database: Database, environment: Settings) -> AsyncIterator[Work]:
    """Does the queued work, looking at providers in between, until nothing is left to do."""
    app = worker.make_app(environment)

    async def until_idle() -> None:
        while True:
            for queue in ("cancel", "work", "render"):
                await app.run_worker_async(queues=[queue], wait=False, install_signal_handlers=False)
            await asyncio.sleep(1.05)  # the local animator is looked at once a second
            if not await jobs.look_at_due(datetime.now(UTC)):
                break

    async with app.open_async():
        yield until_idle


@pytest.fixture
def priced(environment: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Offers the provider that costs a credit a second."""
    monkeypatch.setenv("EXTRA_PROVIDERS", "tests.fakes.priced:providers")
    settings.cache_clear()
    providers.providers.cache_clear()


@pytest.fixture
def files(inputs: demo.Inputs) -> dict[str, Path]:
    """A good file of each kind."""
    return {
        "driver_video": inputs.performance.path,
        "target_image": inputs.image,
        "audio": inputs.track.path,
    }
