"""One running product, and videos that are being made in it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack

import httpx
import pytest

from tests import product
from tests.artist import Artist
from tests.crash.video import Video
from tests.product import Product
from vannilli_app import demo, frontend
from vannilli_app.config import ROOT

NewVideo = Callable[..., Awaitable[Video]]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product, with the provider that costs a credit a second."""
    frontend.ensure()
    with product.running(
        tmp_path_factory.mktemp("live"),
        PYTHONPATH=str(ROOT),
        EXTRA_PROVIDERS="tests.fakes.priced:providers",
        FREE_GENERATIONS_PER_DAY="1000",
    ) as running:
        yield running


@pytest.fixture
async def new_video(live: Product, inputs: demo.Inputs) -> AsyncIterator[NewVideo]:
    """Starts videos of 1.2 s a bar, each by a new artist, who has 3 credits; a bar reserves 2, two bars 3."""
    files = {
        "driver_video": inputs.performance.path,
        "target_image": inputs.image,
        "audio": inputs.track.path,
    }
    async with AsyncExitStack() as stack:

        async def start(provider: str = "priced", bars: int = 1) -> Video:
            http = await stack.enter_async_context(httpx.AsyncClient(base_url=live.base_url, timeout=60))
            artist = await Artist.sign_up(http)
            project = await artist.project(bpm=200, bars=bars)
            await artist.upload(project, **files)
            started = await artist.start(project, provider=provider)
            assert started.status_code == 202, started.text
            return Video(live, artist, started.json()["generation_id"], started.json()["internal_task_id"])

        yield start
