"""A finished video without a render: a row, and a short film in the store. And the worker that makes its kit."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from tests.artist import Artist, NewArtist
from tests.media import makers
from tests.showcase.rows import add_video
from vannilli_app import worker
from vannilli_app.config import Settings
from vannilli_app.db import Database
from vannilli_app.storage import FINAL_RENDERS, store

Work = Callable[[], Awaitable[None]]


@pytest.fixture
async def work(database: Database, environment: Settings) -> AsyncIterator[Work]:
    """Does what is queued for kits."""
    app = worker.make_app(environment)

    async def until_idle() -> None:
        await app.run_worker_async(queues=["kits"], wait=False, install_signal_handlers=False)

    async with app.open_async():
        yield until_idle


@pytest.fixture
async def artist(new_artist: NewArtist) -> Artist:
    return await new_artist()


@pytest.fixture
async def video(artist: Artist, environment: Settings, tmp_path: Path) -> UUID:
    """A bar at 200, 1.2 s, finished and not downloaded yet."""
    with psycopg.connect(environment.database_url, autocommit=True) as owner:
        made = add_video(owner, UUID(artist.id), bpm=Decimal(200), bars=Decimal(1))
    film = tmp_path / "final.mp4"
    await asyncio.to_thread(makers.film, film, frames=36, size=(180, 320), sound=makers.music(1.2))
    await store().upload(FINAL_RENDERS, f"videos/{made}/final.mp4", film, "video/mp4")
    return made
