"""From the first page to the saved file, on a phone, by taps and keys: the promise of the product."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import psycopg
import pytest
from playwright.async_api import Request, expect

from tests.e2e.walk import Walk
from tests.engine import clips
from tests.product import Product
from vannilli_app import demo, routes
from vannilli_app.engine.array import Array
from vannilli_app.media import cut, sync
from vannilli_app.storage import RAW_UPLOADS

BPM, BARS = 100, 1
SECONDS = Fraction(12, 5)
FPS = Fraction(30)
FRAMES = 72
RATE = 44_100

# Writes down what the page shows, for as long as this very document lives.
WATCH = """() => {
    window.shown = { headings: [], bars: [] };
    const look = () => {
        const heading = document.querySelector("h1")?.textContent;
        const bars = document.querySelector("main [role=progressbar]")?.getAttribute("aria-valuenow");
        if (heading && heading !== shown.headings.at(-1)) shown.headings.push(heading);
        if (bars && Number(bars) !== shown.bars.at(-1)) shown.bars.push(Number(bars));
    };
    look();
    const everything = { subtree: true, childList: true, attributes: true, characterData: true };
    new MutationObserver(look).observe(document, everything);
}"""


@pytest.mark.e2e
@pytest.mark.slow
async def test_an_artist_walks_from_the_first_page_to_the_finished_file(
    walk: Walk, live: Product, inputs: demo.Inputs, tmp_path: Path
) -> None:
    email = await _sign_up(walk)
    await _describe(walk, inputs)
    await _perform(walk)
    await _watch_it_being_made(walk)
    final = await _save(walk, tmp_path)
    assert walk.complaints == []

    assert clips.lengths(final) == (float(SECONDS), float(SECONDS))
    assert len(clips.read(final)) == FRAMES
    assert clips.correlation(_sound(final), _sound(inputs.track.path)) >= 0.95
    take = await _take_as_it_was_cut(live, email, inputs, tmp_path)
    assert clips.correlation(clips.jaw(final, FRAMES), clips.jaw(take, FRAMES)) >= 0.7


async def _sign_up(walk: Walk) -> str:
    await walk.open(routes.HOME)
    await walk.has_no_weakness()
    await walk.tap("Start free", role="link")
    await walk.arrive(routes.SIGN_UP)
    await walk.has_no_weakness()
    email = await walk.sign_up()
    await walk.arrive(routes.STUDIO_NEW)
    await walk.tap("Videos", role="link")
    await walk.heading("No videos yet.")
    await walk.has_no_weakness()
    return email


async def _describe(walk: Walk, inputs: demo.Inputs) -> None:
    await walk.tap("New video", role="link")
    await walk.arrive(routes.STUDIO_NEW)
    await walk.fill_in("Night Bus", bpm=BPM, bars=BARS)
    await walk.bring("audio", inputs.track.path)
    await walk.bring("target_image", inputs.image)
    await walk.brought("audio")
    await walk.brought("target_image")
    await walk.page.get_by_text("We hear no beat in it.").wait_for()  # it is too short for one
    await walk.has_no_weakness()
    await walk.tap("Perform it")
    await walk.arrive(routes.STUDIO_RECORD)


async def _perform(walk: Walk) -> None:
    """One take, which a reload does not lose."""
    page = walk.page
    await walk.tap("Turn the camera on")
    await walk.tap("Record a take")
    await page.get_by_role("progressbar", name="Count-in").wait_for()
    await page.get_by_text("Bar 1 of 1").wait_for()
    await walk.has_no_weakness()
    await page.get_by_role("button", name="Make the draft").wait_for()
    await page.reload()
    await walk.tap("Take 1")
    await walk.has_no_weakness()
    await walk.tap("Make the draft")
    await expect(page.get_by_text("Confirm first that you have the rights")).to_be_in_viewport()
    await page.get_by_role("checkbox", name="I have the rights").tap()
    await walk.tap("Make the draft")
    await walk.arrive(routes.STUDIO_PREVIEW)


async def _watch_it_being_made(walk: Walk) -> None:
    """The page moves on by itself: it is not loaded again, and it asks for nothing."""
    page = walk.page
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.resource_type in ("fetch", "xhr", "document"):
            asked.append(request.url)

    await page.get_by_role("progressbar", name="How far your video is").wait_for()
    await page.evaluate(WATCH)
    await expect(page.get_by_text("1 bar · 100")).to_be_visible()
    page.on("request", note)
    await walk.has_no_weakness()
    await walk.heading("There they go.", within=120)
    page.remove_listener("request", note)
    shown = await page.evaluate("shown")
    assert asked == []
    assert len(shown["headings"]) >= 3
    assert len(shown["bars"]) >= 3
    assert shown["bars"] == sorted(shown["bars"])
    await walk.has_no_weakness()


async def _save(walk: Walk, folder: Path) -> Path:
    await walk.tap("Get the video, free", role="link")
    await walk.arrive(routes.STUDIO_DOWNLOAD)
    await walk.heading("It is yours.")
    await walk.has_no_weakness()
    async with walk.page.expect_download() as started:
        await walk.tap("Save the video", role="link")
    download = await started.value
    assert download.suggested_filename == "Night Bus - Vannilli.mp4"
    path = folder / "final.mp4"
    await download.save_as(path)
    return path


async def _take_as_it_was_cut(live: Product, email: str, inputs: demo.Inputs, folder: Path) -> Path:
    """The camera goes round and round, so what was performed is only in the take itself."""
    takes = "SELECT driver_video_r2_path FROM projects p JOIN users u ON u.id = p.user_id WHERE u.email = %s"
    with psycopg.connect(live.database_url) as owner:
        ((key,),) = owner.execute(takes, [email]).fetchall()
    sent = live.data / "files" / RAW_UPLOADS / key
    offset = await sync.align(inputs.track.path, sent, clock_seconds=float(SECONDS))
    path = folder / "take.mp4"
    start = Fraction(offset.seconds)
    assert await cut.prepare_driver(sent, path, start_seconds=start, seconds=SECONDS, fps=FPS) == FRAMES
    return path


def _sound(path: Path) -> Array:
    """One channel of the section's sound, at `RATE`."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    with av.open(str(path)) as container:
        frames = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
    samples: Array = np.concatenate([frame.to_ndarray()[0] for frame in frames])
    return samples[: round(SECONDS * RATE)]
