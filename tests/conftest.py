"""The ground every test stands on: one PostgreSQL cluster a run, a freshly migrated database a test."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest
from xdist import is_xdist_worker
from xdist.remote import Producer

from tests import shares
from tests.artist import Artist, NewArtist
from tests.product import UNHURRIED
from vannilli_app import config, db, demo, mail, payments, providers, rates, storage
from vannilli_app.embedded import EmbeddedPostgres
from vannilli_app.http_api import make_api


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> shares.Shares:
    return shares.Shares(config, log)


def pytest_collection_modifyitems(session: pytest.Session, items: list[pytest.Item]) -> None:
    if is_xdist_worker(session):
        items[:] = shares.longest_first(items)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A real server for the whole run; durability is off, since nothing here outlives it."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("postgres"), fast=True)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def migrated(postgres: EmbeddedPostgres) -> str:
    """The name of a database made by the real migrations, to copy from."""
    name = "migrated"
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    db.migrate(postgres.url(name))
    return name


@pytest.fixture(scope="session")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> demo.Inputs:
    """A picture, a track and a performance that the project makes itself: one bar at 100, so 2.4 s."""
    folder = tmp_path_factory.mktemp("inputs")
    return demo.write(folder, bpm=100, bars=1, image_size=(540, 960), clip_size=(360, 640))


@pytest.fixture
def database_url(postgres: EmbeddedPostgres, migrated: str) -> Iterator[str]:
    """The owner's URL of a database of this test's own."""
    name = f"test_{uuid4().hex[:12]}"
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {migrated} STRATEGY FILE_COPY")
    yield postgres.url(name)
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def bare_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[config.Settings]:
    """The process's settings for this test: its data folder, and no database; every cached choice made anew."""
    for name in config.Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("VANNILLI_ENV", "test")
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SECRET_KEY", "a secret of the tests, 32 characters and more")
    for name, many in UNHURRIED.items():
        monkeypatch.setenv(name, many)
    forget_choices()
    yield config.settings()
    forget_choices()


@pytest.fixture
def environment(
    bare_environment: config.Settings, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> config.Settings:
    """The same with a database of its own."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    forget_choices()
    return config.settings()


def forget_choices() -> None:
    """Have everything that a process chooses once chosen anew."""
    choices = (
        config.settings,
        db.database,
        mail.mailer,
        payments.payments,
        providers.providers,
        storage.store,
    )
    for cached in choices:
        cached.cache_clear()
    rates.forget()


@pytest.fixture
async def new_artist(database: db.Database, environment: config.Settings) -> AsyncIterator[NewArtist]:
    """Signs people up, each with a client of their own."""
    async with AsyncExitStack() as stack:
        transport = httpx.ASGITransport(app=make_api())

        async def sign_up() -> Artist:
            client = httpx.AsyncClient(transport=transport, base_url=environment.base_url, timeout=60)
            return await Artist.sign_up(await stack.enter_async_context(client))

        yield sign_up


@pytest.fixture
async def database(environment: config.Settings) -> AsyncIterator[db.Database]:
    """The process's database, wired to this test's."""
    yield db.database()
    await asyncio.shield(db.database().close())
