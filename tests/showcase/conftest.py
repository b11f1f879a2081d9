"""Finished videos without a render: a row, and small files in the store."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from tests.artist import Artist
from tests.showcase.rows import add_admin, add_video
from vannilli_app import worker
from vannilli_app.accounts.schemas import Client, Identity
from vannilli_app.config import Settings
from vannilli_app.db import Database
from vannilli_app.http_api import make_api
from vannilli_app.showcase.shelf import shelf
from vannilli_app.storage import FINAL_RENDERS, store

VIDEO, STILL = b"a video", b"a still"
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"

Settle = Callable[[], Awaitable[None]]
NewVideo = Callable[..., Awaitable[str]]


@pytest.fixture
def owner(database_url: str) -> Any:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture(autouse=True)
def empty_shelf() -> None:
    shelf.drop()


@pytest.fixture
async def settle(database: Database, environment: Settings) -> AsyncIterator[Settle]:
    """Does what is queued for the worker."""
    app = worker.make_app(environment)

    async def work() -> None:
        await app.run_worker_async(queues=["work"], wait=False, install_signal_handlers=False)

    async with app.open_async():
        yield work


@pytest.fixture
def new_video(owner: psycopg.Connection[Any], database: Database, tmp_path: Path) -> NewVideo:
    """Adds a finished video of an artist; `song` are changes of its section. Gives its id."""

    async def add(artist: Artist, **song: Any) -> str:
        video = add_video(owner, UUID(artist.id), **song)
        for name, content, kind in (
            ("final.mp4", VIDEO, "video/mp4"),
            ("thumbnail.jpg", STILL, "image/jpeg"),
        ):
            path = tmp_path / name
            await asyncio.to_thread(path.write_bytes, content)
            await store().upload(FINAL_RENDERS, f"videos/{video}/{name}", path, kind)
        return str(video)

    return add


@pytest.fixture
async def visitor(database: Database) -> AsyncIterator[Callable[..., httpx.AsyncClient]]:
    """Somebody's phone, signed out, at an address."""
    made: list[httpx.AsyncClient] = []

    def open_one(address: str = "203.0.113.9", agent: str = PHONE) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=make_api(), client=(address, 1))
        made.append(
            httpx.AsyncClient(transport=transport, base_url="http://api", headers={"user-agent": agent})
        )
        return made[-1]

    yield open_one
    for client in made:
        await client.aclose()


@pytest.fixture
def admin(owner: psycopg.Connection[Any]) -> Identity:
    return add_admin(owner)


HERE = Client(None, "a test")


async def kept() -> list[str]:
    """The keys of everything that the showcase has in the store."""
    return [one.key async for one in store().list(FINAL_RENDERS, "showcase/")]
