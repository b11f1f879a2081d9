"""Vannilli as an installed app: without a connection, after a deploy, at sign-out, and before its scripts have come."""

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, WebSocketRoute, expect

from tests.browser import profile
from tests.product import Product, eventually
from tests.ui.test_pages import sign_up, somebody
from vannilli_app.demo.inputs import Inputs

pytestmark = [pytest.mark.e2e]

KEPT = """async () => {
    const { active } = await navigator.serviceWorker.ready;
    while (active.state !== "activated") await new Promise((later) => setTimeout(later, 50));
}"""
IN_CACHES = """async () => {
    const names = await caches.keys();
    const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return requests.flat().map((request) => new URL(request.url).pathname + new URL(request.url).search);
}"""


@contextmanager
def deployments(base_url: str) -> Iterator[tuple[str, Event]]:
    """The product's files at an address where another build of them is served once the event is set."""
    deployed = Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = httpx.get(base_url + self.path, headers={"accept-encoding": "identity"})
            another = {"/sw.js": b"// another build", "/": b"<!-- another build -->"}.get(self.path, b"")
            body = found.content + (another if deployed.is_set() else b"")
            self.send_response(found.status_code)
            for name in ("content-type", "cache-control"):
                self.send_header(name, found.headers.get(name, ""))
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_port}/", deployed
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
async def context(browser: Browser, running: Product) -> BrowserContext:
    return await browser.new_context(base_url=running.base_url)


@pytest.fixture
async def page(context: BrowserContext) -> Page:
    return await context.new_page()


async def test_a_browser_would_install_it(running: Product, tmp_path: Path) -> None:
    async with profile(tmp_path) as context:
        page = await context.new_page()
        await page.goto(running.base_url)
        await page.evaluate(KEPT)
        devtools = await context.new_cdp_session(page)
        assert (await devtools.send("Page.getInstallabilityErrors"))["installabilityErrors"] == []
        manifest = json.loads((await devtools.send("Page.getAppManifest"))["data"])
        pictures = [picture["src"] for picture in [*manifest["icons"], *manifest["screenshots"]]]
        for path in [*pictures, *(shortcut["url"] for shortcut in manifest["shortcuts"])]:
            assert (await page.request.get(running.base_url + path)).status == 200, path


async def test_in_german_it_is_installed_in_german_as_the_same_app(page: Page) -> None:
    apps = []
    for path in ("/", "/de/calculator"):
        await page.goto(path)
        link = await page.locator('link[rel="manifest"]').get_attribute("href")
        apps.append(await (await page.request.get(str(link))).json())
    english, german = apps
    assert (german["id"], german["lang"], german["start_url"]) == (english["id"], "de", "/de/studio")
    assert [shortcut["name"] for shortcut in german["shortcuts"]] == [
        "Neues Video",
        "Deine Videos",
        "Tempo-Rechner",
    ]
    for path in [german["start_url"], *(shortcut["url"] for shortcut in german["shortcuts"])]:
        assert (await page.request.get(path)).status == 200, path
    await page.evaluate(KEPT)
    await page.context.set_offline(True)
    await page.goto("/de/nirgends")
    await expect(page.get_by_role("heading", name="Diese Seite braucht eine Verbindung.")).to_be_visible()


async def test_scripts_are_fetched_once_a_page_is_painted(page: Page) -> None:
    await page.goto("/pricing", wait_until="networkidle")
    painted, fetched = await page.evaluate(
        """() => [
            performance.getEntriesByName("first-contentful-paint")[0].startTime,
            performance.getEntriesByType("resource").filter(({ name }) => /\\/assets\\/.*\\.js$/.test(name))
                .map(({ startTime }) => startTime),
        ]"""
    )
    assert min(fetched) > painted


async def test_without_a_connection_the_calculator_computes_and_drafts_open(
    page: Page, context: BrowserContext
) -> None:
    await sign_up(page, somebody(), "/studio/new")
    await page.get_by_label("What is it called?").fill("Night Bus")
    await page.wait_for_url("**/studio/new?project=*")
    await page.get_by_text("Saved", exact=True).wait_for()
    draft = page.url
    await page.evaluate(KEPT)
    await context.set_offline(True)

    await page.goto("/calculator?bpm=93.5&bars=16")
    await expect(page.get_by_text("You are offline.")).to_be_visible()
    await expect(page.locator("output.answer")).to_contain_text("41.07 s")
    await page.get_by_label("Tempo in BPM, typed").fill("120")
    await expect(page.locator("output.answer")).to_contain_text("32 s")
    await page.goto("/bpm/100")
    await expect(page.locator("output.answer")).to_contain_text("19.2")

    await page.goto("/studio")
    await page.get_by_role("link", name="Night Bus").click()
    await expect(page.get_by_label("What is it called?")).to_have_value("Night Bus")
    await expect(page.get_by_text("Offline: as last saved here")).to_be_visible()
    await page.get_by_label("What is it called?").fill("Night Train")
    await expect(page.get_by_text("Not saved yet")).to_be_visible()
    await context.set_offline(False)
    await expect(page.get_by_text("Saved", exact=True)).to_be_visible(timeout=15_000)
    assert page.url == draft

    await page.goto("/account")
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url(re.compile(r"/$"))
    await page.evaluate(KEPT)
    await context.set_offline(True)
    await page.goto(draft)
    await expect(page.get_by_label("What is it called?")).to_have_value("")
    await page.goto("/nowhere")
    await expect(page.get_by_role("heading", name="This page needs a connection.")).to_be_visible()


async def test_nothing_of_a_person_is_kept_with_the_pages(page: Page) -> None:
    await page.goto("/")
    await page.evaluate(KEPT)
    before = sorted(await page.evaluate(IN_CACHES))
    assert "/calculator" in before
    await sign_up(page, somebody(), "/studio")
    for path in ("/studio/new", "/account", "/studio"):
        await page.goto(path, wait_until="networkidle")
    assert sorted(await page.evaluate(IN_CACHES)) == before
    assert not [path for path in before if path.startswith(("/api", "/files"))]


@pytest.mark.long
async def test_a_deploy_is_served_at_once_and_offered(page: Page, running: Product) -> None:
    with deployments(running.base_url) as (address, deploy):
        await page.goto(address)
        await page.evaluate(KEPT)
        await page.reload()
        deploy.set()
        served = await page.reload()
        assert served
        assert "another build" in await served.text()
        await page.evaluate("navigator.serviceWorker.ready.then((r) => r.update())")
        load = page.get_by_role("button", name="Load it")
        await expect(load).to_be_visible(timeout=30_000)  # it fetches every file first
        async with page.expect_navigation():
            await load.click()
        await expect(load).to_be_hidden()


async def test_a_page_of_another_build_than_its_server_loads_the_new_one(page: Page) -> None:
    """As after a deploy: the page says once which states it knows, and the server knows others."""
    loads: list[str] = []
    page.on("load", lambda loaded: loads.append(loaded.url))

    def outdated(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def send(message: str | bytes) -> None:
            old = isinstance(message, str) and not loads[1:]
            server.send(re.sub(r'("state_schema":")[^"]*', r"\1old", str(message)) if old else message)

        socket.on_message(send)

    await page.route_web_socket(re.compile("/_event"), outdated)
    await page.goto("/pricing")
    assert await asyncio.to_thread(eventually, lambda: len(loads) == 2)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()


async def held_back(page: Page) -> asyncio.Event:
    """From here on the page's scripts come only once the event is set."""
    come = asyncio.Event()

    async def late(route: Route) -> None:
        await come.wait()
        await route.continue_()

    await page.route("**/assets/*.js", late)
    return come


async def test_what_is_typed_and_pressed_before_the_scripts_have_come_is_done(page: Page) -> None:
    come = await held_back(page)
    await page.goto("/calculator", wait_until="commit")
    await page.get_by_label("Tempo in BPM, typed").fill("120")
    await page.get_by_role("button", name="16", exact=True).click()
    come.set()
    await expect(page.locator("output.answer")).to_contain_text("32 s")


async def test_what_is_chosen_before_the_scripts_have_come_is_kept(page: Page, inputs: Inputs) -> None:
    await sign_up(page, somebody(), "/studio/new")
    await page.get_by_label("What is it called?").wait_for()
    come = await held_back(page)
    await page.goto("/studio/new", wait_until="commit")
    await page.get_by_text("16:9", exact=True).click()
    await page.locator("input[type=file]").first.set_input_files(inputs.track.path)
    come.set()
    await expect(page.get_by_text(inputs.track.path.name)).to_be_visible(timeout=20_000)
    await expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    await page.reload()
    await expect(page.get_by_label("16:9")).to_be_checked()


async def test_a_form_sent_early_puts_nothing_into_the_address(page: Page) -> None:
    come = await held_back(page)
    await page.goto("/signin", wait_until="commit")
    await page.get_by_label("Email").fill(somebody())
    await page.get_by_label("Password", exact=True).fill("three words in a row")
    await page.keyboard.press("Enter")
    come.set()
    await expect(page.get_by_text("Email or password is not right.")).to_be_visible(timeout=30_000)
    assert page.url.endswith("/signin")


async def test_a_shared_track_is_taken_into_a_new_video(page: Page, inputs) -> None:
    await sign_up(page, somebody(), "/studio/new")
    await page.get_by_label("What is it called?").wait_for()
    await page.evaluate(KEPT)
    await page.reload()
    sound = list(await asyncio.to_thread(inputs.track.path.read_bytes))
    await page.evaluate(
        """(bytes) => {
            const body = new FormData();
            body.set("track", new File([new Uint8Array(bytes)], "Shared song.wav", { type: "audio/wav" }));
            return fetch("/studio/shared-track", { method: "POST", body, redirect: "manual" });
        }""",
        sound,
    )
    await page.goto("/studio/new")
    await expect(page.get_by_text("Shared song.wav")).to_be_visible(timeout=20_000)


# React listens to the page, and has not taken it over.
PRESSED_BETWEEN = """{
    const listen = EventTarget.prototype.addEventListener;
    EventTarget.prototype.addEventListener = function (name, ...rest) {
        if (this === document && name === "click" && !window.pressed) {
            window.pressed = true;
            queueMicrotask(() => document.querySelector("footer button").click());
        }
        return listen.call(this, name, ...rest);
    };
}"""
# The page says that it listens only a while after it does.
SAID_LATE = """addEventListener("vannilli:listening", (event) => {
    if (window.said) return;
    window.said = true;
    event.stopImmediatePropagation();
    setTimeout(() => dispatchEvent(new Event("vannilli:listening")), 1000);
}, true)"""


async def test_what_is_pressed_while_react_takes_the_page_over_is_done_once(page: Page) -> None:
    await page.add_init_script(PRESSED_BETWEEN)
    await page.goto("/calculator")
    await expect(page.locator("html")).to_have_class("light")
    await page.wait_for_timeout(500)
    await expect(page.locator("html")).to_have_class("light")
    assert await page.evaluate("window.pressed")


async def test_what_is_pressed_on_a_page_that_listens_already_is_done_once(page: Page) -> None:
    await page.add_init_script(SAID_LATE)
    await page.goto("/calculator")
    await page.get_by_role("button", name="Lights on").click()
    await expect(page.locator("html")).to_have_class("light")
    await page.wait_for_timeout(1500)
    await expect(page.locator("html")).to_have_class("light")
