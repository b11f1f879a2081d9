"""The Chromium that tests drive: one that is there, else Playwright's own, else Debian's when we are root.

`python -m tests.browser` finds or installs it; `chromium()` starts it.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, async_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--no-first-run",
)
FAKE_DEVICES = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
"""Camera and microphone that need nobody's consent; name clips with `--use-file-for-fake-video-capture=`."""


@asynccontextmanager
async def chromium(*flags: str) -> AsyncIterator[Browser]:
    """A headless Chromium with `flags` besides our own, which closes at the end of the block."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program(), args=[*_flags(), *flags])
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def profile(folder: Path) -> AsyncIterator[BrowserContext]:
    """A Chromium that keeps its profile in `folder`: other contexts count as incognito, where nothing is installed."""
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            folder, executable_path=program(), args=_flags()
        )
        try:
            yield context
        finally:
            await context.close()


def _flags() -> list[str]:
    return [*_QUIET, *(("--no-sandbox",) if os.geteuid() == 0 else ())]


@cache
def program() -> Path:
    """The browser's executable, installed first where there is none. Raises RuntimeError when none can be had."""
    found = _there() or _playwrights() or _debians()
    if found is None:
        raise RuntimeError(
            "No Chromium could be found or installed. Install Chromium or Google Chrome,"
            " or set CHROMIUM to its path, and run the tests again."
        )
    return found


def _there() -> Path | None:
    named = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else list(_NAMES)
    paths = (shutil.which(name) for name in named)
    return next((Path(path) for path in paths if path and _works(path)), None)


def _playwrights() -> Path | None:
    """Playwright's own build, downloaded by its installer, which downloads nothing twice."""
    script = "from playwright.sync_api import sync_playwright as p\nwith p() as it: print(it.chromium.executable_path)"
    _run(sys.executable, "-m", "playwright", "install", "chromium")
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    path = told.stdout.strip()
    return Path(path) if _works(path) else None


def _debians() -> Path | None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _run("apt-get", "update", "-qq")
        _run("apt-get", "install", "-qq", "--yes", "--no-install-recommends", "chromium")
    return _there()


def _works(path: str) -> bool:
    """Whether it starts: a download without the libraries it needs does not."""
    try:
        return _run(path, "--version")
    except OSError:
        return False


def _run(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, timeout=600).returncode == 0


if __name__ == "__main__":
    try:
        program()
    except RuntimeError as error:
        sys.exit(str(error))
