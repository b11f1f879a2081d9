"""What is heard in a track is offered on the form, and nothing is set before somebody taps it."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import NewArtist
from tests.e2e.walk import Walk
from tests.media import grooves, makers
from vannilli_app import routes


@pytest.mark.e2e
@pytest.mark.long
async def test_the_tempo_and_the_downbeat_are_offered(
    walk: Walk, new_artist: NewArtist, tmp_path: Path
) -> None:
    played = grooves.groove("rock", 126, bars=8)
    song = makers.wav(tmp_path / "song.wav", played.sound, grooves.RATE)
    artist = await new_artist()
    project = await artist.project(track_name="Night Bus", bpm=90, bars=2)
    await walk.enter(artist)
    await walk.open(routes.studio_new(project))
    await walk.bring("audio", song)
    page = walk.page
    await page.get_by_text("We hear").wait_for()
    tempo, bar_one = page.get_by_label("Tempo in BPM, typed"), page.get_by_label("Bar 1 starts at")
    assert (await tempo.input_value(), await bar_one.input_value()) == ("90", "0")

    await page.get_by_role("button", name="126", exact=True).tap()
    await page.get_by_role("button", name="Bar 1 on the downbeat").tap()
    await expect(tempo).to_have_value("126")
    await page.get_by_text("Saved", exact=True).wait_for()
    await walk.has_no_weakness()
    kept = (await artist.http.get(f"/api/projects/{project}")).json()
    assert kept["bpm"] == 126
    assert kept["bar_one_seconds"] == pytest.approx(played.lead, abs=0.01)
    assert walk.complaints == []
