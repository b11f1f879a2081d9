"""The pages in a real browser: by keyboard, on the smallest phone, and when things are refused."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.product import Product

pytestmark = [pytest.mark.e2e]

SMALL = ViewportSize(width=320, height=640)
PASSWORD = "a line of a song 7"
WEAKNESSES = Path(__file__).with_name("weaknesses.js").read_text()


@pytest.fixture
async def page(browser: Browser, running: Product) -> Page:
    context = await browser.new_context(base_url=running.base_url, viewport=SMALL)
    return await context.new_page()


async def sign_up(page: Page, email: str, next_page: str = "/studio") -> None:
    await page.goto(f"/signup?next={next_page}")
    await page.get_by_label("Email").fill(email)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_label("Birth date").fill("1990-05-05")
    await page.get_by_role("checkbox").check()
    await page.get_by_role("button", name="Create my account").click()


def somebody() -> str:
    return f"{uuid4()}@vannilli.test"


async def test_every_page_fits_the_smallest_phone_and_every_control_has_a_name_and_a_size(page: Page) -> None:
    for path in ("/", "/signup", "/signin", "/reset", "/reset#token", "/verify#token", "/nowhere"):
        await page.goto(path, wait_until="networkidle")
        assert await page.evaluate(WEAKNESSES) == [], path
    await sign_up(page, somebody())
    await page.wait_for_url("**/studio")
    nobodys = uuid4()
    for path in (
        "/studio",
        "/studio/new",
        "/studio/record",
        f"/studio/preview?generation={nobodys}",
        "/account",
    ):
        await page.goto(path, wait_until="networkidle")
        await page.locator("h1").wait_for()
        assert await page.evaluate(WEAKNESSES) == [], path


async def test_the_calculator_is_played_by_keyboard(page: Page) -> None:
    await page.goto("/")
    result = page.locator("output")
    await expect(result).to_contain_text(
        "8 bars at 140 is 13.714 s. Billed as 14 seconds: 14 credits ($3.50)."
    )
    bars = page.get_by_role("slider", name="Bars")
    await bars.focus()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Shift+ArrowLeft")
    await expect(bars).to_have_attribute("aria-valuetext", "8.5 bars, 14.571 seconds")
    await page.get_by_label("Tempo in BPM, typed").fill("59")
    await expect(page.get_by_text("The tempo goes from 60 to 200 BPM").first).to_be_visible()
    await page.get_by_label("Tempo in BPM, typed").fill("93.5")
    await expect(result).to_contain_text("8.5 bars at 93.5 is 21.818 s.")
    await page.evaluate("document.activeElement.blur()")
    for _ in range(5):
        await page.keyboard.press("t")
        await page.wait_for_timeout(400)
    tapped = re.search(r"at (\d+) is", await result.inner_text())
    assert tapped
    assert 120 <= int(tapped[1]) <= 155


async def test_the_tempo_goes_with_a_person_into_the_studio(page: Page) -> None:
    await page.goto("/")
    await page.get_by_label("Tempo in BPM, typed").fill("93.5")
    await page.get_by_role("button", name="16", exact=True).click()
    await page.get_by_role("link", name="Make this video").click()
    await page.wait_for_url("**/signin?next=*")
    await page.get_by_role("link", name="Create an account").click()
    await page.wait_for_url("**/signup?next=*")
    await sign_up(page, somebody(), "/studio/new%3Fbpm%3D93.5%26bars%3D16%26ts%3D4-4")
    await page.wait_for_url("**/studio/new?*")
    await expect(page.get_by_label("Tempo in BPM, typed")).to_have_value("93.5")
    await expect(page.get_by_role("slider", name="Bars")).to_have_attribute("aria-valuenow", "16")


async def test_sign_up_says_what_is_missing_and_what_the_server_refuses(page: Page) -> None:
    await page.goto("/signup", wait_until="networkidle")
    await page.get_by_role("button", name="Create my account").click()
    await expect(page.get_by_label("Email")).to_be_focused()
    for sentence in (
        "Type your email address.",
        "Choose a password.",
        "Type your birth date.",
        "Accept the terms",
    ):
        await expect(page.get_by_role("alert").filter(has_text=sentence)).to_be_visible()
    email = somebody()
    await sign_up(page, email)
    await page.wait_for_url("**/studio")
    await page.context.clear_cookies()
    await sign_up(page, email)
    await expect(
        page.get_by_role("alert").filter(has_text="There is an account with this email")
    ).to_be_visible()
    await expect(page.get_by_label("Email")).to_be_focused()


async def test_next_leads_to_our_own_pages_only(page: Page, running: Product) -> None:
    await sign_up(page, somebody(), "//evil.test/studio")
    await page.wait_for_url(f"{running.base_url}/studio/new")


async def test_a_draft_is_there_again_after_a_reload(page: Page, tmp_path: Path) -> None:
    await sign_up(page, somebody(), "/studio/new")
    await page.wait_for_url("**/studio/new")
    await page.get_by_label("What is it called?").fill("Night Bus")
    await page.get_by_text("16:9", exact=True).click()
    await page.get_by_role("button", name="16", exact=True).click()
    await expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    await page.wait_for_url("**/studio/new?project=*")
    await page.reload()
    await expect(page.get_by_label("What is it called?")).to_have_value("Night Bus")
    await expect(page.get_by_label("16:9")).to_be_checked()
    await expect(page.get_by_role("slider", name="Bars")).to_have_attribute("aria-valuenow", "16")
    wrong = tmp_path / "song.txt"
    wrong.write_text("la la la")
    await page.locator("[data-kind=audio] input").set_input_files(wrong)
    await expect(page.get_by_text("Your track must be an MP3, WAV, FLAC, M4A or OGG file.")).to_be_visible()
    await page.get_by_role("button", name="Perform it").click()
    await expect(page.get_by_text("Choose a picture first")).to_be_visible()


async def test_a_refused_camera_is_explained_and_a_file_will_do(page: Page) -> None:
    await page.add_init_script(
        "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))"
    )
    await sign_up(page, somebody(), "/studio/new")
    await page.get_by_label("What is it called?").fill("Night Bus")
    await page.wait_for_url("**/studio/new?project=*")
    await page.goto(page.url.replace("/studio/new", "/studio/record"))
    await page.get_by_role("button", name="Turn the camera on").click()
    await expect(page.get_by_text("Allow both in the site settings")).to_be_visible()
    await expect(page.get_by_role("button", name="Bring a video instead")).to_be_visible()
