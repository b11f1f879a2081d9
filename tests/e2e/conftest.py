"""One running product, a browser with the performance as its camera, and people with phones."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack

import httpx
import pytest
from playwright.async_api import Browser

from tests import product
from tests.artist import Artist
from tests.browser import FAKE_DEVICES, chromium
from tests.e2e.walk import Walk, phone
from tests.product import Product
from vannilli_app import demo, frontend
from vannilli_app.media import ffmpeg

NewArtist = Callable[[], Awaitable[Artist]]


@pytest.fixture(scope="package")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    frontend.ensure()
    with product.running(tmp_path_factory.mktemp("live"), FREE_GENERATIONS_PER_DAY="1000") as running:
        yield running


@pytest.fixture(scope="package")
async def browser(inputs: demo.Inputs, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """Its camera plays the performance at 30 frames a second, its microphone hears the track; both go round."""
    camera = tmp_path_factory.mktemp("camera") / "camera.mjpeg"
    clip = ffmpeg.source(inputs.performance.path)
    await ffmpeg.run([*clip, "-an", "-q:v", "2", "-f", "mjpeg", ffmpeg.target(camera)])
    devices = (
        f"--use-file-for-fake-video-capture={camera}",
        f"--use-file-for-fake-audio-capture={inputs.track.path}",
    )
    async with chromium(*FAKE_DEVICES, *devices) as started:
        yield started


@pytest.fixture
async def walk(browser: Browser, live: Product) -> AsyncIterator[Walk]:
    """Somebody's phone; nobody is signed in."""
    async with phone(browser, live.base_url) as opened:
        yield opened


@pytest.fixture
async def new_artist(live: Product) -> AsyncIterator[NewArtist]:
    """Signs somebody new up by the API."""
    async with AsyncExitStack() as stack:

        async def sign_up() -> Artist:
            http = await stack.enter_async_context(httpx.AsyncClient(base_url=live.base_url, timeout=60))
            return await Artist.sign_up(http)

        yield sign_up
