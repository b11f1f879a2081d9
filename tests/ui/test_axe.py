"""axe-core on every page that the build has, so that no new page is forgotten: at both widths, light and dark, signed
out and in. It takes minutes; `test_pages.py` has a short form.
"""

from uuid import uuid4

import pytest
from playwright.async_api import Browser, Page

from tests.product import Product
from tests.ui.test_pages import complaints, sign_up, somebody
from vannilli_app import frontend, routes

pytestmark = [pytest.mark.e2e, pytest.mark.long]

WIDTHS = (390, 1280)
QUERY = {"/studio/preview": "generation", "/studio/download": "generation", "/studio/record": "project"}


def pages() -> list[str]:
    """The address of every page: of the build, and those that the server writes for search engines."""
    static = frontend.current() / "build" / "client"
    built = {f"/{page.parent.relative_to(static)}".removesuffix(".") for page in static.rglob("index.html")}
    return sorted({*built, *routes.INDEXED, routes.TEMPO.format(bpm=140)})


async def wrong(page: Page, path: str) -> list[tuple[object, ...]]:
    """What is wrong on a page, with where and how it was looked at."""
    found: list[tuple[object, ...]] = []
    query = f"?{QUERY[path]}={uuid4()}" if path in QUERY else ""
    await page.goto(path + query, wait_until="networkidle")
    for scheme in ("dark", "light"):
        await page.evaluate("(scheme) => document.documentElement.className = scheme", scheme)
        for width in WIDTHS:
            await page.set_viewport_size({"width": width, "height": 900})
            await page.wait_for_timeout(300)  # colours fade
            found += [(path, scheme, width, *one) for one in await complaints(page)]
    return found


async def test_axe_finds_nothing_on_any_page(browser: Browser, running: Product) -> None:
    context = await browser.new_context(base_url=running.base_url, reduced_motion="reduce")
    page = await context.new_page()
    found = [one for path in pages() for one in await wrong(page, path)]
    await sign_up(page, somebody())
    await page.wait_for_url("**/studio")
    found += [one for path in pages() for one in await wrong(page, path)]
    assert found == []
