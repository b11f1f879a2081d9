"""Checking a video on its page, signed out, in both lights, and what is said of each kind of file."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.media import makers
from tests.product import Product
from tests.ui.test_pages import SMALL, WEAKNESSES, complaints
from vannilli_app.config import Settings
from vannilli_app.media.marking import Marking, mark

pytestmark = [pytest.mark.e2e]


async def test_a_visitor_learns_where_a_video_comes_from(
    browser: Browser, running: Product, tmp_path: Path
) -> None:
    context = await browser.new_context(base_url=running.base_url, viewport=SMALL)
    page = await context.new_page()
    plain = makers.film(tmp_path / "plain.mp4", frames=10)
    ours = tmp_path / "final.mp4"
    ours.write_bytes(plain.read_bytes())
    config = Settings(data_dir=running.data)
    await mark([ours], Marking("trainedAlgorithmicMedia", "Kling", datetime.now(UTC), config))
    (tmp_path / "letter.mp4").write_text("no video")

    await page.goto("/verify-video", wait_until="networkidle")
    assert await page.evaluate(WEAKNESSES) == []
    for path, words in (
        (ours, "Made here, and not changed since"),
        (plain, "It carries no mark"),
        (tmp_path / "letter.mp4", "not a video, a track or a picture that can be read"),
    ):
        await page.get_by_label("A video to check").set_input_files(path)
        await expect(page.get_by_role("status").get_by_text(words)).to_be_visible()
    await page.get_by_label("A video to check").set_input_files(ours)
    await expect(page.get_by_text("Kling")).to_be_visible()
    for _ in range(2):
        assert await complaints(page) == []
        await page.get_by_role("button", name="Lights").click()


async def test_privacy_and_terms_can_be_read_by_everybody(browser: Browser, running: Product) -> None:
    context = await browser.new_context(base_url=running.base_url, viewport=SMALL)
    page: Page = await context.new_page()
    for path, words in (("/privacy", "24 hours at the latest"), ("/terms", "One credit is one second")):
        await page.goto(path, wait_until="networkidle")
        await expect(page.get_by_text(words).first).to_be_visible()
        assert await page.evaluate(WEAKNESSES) == []
        assert await complaints(page) == []
