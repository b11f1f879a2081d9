"""From a finished video to everybody's screen, to a report, and off the stage again, in a real browser."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.artist import Artist
from tests.e2e.walk import SETTLED, Walk
from tests.product import Product
from tests.showcase.rows import add_admin, add_video
from tests.ui.test_pages import WEAKNESSES, complaints
from vannilli_app.accounts.schemas import Client
from vannilli_app.config import ROOT, Settings
from vannilli_app.db import SERVICE, Database
from vannilli_app.showcase import moderation
from vannilli_app.storage import FINAL_RENDERS, LocalStore

pytestmark = [pytest.mark.e2e]

PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"
DEMO = ROOT / "assets" / "demo"
SIZES = (ViewportSize(width=390, height=844), ViewportSize(width=1280, height=900))


@pytest.fixture
def owner(live: Product) -> Any:
    with psycopg.connect(live.database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
async def ana(new_artist) -> Artist:
    artist: Artist = await new_artist()
    return artist


@pytest.fixture
async def video(ana: Artist, owner: psycopg.Connection[Any], live: Product) -> UUID:
    """A finished video of Ana's: the demo's."""
    made = add_video(owner, UUID(ana.id))
    store = LocalStore(live.data / "files", base_url=live.base_url, key=b"only to write")
    for name, kind in (("final.mp4", "video/mp4"), ("thumbnail.jpg", "image/jpeg")):
        await store.upload(FINAL_RENDERS, f"videos/{made}/{name}", DEMO / name, kind)
    return made


@pytest.fixture
async def visitor(browser: Browser, live: Product) -> AsyncIterator[Page]:
    """Somebody else's phone, signed out."""
    context = await browser.new_context(base_url=live.base_url, viewport=SIZES[0], user_agent=PHONE)
    yield await context.new_page()
    await context.close()


async def take_down(owner: psycopg.Connection[Any], live: Product, video: UUID) -> None:
    """As an admin does."""
    database = Database(Settings(_env_file=None, database_url=live.database_url))  # type: ignore[call-arg]
    try:
        async with database.transaction(SERVICE) as session:
            admin, here = add_admin(owner), Client(None, "a test")
            await moderation.take_down(session, video, "It is not yours.", admin, here, datetime.now(UTC))
    finally:
        await database.close()


async def test_shown_seen_reported_taken_down_and_gone(
    walk: Walk, ana: Artist, video: UUID, visitor: Page, live: Product, owner: psycopg.Connection[Any]
) -> None:
    await walk.enter(ana)
    await walk.open(f"/studio/download?generation={video}")
    await walk.tap("Show it in the showcase")
    await walk.page.get_by_label("Title").fill("Night Bus")
    await walk.page.get_by_label("Artist name").fill("@ana")
    await walk.tap("Show it to everybody")
    await walk.page.get_by_text("by @ana is on its way").wait_for()
    await walk.has_no_weakness()

    card = visitor.get_by_role("listitem").filter(has_text="Night Bus")
    await visitor.goto("/showcase")
    for _ in range(40):
        if await card.count():
            break
        await visitor.wait_for_timeout(250)
        await visitor.reload()
    clip = card.locator("video")
    await expect(clip).to_have_js_property("paused", False)
    assert await clip.evaluate("clip => clip.muted")
    async with visitor.expect_response(f"**/api/showcase/{video}/watch") as counted:
        pass
    assert (await counted.value).status == 204
    assert owner.execute(
        "SELECT watches FROM showcase_items WHERE generation_id = %s", [video]
    ).fetchone() == (1,)
    clip_link = await clip.evaluate("clip => clip.currentSrc")

    await card.get_by_role("link", name="Night Bus", exact=True).click()
    await visitor.get_by_role("heading", name="Night Bus").wait_for()
    perform = visitor.get_by_role("link", name="Perform this")
    assert await perform.get_attribute("href") == "/studio/new?bpm=140&bars=8&ts=4-4"
    await visitor.get_by_text("Report this video").click()
    await visitor.get_by_text("It uses my music or picture").click()
    await visitor.get_by_label("Tell us more").fill("That is my song.")
    await visitor.get_by_role("button", name="Send the report").click()
    await visitor.get_by_text("Thank you. A person looks at it").wait_for()
    [report] = owner.execute(
        "SELECT reason, state FROM content_reports WHERE generation_id = %s", [video]
    ).fetchall()
    assert report == ("copyright", "open")

    async with httpx.AsyncClient(base_url=live.base_url) as anybody:
        handed_out = (await anybody.get(clip_link)).headers["location"]
        assert (await anybody.get(handed_out)).status_code == 200
        await take_down(owner, live, video)
        assert (await anybody.get(clip_link)).status_code == 404
        for _ in range(40):  # the worker moves the file within a moment, maybe while it is being sent
            with suppress(httpx.RemoteProtocolError):
                if (await anybody.get(handed_out)).status_code == 404:
                    break
            await visitor.wait_for_timeout(100)
        assert (await anybody.get(handed_out)).status_code == 404
        assert str(video) not in (await anybody.get("/api/showcase")).text
    await visitor.reload()
    await visitor.get_by_role("heading", name="Not on stage any more.").wait_for()
    await visitor.goto("/showcase")
    await expect(card).to_have_count(0)
    await walk.page.reload()
    await walk.page.get_by_text("We took this video out of the showcase. It is not yours.").wait_for()


async def test_who_is_signed_out_performs_it_after_signing_up(
    ana: Artist, video: UUID, visitor: Page
) -> None:
    await publish(ana, video)
    await visitor.goto(f"/showcase/{video}")
    await visitor.get_by_role("link", name="Perform this").click()
    await visitor.wait_for_url("**/signin?next=*")
    assert "bpm%3D140%26bars%3D8%26ts%3D4-4" in visitor.url


async def test_the_filter_is_used_and_the_lights_stay_as_they_were(
    ana: Artist, video: UUID, visitor: Page
) -> None:
    await publish(ana, video)
    await visitor.goto("/calculator")
    await visitor.get_by_role("button", name="Lights on").click()
    await expect(visitor.locator("html")).to_have_class("light")
    await visitor.goto("/showcase")
    await expect(visitor.locator("html")).to_have_class("light")
    await visitor.get_by_text("Most watched").click()
    await visitor.wait_for_url("**/showcase?order=watched")
    await visitor.get_by_label("From").fill("150")
    await visitor.get_by_role("button", name="Show", exact=True).click()
    await visitor.get_by_role("heading", name="Nothing at these tempos yet.").wait_for()
    await visitor.get_by_role("link", name="See everything").click()
    await expect(visitor.locator(f"[data-item='{video}']")).to_be_visible()


async def test_nothing_moves_for_those_who_want_less_motion(
    browser: Browser, ana: Artist, video: UUID, live: Product
) -> None:
    await publish(ana, video)
    context = await browser.new_context(base_url=live.base_url, reduced_motion="reduce", user_agent=PHONE)
    page = await context.new_page()
    await page.goto("/showcase", wait_until="networkidle")
    clips = page.locator("[data-clip]")
    assert await clips.evaluate_all("clips => clips.every((clip) => clip.paused && !clip.src)")
    await context.close()


@pytest.mark.long
async def test_the_showcase_is_accessible_at_both_widths_and_in_both_lights(
    browser: Browser, ana: Artist, video: UUID, live: Product
) -> None:
    await publish(ana, video)
    context = await browser.new_context(base_url=live.base_url, reduced_motion="reduce")
    page = await context.new_page()
    for size in SIZES:
        await page.set_viewport_size(size)
        for path in ("/showcase", f"/showcase/{video}#report", "/design"):
            await page.goto(path)
            await page.locator("h1").wait_for()
            for light in ("dark", "light"):
                await page.evaluate("light => { document.documentElement.className = light }", light)
                await page.wait_for_timeout(50)  # until the colours have begun to change
                await page.evaluate(SETTLED)
                assert await complaints(page) == [], (path, size, light)
            assert await page.evaluate(WEAKNESSES) == [], (path, size)
    await context.close()


async def publish(ana: Artist, video: UUID) -> None:
    """Show it, and wait until it is seen."""
    showing = {"title": "Night Bus", "handle": f"p{UUID(ana.id).hex[:20]}"}
    answer = await ana.http.put(f"/api/generations/{video}/showcase", json=showing)
    assert answer.status_code == 200, answer.text
    for _ in range(100):
        if (await ana.http.get(f"/api/showcase/{video}")).status_code == 200:
            return
        await asyncio.sleep(0.1)
    pytest.fail("it was never seen")
