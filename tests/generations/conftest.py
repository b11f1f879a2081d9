"""The API and the worker in this process, on the test's own database and store."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from tests.conftest import forget_choices
from tests.fakes import everyone, server
from tests.fakes.everyone import Everyone
from tests.generations.flight import Flight
from tests.media import makers
from vannilli_app import demo, providers, worker
from vannilli_app.config import Settings, settings
from vannilli_app.db import Database
from vannilli_app.db import database as the_database
from vannilli_app.generations import dispatch, look
from vannilli_app.http_api import make_api

Work = Callable[[], Awaitable[None]]
BETWEEN_LOOKS = timedelta(seconds=1.2)  # the local animator is looked at once a second


@pytest.fixture
async def work(database: Database, environment: Settings) -> AsyncIterator[Work]:
    async with working(environment) as work:
        yield work


@asynccontextmanager
async def working(environment: Settings) -> AsyncIterator[Work]:
    """Does the queued work, looking at providers in between, until nothing is left to do."""
    app = worker.make_app(environment)
    ahead = timedelta()

    async def until_idle() -> None:
        nonlocal ahead
        while True:
            for queue in ("cancel", "work", "segments", "render", "kits", "mail"):
                await app.run_worker_async(queues=[queue], wait=False, install_signal_handlers=False)
            ahead += BETWEEN_LOOKS
            now = datetime.now(UTC) + ahead
            moved = await look.look_at_due(now) + await dispatch.dispatch_all(now)
            if not moved and not list(await app.job_manager.list_jobs_async(status="todo")):
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


@pytest.fixture
async def fakes(environment: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Everyone]:
    """All providers, set up in this process's settings, and our own API, where they fetch files and call back."""
    with ExitStack() as stack:
        served = everyone.serving(stack, render_seconds=0.02)
        listener = server.listening()
        ours = {"PUBLIC_URL": f"http://127.0.0.1:{listener.getsockname()[1]}"}
        for name, value in (served.settings | ours).items():
            monkeypatch.setenv(name, value)
        forget_choices()
        async with server.serving_here(make_api(), listener):
            yield served
        await the_database().close()  # only now: a late callback opens it again
        for one in providers.providers().values():
            await one.close()
    forget_choices()


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Three seconds of numbered frames, and a picture."""
    folder = tmp_path_factory.mktemp("clips")
    clip = makers.film(folder / "take.mp4", frames=90, size=(360, 640))
    makers.ffmpeg("-i", clip, "-frames:v", 1, folder / "picture.png")
    return {"driver_video": clip, "target_image": folder / "picture.png"}


@pytest.fixture
async def flight(fakes: Everyone, clips: dict[str, Path]) -> AsyncIterator[Flight]:
    app = worker.make_app(settings())
    with psycopg.connect(settings().database_url, autocommit=True) as owner:
        async with app.open_async():
            yield Flight(app, owner, clips)
