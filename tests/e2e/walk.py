"""One person's browser on the running product: the steps of the way, by tapping and typing, and what went wrong."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

from playwright.async_api import (
    Browser,
    BrowserContext,
    CDPSession,
    ConsoleMessage,
    Page,
    Request,
    Response,
    ViewportSize,
)

from tests.artist import PASSWORD, Artist
from vannilli_app.config import ROOT

PHONE = ViewportSize(width=390, height=844)
# A button that was tapped is smaller for a moment.
SETTLED = """() => Promise.allSettled(
    document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished)
)"""
WEAKNESSES = (ROOT / "tests" / "ui" / "weaknesses.js").read_text()


class Walk:
    """A phone in a person's hand. `complaints` are what its browser did not like on the way."""

    def __init__(self, page: Page, base_url: str) -> None:
        self.page = page
        self.base_url = base_url
        self.complaints: list[str] = []
        self._session: tuple[Page, CDPSession] | None = None
        self._listen()

    async def open(self, path: str) -> None:
        await self.page.goto(self.base_url + path)

    async def arrive(self, path: str) -> None:
        """Wait until the page of this path is there and talks to the server."""
        await self.page.wait_for_url(lambda url: url.removeprefix(self.base_url).split("?")[0] == path)

    async def heading(self, text: str, within: float = 10) -> None:
        """Wait for a heading, for so many seconds."""
        await self.page.get_by_role("heading", name=text).wait_for(timeout=within * 1000)

    async def tap(self, name: str, role: str = "button") -> None:
        """Tap the button or link of this name."""
        await self.page.get_by_role(role, name=name).tap()  # type: ignore[arg-type]

    async def sign_up(self) -> str:
        """Fill the form in and send it with the keyboard alone, from its first field; the new account's email."""
        email = f"{uuid4()}@vannilli.test"
        keys = self.page.keyboard
        await self.page.get_by_label("Email").focus()
        await keys.type(email)
        await keys.press("Tab")
        await keys.type(PASSWORD)
        await keys.press("Tab")  # past the button that shows the password
        await keys.press("Tab")
        await keys.type("05231990")
        await self.page.get_by_role("checkbox").focus()
        await keys.press("Space")
        await keys.press("Enter")
        return email

    async def enter(self, artist: Artist) -> None:
        """Be this artist from now on, signed in."""
        cookies = [
            {"name": c.name, "value": c.value or "", "url": self.base_url} for c in artist.http.cookies.jar
        ]
        await self.page.context.add_cookies(cookies)  # type: ignore[arg-type]

    async def fill_in(self, name: str, *, bpm: int, bars: int) -> None:
        """What the video is called, and its section."""
        page = self.page
        await page.get_by_label("What is it called?").fill(name)
        await page.get_by_label("Tempo in BPM, typed").fill(str(bpm))
        slider = page.get_by_role("slider", name="Bars")
        while await slider.get_attribute("aria-valuenow") != "1":  # a key before the page listens is lost
            await slider.press("Home")
            await page.wait_for_timeout(50)
        for _ in range(bars - 1):
            await slider.press("ArrowRight")

    async def bring(self, kind: str, path: Path) -> None:
        """Choose a file through the system's own dialogue."""
        async with self.page.expect_file_chooser() as opened:
            await self.page.locator(f"[data-kind={kind}]").get_by_role("button", name="Choose").tap()
        await (await opened.value).set_files(path)

    async def brought(self, kind: str) -> None:
        """Wait until the server has the file."""
        await self.page.locator(f"[data-kind={kind}]").get_by_role("button", name="Choose another").wait_for()

    async def has_no_weakness(self) -> None:
        """Everything on the page can be named, reached and tapped, and nothing sticks out at the side."""
        await self.page.evaluate(SETTLED)
        found = await self.page.evaluate(WEAKNESSES)
        assert found == [], found

    async def slow_down(self, bytes_per_second: int) -> None:
        """A bad line for what this tab sends."""
        await self._line(bytes_per_second)

    async def away(self) -> None:
        """The network is gone for this tab."""
        await self._line(offline=True)

    async def back(self) -> None:
        """The network is back."""
        await self._line()

    async def _line(self, bytes_per_second: int = -1, *, offline: bool = False) -> None:
        if self._session is None or self._session[0] is not self.page:
            self._session = (self.page, await self.page.context.new_cdp_session(self.page))
        line = {
            "offline": offline,
            "latency": 0,
            "downloadThroughput": -1,
            "uploadThroughput": bytes_per_second,
        }
        await self._session[1].send("Network.emulateNetworkConditions", line)

    async def next_tab(self) -> None:
        """Close the tab, whatever it does, and open another one."""
        closed, self.page = self.page, await self.page.context.new_page()
        self._listen()
        await closed.close()

    def _listen(self) -> None:
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def _failed(self, request: Request) -> None:
        # A page that is left, and a player that has seen enough, break off what they were loading.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"failed: {request.method} {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status}: {response.request.method} {response.url}")


@asynccontextmanager
async def phone(browser: Browser, base_url: str) -> AsyncIterator[Walk]:
    """Somebody's own phone: nobody is signed in, nothing is kept."""
    context: BrowserContext = await browser.new_context(
        viewport=PHONE,
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        locale="en-US",
        permissions=["camera", "microphone"],
    )
    context.set_default_timeout(30_000)
    try:
        yield Walk(await context.new_page(), base_url)
    finally:
        await asyncio.shield(context.close())
