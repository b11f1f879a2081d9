"""`python -m tests.e2e.visit URL`: a visitor's look at a deployed Vannilli, on a phone. Changes nothing there."""

import asyncio
import sys

from playwright.async_api import Error, WebSocket

from tests.browser import chromium
from tests.e2e.walk import Walk, phone

PAGES = (
    "/",
    "/calculator",
    "/pricing",
    "/showcase",
    "/signup",
    "/signin",
    "/verify",
    "/terms",
    "/de/pricing",
)
SECONDS = 20


async def visit(base_url: str) -> list[str]:
    """What was wrong on the way: every page is there, talks to its server, and nothing in it complains."""
    async with chromium() as browser, phone(browser, base_url.rstrip("/")) as walk:
        wrong = [sentence for path in PAGES if (sentence := await _look_at(walk, path))]
        return wrong + walk.complaints


async def _look_at(walk: Walk, path: str) -> str:
    try:
        await walk.open(path)
        await walk.page.get_by_role("heading", level=1).first.wait_for(timeout=1000 * SECONDS)
        if path == "/pricing":  # its state comes over the websocket
            await walk.page.reload(wait_until="commit")
            socket: WebSocket = await walk.page.wait_for_event("websocket", timeout=1000 * SECONDS)
            await socket.wait_for_event("framereceived", timeout=1000 * SECONDS)
    except Error as error:
        return f"{path}: {str(error).splitlines()[0]}"
    return ""


def main() -> int:
    found = asyncio.run(visit(sys.argv[1]))
    for sentence in found:
        sys.stdout.write(f"{sentence}\n")
    sys.stdout.write(f"{len(PAGES)} pages, {len(found)} complaints\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
