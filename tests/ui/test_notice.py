"""What a page says when its server is away, refuses or fails, and when the page itself breaks."""

import json
import re

import pytest
from playwright.async_api import Browser, Page, WebSocketRoute, expect

from tests.product import Product
from vannilli_app.ui.notice import Notice, saying

pytestmark = [pytest.mark.e2e]

EVENTS = re.compile("/_event")
FAILED = "Something went wrong on our side."
BROKEN = "Intl.NumberFormat = function () { throw new Error('out of order'); };"

# Connections that break off together, and lead nowhere until they are mended.
BREAKABLE = """
    let way = null;
    const open = [];
    globalThis.WebSocket = class extends WebSocket {
        constructor(url, ...rest) { super(way ?? url, ...rest); open.push(this); }
    };
    globalThis.sever = () => { way = "ws://localhost:9"; open.forEach((one) => one.close()); };
    globalThis.mend = () => { way = null; };
"""


class Wire:
    """Between a page and its server."""

    def __init__(self) -> None:
        self.page: list[WebSocketRoute] = []
        self.server: list[WebSocketRoute] = []
        self.asked = ""

    async def attach(self, page: Page) -> None:
        await page.route_web_socket(EVENTS, self._join)

    def _join(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        self.page.append(socket)
        self.server.append(server)

        def ask(message: str | bytes) -> None:
            self.asked = self.asked or str(message)
            server.send(message)

        socket.on_message(ask)

    def say(self, delta: object) -> None:
        """As if the server had sent it."""
        self.page[-1].send("42/_event," + json.dumps(["event", {"delta": delta}]))

    def ask(self, name: str, **payload: object) -> None:
        """As if the page had sent it."""
        event = json.loads(self.asked.partition(",")[2])["event"]
        event |= {"name": name, "payload": payload}
        self.server[-1].send("42/_event," + json.dumps(["event", event]))


@pytest.fixture
async def page(browser: Browser, running: Product) -> Page:
    return await browser.new_page(base_url=running.base_url)


async def test_what_the_server_says_instead_of_an_event_is_read_and_closed(page: Page) -> None:
    wire = Wire()
    await wire.attach(page)
    await page.goto("/pricing", wait_until="networkidle")
    wire.say(saying("That was a little fast.").delta)
    said = page.locator(".app-bar").get_by_text("That was a little fast.")
    await expect(said).to_be_visible()
    await page.get_by_role("button", name="Close").click()
    await expect(said).to_be_hidden()


async def test_an_event_that_fails_is_said_to_the_person(page: Page) -> None:
    wire = Wire()
    await wire.attach(page)
    await page.goto("/pricing", wait_until="networkidle")
    wire.ask(f"{Notice.get_full_name()}.read", unknown="argument")
    said = page.locator(".app-bar").get_by_text(FAILED)
    await expect(said).to_be_visible()
    await page.get_by_role("button", name="Close").click()
    await expect(said).to_be_hidden()


async def test_a_lost_connection_is_said_until_it_is_back(page: Page) -> None:
    await page.add_init_script(BREAKABLE)
    await page.goto("/pricing", wait_until="networkidle")
    said = page.locator(".app-bar").get_by_text("The connection to Vannilli is lost.")
    await expect(said).to_be_hidden()
    await page.evaluate("sever()")
    await expect(said).to_be_visible(timeout=20_000)
    await page.evaluate("mend()")
    await expect(said).to_be_hidden(timeout=20_000)


async def test_a_page_that_breaks_says_so_without_a_stack_trace(page: Page) -> None:
    await page.add_init_script(BROKEN)
    await page.goto("/calculator")
    await expect(page.get_by_role("heading", name="This page broke off.")).to_be_visible()
    await expect(page.get_by_text("out of order")).to_have_count(0)
    async with page.expect_navigation():
        await page.get_by_role("button", name="Load the page again").click()


async def test_a_german_page_that_breaks_leads_back_to_the_german_start(page: Page) -> None:
    await page.add_init_script(BROKEN)
    await page.goto("/de/calculator")
    await expect(page.get_by_role("alert").get_by_role("link")).to_have_attribute("href", "/de")
