"""What happens on the way that nobody plans: reloads, closed tabs, wrong files, wrong doors."""

from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from tests.artist import PASSWORD, Artist
from tests.e2e.conftest import NewArtist
from tests.e2e.walk import Walk
from vannilli_app import demo, routes

pytestmark = pytest.mark.e2e
SLOW = 40_000  # bytes a second, so that an upload takes some seconds


async def test_a_tab_closed_in_the_midst_of_an_upload_loses_nothing_and_goes_on(
    walk: Walk, new_artist: NewArtist, inputs: demo.Inputs
) -> None:
    await walk.enter(await new_artist())
    await walk.open(routes.STUDIO_NEW)
    await walk.fill_in("Night Bus", bpm=100, bars=3)
    await walk.bring("target_image", inputs.image)
    await walk.brought("target_image")
    await walk.slow_down(SLOW)
    await walk.bring("audio", inputs.track.path)
    uploading = walk.page.get_by_role("progressbar", name="Upload")
    await expect(uploading).not_to_have_attribute("aria-valuenow", "0")
    await walk.next_tab()

    await walk.open(routes.STUDIO)
    page = walk.page
    await page.get_by_role("link", name="Night Bus").tap()
    await walk.arrive(routes.STUDIO_RECORD)
    await walk.open(routes.STUDIO_NEW + "?" + page.url.partition("?")[2])
    await page.get_by_text("Saved", exact=True).wait_for()
    await expect(page.get_by_label("What is it called?")).to_have_value("Night Bus")
    await expect(page.get_by_label("Tempo in BPM, typed")).to_have_value("100")
    await expect(page.get_by_role("slider", name="Bars")).to_have_attribute("aria-valuenow", "3")
    await walk.brought("target_image")
    await walk.brought("audio")  # it goes on by itself
    await page.get_by_text(inputs.track.path.name).wait_for()
    assert walk.complaints == []


async def test_a_reload_shows_the_same_video_being_made_and_it_can_be_cancelled(
    walk: Walk, new_artist: NewArtist, inputs: demo.Inputs
) -> None:
    artist = await new_artist()
    await walk.enter(artist)
    await walk.open(routes.studio_preview(await _started(artist, inputs)))
    running = walk.page.get_by_role("progressbar", name="How far your video is")
    await running.wait_for()
    await walk.page.reload()
    await running.wait_for()
    assert await walk.page.get_by_text("Night Bus").is_visible()
    await walk.tap("Cancel this video")
    await walk.heading("This one stopped.")
    assert await walk.page.get_by_text("You cancelled this one. It cost nothing.").is_visible()
    await walk.page.reload()
    await walk.heading("This one stopped.")
    assert walk.complaints == []


async def test_nobody_sees_another_persons_video(
    walk: Walk, new_artist: NewArtist, inputs: demo.Inputs
) -> None:
    owner, other = await new_artist(), await new_artist()
    generation = await _started(owner, inputs)
    await walk.enter(other)
    await walk.open(routes.studio_preview(generation))
    await walk.heading("There is no such video.")
    await walk.open(routes.studio_download(generation))
    await walk.heading("No video here.")
    assert "Night Bus" not in await walk.page.locator("body").inner_text()
    assert (await owner.http.post(f"/api/generations/{generation}/cancel")).status_code == 202


async def test_the_studio_leads_strangers_to_sign_in_and_back(walk: Walk) -> None:
    page = walk.page
    await walk.open(routes.SIGN_UP)
    email = await walk.sign_up()
    await walk.arrive(routes.STUDIO_NEW)
    await walk.open(routes.ACCOUNT)
    await walk.tap("Sign out")
    await walk.arrive(routes.HOME)

    await walk.open(routes.STUDIO)
    await walk.arrive(routes.SIGN_IN)
    await page.get_by_label("Email").fill(email)
    await page.get_by_label("Password", exact=True).fill("not the password")
    await page.keyboard.press("Enter")
    await page.get_by_text("Email or password is not right.").wait_for()
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.keyboard.press("Enter")
    await walk.arrive(routes.STUDIO)
    await walk.heading("No videos yet.")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("picture.txt", "Your picture must be a JPEG, PNG or WebP picture."),
        ("picture.png", "Your picture cannot be read. Choose a JPEG, PNG or WebP picture."),
    ],
)
async def test_a_text_as_a_picture_is_refused_beside_the_picture(
    walk: Walk, new_artist: NewArtist, tmp_path: Path, name: str, sentence: str
) -> None:
    text = tmp_path / name
    text.write_text("This is no picture.\n" * 50)
    await walk.enter(await new_artist())
    await walk.open(routes.STUDIO_NEW)
    await walk.bring("target_image", text)
    await walk.page.locator("[data-kind=target_image]").get_by_text(sentence).wait_for()
    await walk.tap("Perform it")
    await walk.page.get_by_text("Choose a picture first").wait_for()


async def test_each_mistake_at_sign_up_is_said_at_its_field(walk: Walk, new_artist: NewArtist) -> None:
    page = walk.page
    taken = (await (await new_artist()).http.get(routes.API_ME)).json()["email"]
    await walk.open(routes.SIGN_UP)
    email, password = page.get_by_label("Email"), page.get_by_label("Password", exact=True)
    birth_date = page.get_by_label("Birth date")

    await email.fill("me at home")
    await password.fill("short")
    await birth_date.fill("2020-02-02")
    await page.get_by_role("checkbox").tap()
    await walk.tap("Create my account")
    assert "email address" in await _said_at(email)
    assert "10 characters" in await _said_at(password)

    await email.fill(taken)
    await password.fill(PASSWORD)
    await walk.tap("Create my account")
    assert "13" in await _said_at(birth_date)
    await birth_date.fill("1990-05-23")
    await walk.tap("Create my account")
    assert "account" in await _said_at(email)
    await walk.has_no_weakness()


async def _said_at(field: Locator) -> str:
    """The error that a screen reader reads with this field; waits until it is said."""
    identifier = await field.get_attribute("id")
    said = field.page.locator(f"[id='{identifier}error']:not(:empty)")
    await said.wait_for()
    described = await field.get_attribute("aria-describedby") or ""
    assert await said.get_attribute("id") in described.split()
    return await said.inner_text()


async def _started(artist: Artist, inputs: demo.Inputs) -> str:
    """A video that has just begun to be made."""
    project = await artist.project(track_name="Night Bus", bpm=100, bars=1)
    files = {
        "driver_video": inputs.performance.path,
        "target_image": inputs.image,
        "audio": inputs.track.path,
    }
    await artist.upload(project, **files)
    started = await artist.start(project)
    assert started.status_code == 202, started.text
    return str(started.json()["generation_id"])


async def test_without_a_payment_service_buying_is_a_rehearsal(walk: Walk, new_artist: NewArtist) -> None:
    artist = await new_artist()
    await walk.enter(artist)
    await walk.open(routes.PRICING)
    await walk.tap("Get Open Mic")
    await walk.heading("No money moves here.")
    await walk.page.get_by_text("$15.00").wait_for()
    await walk.has_no_weakness()
    await walk.tap("Pay with nothing")
    await walk.arrive(routes.ACCOUNT)
    await walk.page.get_by_text("42 from Open Mic never expire").wait_for()
    await walk.has_no_weakness()
    assert (await artist.balance())["credits_remaining"] == 45
    await walk.open(routes.PRICING)
    await walk.page.get_by_role("link", name="Account").wait_for()
    await walk.has_no_weakness()
    assert walk.complaints == []
