"""Vannilli as an installed app: without a connection, after a deploy, at sign-out, and before its scripts have come."""

import asyncio
import json
import re

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from tests.product import Product
from tests.ui.test_pages import sign_up, somebody

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


@pytest.fixture
async def context(browser: Browser, running: Product) -> BrowserContext:
    return await browser.new_context(base_url=running.base_url)


@pytest.fixture
async def page(context: BrowserContext) -> Page:
    return await context.new_page()


async def test_a_browser_would_install_it(page: Page) -> None:
    await page.goto("/")
    await page.evaluate(KEPT)
    devtools = await page.context.new_cdp_session(page)
    assert (await devtools.send("Page.getInstallabilityErrors"))["installabilityErrors"] == []
    manifest = json.loads((await devtools.send("Page.getAppManifest"))["data"])
    for picture in [*manifest["icons"], *manifest["screenshots"]]:
        assert (await page.request.get(picture["src"])).status == 200, picture
    for shortcut in manifest["shortcuts"]:
        assert (await page.request.get(shortcut["url"])).status == 200, shortcut


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
    await expect(page.locator("output.answer")).to_contain_text("41.070 s")
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


async def test_a_deploy_is_served_at_once_and_offered(page: Page, context: BrowserContext) -> None:
    await page.goto("/")
    await page.evaluate(KEPT)
    await page.reload()
    newer = await (await page.request.get("/sw.js")).text()

    async def deployed(route: Route) -> None:
        headers = {"content-type": "text/javascript", "cache-control": "no-cache"}
        await route.fulfill(body=newer + "\n// another build", headers=headers)

    await context.route("**/sw.js", deployed)
    await page.evaluate("navigator.serviceWorker.ready.then((r) => r.update())")
    load = page.get_by_role("button", name="Load it")
    await expect(load).to_be_visible(timeout=20_000)
    async with page.expect_navigation():
        await load.click()
    await expect(load).to_be_hidden()


async def test_what_is_typed_and_pressed_before_the_scripts_have_come_is_done(page: Page) -> None:
    come = asyncio.Event()

    async def late(route: Route) -> None:
        await come.wait()
        await route.continue_()

    await page.route("**/assets/*.js", late)
    await page.goto("/calculator", wait_until="commit")
    await page.get_by_label("Tempo in BPM, typed").fill("120")
    await page.get_by_role("button", name="16", exact=True).click()
    come.set()
    await expect(page.locator("output.answer")).to_contain_text("32 s")


async def test_a_form_sent_early_puts_nothing_into_the_address(page: Page) -> None:
    come = asyncio.Event()

    async def late(route: Route) -> None:
        await come.wait()
        await route.continue_()

    await page.route("**/assets/*.js", late)
    await page.goto("/signin", wait_until="commit")
    await page.get_by_label("Email").fill(somebody())
    await page.get_by_label("Password").fill("three words in a row")
    await page.keyboard.press("Enter")
    come.set()
    await expect(page.get_by_role("alert").first).to_be_visible()
    assert page.url.endswith("/signin")


async def test_a_shared_track_is_taken_into_a_new_video(page: Page, inputs) -> None:
    await sign_up(page, somebody(), "/studio/new")
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
