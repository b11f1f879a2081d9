"""The recorder in a real browser: takes that a reload keeps, in time on the audio clock, sent over a bad line."""

import asyncio
import base64
from collections import Counter
from pathlib import Path

import numpy as np
import psycopg
import pytest
from playwright.async_api import Request, expect

from tests.e2e.conftest import NewArtist
from tests.e2e.walk import Walk
from tests.media import makers
from tests.product import Product
from vannilli_app import demo, routes
from vannilli_app.media.onsets import RATE, listen
from vannilli_app.storage import RAW_UPLOADS

pytestmark = pytest.mark.e2e
HERE = Path(__file__).parent
BPM, BAR = 200, 1.2
LINE = 400_000  # bytes a second

# The takes that this browser keeps: where in each the first bar is heard, and where it lies on the audio clock, in
# seconds; and the file itself.
TAKES = """() => new Promise((resolve) => {
    indexedDB.open("vannilli").onsuccess = ({ target }) => {
        const kept = target.result.transaction("takes").objectStore("takes").getAll();
        kept.onsuccess = async () => resolve(await Promise.all(kept.result.map(async ({ blob, offset, latency }) => {
            const bytes = new Uint8Array(await blob.arrayBuffer());
            return [offset, offset - latency, btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ""))];
        })));
    };
})"""

# What the browser says of a camera whose plug was drawn.
UNPLUG = """() => {
    const [camera] = document.querySelector("video").srcObject.getVideoTracks();
    camera.stop();
    camera.dispatchEvent(new Event("ended"));
}"""


# A machine that runs other tests beside is given twice the time.
@pytest.mark.parametrize("takes", [1, pytest.param(3, marks=pytest.mark.long)])
async def test_takes_are_in_time_survive_a_reload_and_a_line_that_breaks_off(
    walk: Walk, live: Product, new_artist: NewArtist, inputs: demo.Inputs, tmp_path: Path, takes: int
) -> None:
    page = walk.page
    artist = await new_artist()
    project = await artist.project(track_name="Night Bus", bpm=BPM, bars=2)  # two parts
    await artist.send(project, "audio", inputs.track.path)
    await artist.send(project, "target_image", inputs.image)
    await walk.enter(artist)
    await page.add_init_script(path=HERE / "loopback.js")
    await walk.open(routes.studio_record(project))
    for _ in range(takes):
        await walk.tap("Turn the camera on")
        await walk.tap("Record a take")
        await walk.tap("Another take")
    await page.reload()

    chosen = min(2, takes)
    heard, noted, coded = zip(*await page.evaluate(TAKES), strict=True)
    kept = [base64.b64decode(content) for content in coded]
    assert len(kept) == takes
    for number, (bar, content) in enumerate(zip(noted, kept, strict=True), start=1):
        late = await _late(tmp_path / f"take-{number}", content, bar)
        assert abs(late) <= (0.020 if takes > 1 else 0.040), f"take {number}: {1000 * late:.1f} ms"
    if takes > 1:
        await _side_by_side(walk, heard)

    sent: Counter[str] = Counter()
    page.on("requestfinished", lambda request: sent.update(_part(request)))
    await walk.tap(f"Take {chosen}")
    await walk.slow_down(LINE)
    await walk.tap("Check the timing")
    uploading = page.get_by_role("progressbar", name="Upload")
    await expect(uploading).not_to_have_attribute("aria-valuenow", "0")
    await walk.away()
    await page.get_by_text("Waiting for the network.").wait_for()
    await walk.back()
    await page.get_by_text("In sync, ±5 ms").wait_for()
    assert sent.total() == -(-len(kept[chosen - 1]) // (1 << 20))
    assert set(sent.values()) == {1}, sent

    await page.get_by_role("slider", name="Nudge the picture").fill("-40")
    await expect(page.get_by_text("40 ms earlier")).to_be_visible()
    await walk.has_no_weakness()
    await page.get_by_role("checkbox", name="I have the rights").tap()
    await walk.tap("Make the draft")
    await walk.arrive(routes.STUDIO_PREVIEW)
    assert sent.total() == -(-len(kept[chosen - 1]) // (1 << 20))  # it was there already
    with psycopg.connect(live.database_url) as owner:
        asked = "SELECT request->>'driver_path', request->'nudge_ms' FROM generations WHERE project_id = %s"
        ((key, nudge),) = owner.execute(asked, [project]).fetchall()
    assert nudge == -40
    assert (live.data / "files" / RAW_UPLOADS / key).read_bytes() == kept[chosen - 1]
    (made,) = (await artist.http.get("/api/generations")).json()["items"]
    await artist.http.post(f"/api/generations/{made['generation_id']}/cancel")


@pytest.mark.long
async def test_what_could_be_better_is_said_before_anything_is_made(
    walk: Walk, new_artist: NewArtist, inputs: demo.Inputs, tmp_path: Path
) -> None:
    """A video without a face: a warning, which the second tap overrules."""
    page = walk.page
    film = await asyncio.to_thread(makers.film, tmp_path / "film.mp4", frames=90, size=(360, 640))
    artist = await new_artist()
    project = await artist.project(track_name="Night Bus", bpm=BPM, bars=2)
    await artist.send(project, "target_image", inputs.image)
    await walk.enter(artist)
    await walk.open(routes.studio_record(project))
    async with page.expect_file_chooser() as opened:
        await walk.tap("Bring a video instead")
    await (await opened.value).set_files(film)
    await page.get_by_role("checkbox", name="I have the rights").tap()
    await walk.tap("Make the draft, free")
    await page.get_by_text("Something could be better").wait_for()
    await expect(page.locator(".checklist [data-standing=warning]").first).to_be_visible()
    await walk.has_no_weakness()
    assert (await artist.http.get("/api/generations")).json()["items"] == []
    await walk.tap("Make the draft all the same, free")
    await walk.arrive(routes.STUDIO_PREVIEW)
    (made,) = (await artist.http.get("/api/generations")).json()["items"]
    await artist.http.post(f"/api/generations/{made['generation_id']}/cancel")


@pytest.mark.long
async def test_a_camera_that_is_taken_away_is_said_and_can_come_back(
    walk: Walk, new_artist: NewArtist, inputs: demo.Inputs
) -> None:
    page = walk.page
    artist = await new_artist()
    project = await artist.project(track_name="Night Bus", bpm=BPM, bars=2)
    await artist.send(project, "audio", inputs.track.path)
    await walk.enter(artist)
    await walk.open(routes.studio_record(project))
    await walk.tap("Turn the camera on")
    await walk.tap("Record a take")
    await page.evaluate(UNPLUG)
    await expect(page.get_by_text("The camera or microphone was taken away.")).to_be_visible()
    await walk.has_no_weakness()
    assert await page.evaluate(TAKES) == []
    await walk.tap("Turn the camera on")
    await walk.tap("Record a take")
    await walk.tap("Another take")
    assert len(await page.evaluate(TAKES)) == 1


async def _late(path: Path, content: bytes, offset: float) -> float:
    """How many seconds after the bar line the recorder says that it is: the count-in's first click lies in the file a
    bar before it."""
    await asyncio.to_thread(path.write_bytes, content)
    loud = np.abs(await listen(path))
    first = np.flatnonzero(loud > 0.1)[0] / RATE
    return float(offset - (first + BAR))


async def _side_by_side(walk: Walk, begins: tuple[float, ...]) -> None:
    """All takes play with the track, each at the same place of the section."""
    await walk.tap("Side by side")
    await walk.tap("Play with the track")
    await walk.page.wait_for_timeout(1500)  # within one round of 2.4 s, and long enough to come in step
    at = await walk.page.evaluate("[...document.querySelectorAll('video')].map((one) => one.currentTime)")
    places = np.array(at) - np.array(begins)
    assert np.ptp(places) < 0.05, places
    await walk.has_no_weakness()
    await walk.tap("Stop")
    await walk.tap("Side by side")


def _part(request: Request) -> list[str]:
    return [request.url] if request.method == "PUT" else []
