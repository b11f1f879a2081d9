"""Session replay: off unless it is switched on, then masked, and never of who asks not to be tracked."""

import asyncio
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests import product
from tests.fakes import server
from tests.product import Product, eventually

pytestmark = [pytest.mark.e2e]
PRIVATE = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { value: true });"


class Sentry:
    """A receiver of recorded visits: what was sent, unpacked, one text an envelope."""

    def __init__(self) -> None:
        self.took: list[str] = []
        self.app = Starlette(routes=[Route("/api/1/envelope/", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> JSONResponse:
        body = await request.body()
        head, mark, packed = body.partition(b"\x78\x9c")
        recording = zlib.decompress(mark + packed) if mark else b""
        self.took.append((head + recording).decode())
        return JSONResponse({}, headers={"access-control-allow-origin": "*"})


@pytest.fixture(scope="module")
def sentry() -> Iterator[tuple[Sentry, str]]:
    receiver = Sentry()
    with server.serving(receiver.app) as url:
        yield receiver, url.replace("http://", "http://key@") + "/1"


@pytest.fixture(scope="module")
def recorded(sentry: tuple[Sentry, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with product.running(
        tmp_path_factory.mktemp("replay"), SENTRY_DSN=sentry[1], SENTRY_REPLAY="1"
    ) as started:
        yield started


@pytest.fixture
async def page(browser: Browser) -> Page:
    return await browser.new_page()


async def kept(page: Page) -> Any:
    """What the SDK has put into the tab's storage; None where there is nothing."""
    return await page.evaluate("JSON.parse(sessionStorage.getItem('sentryReplaySession'))")


@pytest.mark.long
async def test_a_visit_is_recorded_without_what_it_says(
    page: Page, recorded: Product, sentry: tuple[Sentry, str]
) -> None:
    await page.goto(recorded.base_url + "/privacy")
    await expect(page.get_by_text("Sentry records some visits")).to_be_visible()
    await page.goto(recorded.base_url + "/signin")
    await page.get_by_label("Email").fill("somebody@vannilli.test")
    took = sentry[0].took
    assert await asyncio.to_thread(eventually, lambda: any("/signin" in one for one in took))
    assert (await kept(page))["id"] in "".join(took)
    await page.goto("about:blank")  # what was not sent yet is sent now
    assert await asyncio.to_thread(eventually, lambda: any('"type":2' in one for one in took)), "no picture"
    everything = "".join(took)
    assert "replay_event" in everything
    assert "somebody@vannilli.test" not in everything
    assert "Sign in" not in everything


@pytest.mark.long
@pytest.mark.parametrize("why", ["asked", "link"])
async def test_nobody_is_recorded_who_asks_for_it_or_comes_by_a_secret_link(
    page: Page, recorded: Product, sentry: tuple[Sentry, str], why: str
) -> None:
    if why == "asked":
        await page.add_init_script(PRIVATE)
    scripts: list[str] = []
    page.on("request", lambda request: scripts.append(request.url))
    sentry[0].took.clear()
    await page.goto(recorded.base_url + ("/reset#3f9a" if why == "link" else "/signin"))
    await page.wait_for_load_state("networkidle")
    await page.wait_for_timeout(1000)
    assert not any("/replay-" in url for url in scripts)
    assert sentry[0].took == []
    assert await kept(page) is None


@pytest.mark.parametrize(
    ("address", "says"),
    [("/privacy", "Sentry keeps its number"), ("/de/privacy", "hebt Sentry ihre Nummer")],
)
async def test_the_privacy_page_says_what_a_recording_keeps_in_the_tab(
    page: Page, recorded: Product, running: Product, address: str, says: str
) -> None:
    await page.goto(recorded.base_url + address)
    await expect(page.get_by_text(says)).to_be_visible()
    await page.goto(running.base_url + address, wait_until="networkidle")
    await expect(page.locator("article h1")).to_be_visible()
    await expect(page.get_by_text(says)).to_have_count(0)


async def test_a_page_of_a_server_without_replay_loads_no_recorder(
    browser: Browser, running: Product
) -> None:
    page = await browser.new_page(base_url=running.base_url)
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    await page.goto("/signin", wait_until="networkidle")
    assert any("/session_replay-" in url for url in urls)
    assert [url for url in urls if "/replay-" in url] == []
