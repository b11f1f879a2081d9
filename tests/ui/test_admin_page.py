"""The admin's pages in a real browser: who is let in, why margin fell, what is done about it, and news by push."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, ViewportSize, expect
from psycopg.types.json import Jsonb

from tests.admin import month
from tests.people import add_person, add_project, insert
from tests.product import Product
from tests.ui.test_account_page import PASSWORD, sign_up

pytestmark = [pytest.mark.e2e]

PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1280, height=900)


@pytest.fixture(scope="module")
def business(running: Product) -> Product:
    """The product with two months of business; nothing of it is taken up as work."""
    made = month.still(month.make(400, datetime.now(UTC)))
    with psycopg.connect(running.database_url, autocommit=True) as connection:
        month.write(connection, made)
    return running


@pytest.fixture
async def page(browser: Browser, business: Product) -> AsyncIterator[Page]:
    """A page of an artist who has just signed up."""
    context = await browser.new_context(base_url=business.base_url, viewport=PHONE)
    page = await context.new_page()
    await sign_up(page, f"{uuid4()}@vannilli.test")
    yield page
    await context.close()


def run(product: Product, query: str, *values: object) -> None:
    with psycopg.connect(product.database_url, autocommit=True) as connection:
        connection.execute(query, values)


def make_admins(product: Product) -> None:
    """Whoever has signed up is one; the people of the month have not."""
    run(product, "UPDATE users SET role = 'admin' WHERE password_hash <> 'no password'")


async def complaints(page: Page) -> list[tuple[str, str]]:
    found = (await Axe().run(page, context={"exclude": [[".skip"]]})).response["violations"]
    return [(one["id"], node["html"][:200]) for one in found for node in one["nodes"]]


async def test_why_the_margin_fell_is_one_tap_away_and_something_is_done(
    page: Page, business: Product
) -> None:
    await page.goto("/admin")
    await expect(page.get_by_text("No page at this tempo.")).to_be_visible()  # for everybody else
    make_admins(business)
    await page.goto("/admin?days=30")
    await page.locator(".admin-causes a").first.wait_for()
    await expect(page.locator(".admin-margin")).to_contain_text("%")
    await page.locator(".admin-causes a").filter(has_text="kling: ").first.click()
    await page.wait_for_url("**/admin/videos?provider=kling&outcome=*&days=30")
    await page.locator(".admin-table tbody a").first.wait_for()

    await page.goto("/admin/videos?status=completed&outcome=paid")
    await expect(page.get_by_label("Came to")).to_have_value("paid")
    await page.locator(".admin-table tbody a").first.click()
    await page.get_by_text("Give the credits back").first.click()
    await page.get_by_role("button", name="Give the credits back").click()
    await expect(page.get_by_text("Say why, in a few words")).to_be_visible()
    await page.get_by_label("Why").fill("It was out of sync")
    run(business, "UPDATE sessions SET proven_at = now() - interval '1 hour'")
    await page.get_by_role("button", name="Give the credits back").click()
    await page.get_by_label("Your password").fill(PASSWORD)
    await page.get_by_role("button", name="Go on").click()
    await expect(page.get_by_text("credits are back.")).to_be_visible()
    await expect(page.get_by_text("video refunded by admin")).to_be_visible()

    await page.goto("/admin?days=1")
    paid_in = page.locator(".admin-tiles > div").filter(has_text="Paid in").locator(".admin-value")
    before = await paid_in.inner_text()
    run(
        business,
        "INSERT INTO credit_entries (amount, cents, kind, reference, balance_after)"
        " VALUES (10, 123400, 'topup', %s, 10)",
        f"session:{uuid4()}",
    )
    run(business, "SELECT pg_notify('vannilli_push', %s)", f"{uuid4()} credits")
    await expect(paid_in).not_to_have_text(before, timeout=15_000)  # by push


async def test_an_email_stands_in_one_line_and_one_video_is_counted_as_one(
    page: Page, business: Product
) -> None:
    make_admins(business)
    with psycopg.connect(business.database_url, autocommit=True) as connection:
        person = add_person(connection)
        project = add_project(connection, person)
        values = {"cost_credits": 0, "request": Jsonb({}), "due_at": datetime(2040, 1, 1, tzinfo=UTC)}
        insert(connection, "generations", project_id=project, **values)
    await page.goto(f"/admin/videos?search={person}@vannilli.test")
    link = page.locator(".admin-table tbody a")
    await expect(link).to_have_attribute("title", f"{person}@vannilli.test")
    box = await link.bounding_box()
    assert box
    assert (box["width"] < 140, box["height"] < 30) == (True, True), box
    await page.goto(f"/admin/people?search={person}")
    await expect(page.get_by_role("link", name="1 video", exact=True)).to_be_visible()


@pytest.mark.long
async def test_every_page_is_accessible_and_fits(page: Page, business: Product) -> None:
    make_admins(business)
    lists = (
        "/admin/videos",
        "/admin/people",
        "/admin/payments",
        "/admin/video?video=0",
        "/admin/reports",
        "/admin/costs",
        "/admin/audit",
    )
    for theme, size, paths in (
        ("dark", PHONE, ("/admin", "/admin/settings", *lists)),
        ("light", DESK, ("/admin",)),
    ):
        await page.evaluate("theme => localStorage.setItem('theme', theme)", theme)
        await page.set_viewport_size(size)
        for path in paths:
            await page.goto(path)
            await page.locator(".admin-heading, .admin-name, .admin-timeline, .empty").first.wait_for()
            if await page.locator("details > summary").count():
                await page.locator("details > summary").first.click()
            assert await complaints(page) == [], (path, theme)
            wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, (path, theme)
