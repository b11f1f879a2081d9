"""A session in a real browser: it is kept by cookies that no script reads, and when it ends, all of it ends at once."""

from asyncio import Event, gather, sleep, timeout, to_thread
from uuid import uuid4

import httpx
import psycopg
import pytest
from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, WebSocket, expect

from tests.product import Product, eventually

pytestmark = [pytest.mark.e2e]

PASSWORD = "a line of a song 7"
RENEWED = "localStorage.getItem('vannilli.renewed') && !localStorage.getItem('vannilli.renewal')"
PAGES = ("/studio", "/studio/new", "/studio/record", "/account", "/pricing", "/calculator", "/", "/nowhere")
# Remembers what the page's policy refused, from before its first script on.
WATCH = """addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile }) =>
  console.error(`policy: ${violatedDirective} ${blockedURI} ${sourceFile}`));"""


async def sign_up(context: BrowserContext, email: str) -> Page:
    page = await context.new_page()
    await page.goto("/signup?next=/account")
    await page.get_by_label("Email").fill(email)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_label("Birth date").fill("1990-05-05")
    await page.get_by_role("checkbox").check()
    await page.get_by_role("button", name="Create my account").click()
    await page.get_by_text("this one").wait_for()
    return page


@pytest.fixture
async def context(browser: Browser, running: Product) -> BrowserContext:
    return await browser.new_context(
        base_url=running.base_url, viewport=ViewportSize(width=390, height=844), locale="en-GB"
    )


async def renewed(page: Page) -> None:
    """Wait until the page has its new tokens. Each look is one of its own: the policy lets no page look by itself."""
    for _ in range(200):
        if await page.evaluate(RENEWED):
            return
        await sleep(0.05)
    raise AssertionError("no new tokens within 10 s")


def ask(running: Product, query: str, *values: object) -> list[tuple]:
    with psycopg.connect(running.database_url, autocommit=True) as connection:
        return connection.execute(query, values).fetchall()


# 5 s are promised; a machine that runs other tests beside is given more.
@pytest.mark.parametrize("seconds", [20, pytest.param(5, marks=pytest.mark.long)])
async def test_a_session_that_ends_loses_its_open_websocket_and_leaves_nothing(
    context: BrowserContext, running: Product, seconds: int
) -> None:
    email = f"{uuid4()}@vannilli.test"
    sockets: list[WebSocket] = []
    frames: list[str] = []

    def on_websocket(websocket: WebSocket) -> None:
        sockets.append(websocket)
        websocket.on("framereceived", lambda frame: frames.append(str(frame)))

    context.on("page", lambda page: page.on("websocket", on_websocket))
    page = await sign_up(context, email)  # it leads to the account page and waits for all of it
    await expect(page.get_by_text(email)).to_be_visible()
    closed = Event()
    sockets[-1].on("close", lambda _: closed.set())
    # A busy browser lets the page leave past the route below now and then; its websocket goes with it, unheard.
    page.on("framenavigated", lambda frame: closed.set() if "/signin" in frame.url else None)
    await page.route("**/signin**", lambda route: route.abort())  # so that it is not the page who closes it
    async with httpx.AsyncClient(base_url=running.base_url) as elsewhere:
        found = await elsewhere.post("/api/auth/signin", json={"email": email, "password": PASSWORD})
        token = found.json()["access_token"]
        ended = await elsewhere.delete("/api/auth/sessions", headers={"authorization": f"Bearer {token}"})
        assert ended.status_code == 204
    async with timeout(seconds):
        await closed.wait()
    await expect(page.get_by_text(email)).to_have_count(0)
    await page.unroute("**/signin**")
    frames.clear()
    await page.goto("/signin")  # the tab keeps its token, and is given all that the server keeps for it
    await page.get_by_label("Email").wait_for()
    assert await to_thread(eventually, lambda: frames)
    assert not [frame for frame in frames if email in frame]


async def test_who_comes_back_after_a_week_is_let_in_in_every_tab(
    context: BrowserContext, running: Product
) -> None:
    email = f"{uuid4()}@vannilli.test"
    page = await sign_up(context, email)
    await context.clear_cookies(name="vannilli_session")  # as after its seven days
    tabs = [page, await context.new_page()]
    await gather(*(tab.goto("/account") for tab in tabs))
    for tab in tabs:
        await tab.get_by_text("this one").wait_for()
    found = ask(
        running,
        "SELECT s.refresh_counter, s.revoked_at FROM sessions s JOIN users u ON u.id = s.user_id WHERE email = %s",
        email,
    )
    assert [revoked for _, revoked in found] == [None]


async def test_a_page_that_is_open_renews_its_session_once_a_day(
    context: BrowserContext, running: Product
) -> None:
    email = f"{uuid4()}@vannilli.test"
    page = await sign_up(context, email)
    turns = "SELECT refresh_counter FROM sessions s JOIN users u ON u.id = s.user_id WHERE email = %s"
    assert await to_thread(
        eventually, lambda: ask(running, turns, email) == [(1,)]
    )  # none was ever made here
    await page.goto("/studio")
    await renewed(page)  # the first page may have been left before its answer
    assert ask(running, turns, email) == [(1,)]
    await page.evaluate("localStorage.setItem('vannilli.renewed', Date.now() - 25 * 3600e3)")
    await page.reload()
    assert await to_thread(eventually, lambda: ask(running, turns, email) == [(2,)])
    await renewed(page)
    other = await context.new_page()
    await other.goto("/studio")
    await sleep(1)
    assert ask(running, turns, email) == [(2,)]
    assert not [one for one in await page.evaluate("document.cookie.split(';')") if "vannilli_" in one]


async def test_no_page_breaks_its_own_policy(context: BrowserContext, running: Product) -> None:
    """The sign-up makes the device's fingerprint, which looks into every corner of a browser."""
    await context.add_init_script(WATCH)
    said: list[str] = []
    context.on(
        "console", lambda message: said.append(message.text) if "policy" in message.text.lower() else None
    )
    email = f"{uuid4()}@vannilli.test"
    page = await sign_up(context, email)
    for path in PAGES:
        await page.goto(path)
        await page.wait_for_load_state("networkidle")
    assert said == []
    [(device,)] = ask(running, "SELECT device_fingerprint FROM users WHERE email = %s", email)
    assert len(device) == 64  # its HMAC


async def test_anothers_video_is_not_shown(
    context: BrowserContext, browser: Browser, running: Product
) -> None:
    email = f"{uuid4()}@vannilli.test"
    await sign_up(context, email)
    made = await context.request.post(
        "/api/projects", data={"track_name": "Nobody else's song", "bpm": 140, "bars": 8}
    )
    project = (await made.json())["id"]
    [(generation,)] = ask(
        running,
        "INSERT INTO generations (project_id, cost_credits, request) VALUES (%s, 0, '{}') RETURNING id",
        project,
    )
    stranger = await browser.new_context(base_url=running.base_url)
    page = await sign_up(stranger, f"{uuid4()}@vannilli.test")
    frames: list[str] = []
    page.on("websocket", lambda one: one.on("framereceived", lambda frame: frames.append(str(frame))))
    for path in (
        f"/studio/preview?generation={generation}",
        f"/studio/download?generation={generation}",
        f"/studio/new?project={project}",
        f"/studio/record?project={project}",
        "/studio",
    ):
        await page.goto(path)
        await page.wait_for_load_state("networkidle")
        assert "Nobody else" not in await page.content(), path
    assert frames
    assert not [frame for frame in frames if "Nobody else" in frame]
    ask(running, "DELETE FROM generations WHERE id = %s RETURNING id", generation)
