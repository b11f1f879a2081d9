"""Which of several faces performs, and the finer choices of a draft, on a phone."""

from pathlib import Path
from typing import Any

import cv2
import pytest
from playwright.async_api import expect

from tests.artist import Artist
from tests.e2e.conftest import NewArtist
from tests.e2e.walk import Walk
from tests.media import faces
from vannilli_app import routes

pytestmark = pytest.mark.e2e
PICTURE = "[data-kind=target_image]"


async def test_one_of_two_faces_is_chosen_and_forgotten_with_the_picture(
    walk: Walk, new_artist: NewArtist, tmp_path: Path
) -> None:
    artist, page = await new_artist(), walk.page
    cv2.imwrite(str(tmp_path / "two.png"), faces.two())
    cv2.imwrite(str(tmp_path / "one.png"), faces.two()[:, :360])
    await walk.enter(artist)
    await walk.open(routes.STUDIO_NEW)
    await walk.bring("target_image", tmp_path / "two.png")
    await page.locator(PICTURE).get_by_text("unless you choose another").wait_for()
    large, small = (page.get_by_role("radio", name=name) for name in ("The left one", "The right one"))
    await expect(large).to_be_checked()
    await expect(large).to_have_accessible_name("The left one, the largest")
    await walk.has_no_weakness()
    await large.press("ArrowRight")
    await expect(small).to_be_checked()
    await page.get_by_text("Saved", exact=True).wait_for()
    x, y = (await _draft(walk, artist))["face"]
    assert (x, y) == pytest.approx((0.79, 0.62), abs=0.03)
    await page.reload()
    await expect(small).to_be_checked()
    await large.tap()
    await page.get_by_text("Saved", exact=True).wait_for()
    assert (await _draft(walk, artist))["face"][0] < 0.5

    await walk.bring("target_image", tmp_path / "one.png")
    await page.locator(PICTURE).get_by_text("one.png").wait_for()
    await expect(large).to_have_count(0)
    await page.get_by_text("Saved", exact=True).wait_for()
    assert (await _draft(walk, artist))["face"] is None
    assert walk.complaints == []


async def test_the_camera_and_the_mouth_are_finer_choices(walk: Walk, new_artist: NewArtist) -> None:
    artist, page = await new_artist(), walk.page
    await walk.enter(artist)
    await walk.open(routes.STUDIO_NEW)
    await page.get_by_text("Finer choices").tap()
    await expect(page.get_by_role("radio", name="Off")).to_be_checked()
    await expect(page.get_by_role("radio", name="As it fits")).to_be_checked()
    await page.get_by_text("Strong", exact=True).tap()
    await page.get_by_text("Drawn", exact=True).tap()
    await page.get_by_text("teeth and tongue drawn to fit").wait_for()
    await page.get_by_text("Saved", exact=True).wait_for()
    draft = await _draft(walk, artist)
    assert (draft["beat_accent"], draft["mouth"]) == ("strong", "drawn")
    assert walk.complaints == []


async def _draft(walk: Walk, artist: Artist) -> dict[str, Any]:
    """What the server has of the draft that the page shows."""
    project = walk.page.url.partition("project=")[2]
    found: dict[str, Any] = (await artist.http.get(f"/api/projects/{project}")).json()
    return found
