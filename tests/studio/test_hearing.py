"""What the studio hears: the tempo of a track, and where it lies in a performance."""

from pathlib import Path

import numpy as np
import pytest

from tests.artist import NewArtist
from tests.media import grooves, makers
from vannilli_app import demo


async def test_the_tempo_of_a_track_is_heard_and_offered_and_changes_nothing(
    new_artist: NewArtist, tmp_path: Path
) -> None:
    played = grooves.groove("rock", 126, bars=6)
    path = makers.wav(tmp_path / "track.wav", played.sound, grooves.RATE)
    artist = await new_artist()
    project = await artist.project(bpm=90, bars=2)
    assert (await artist.http.get(f"/api/projects/{project}/beats")).json()["code"] == "asset_missing"
    await artist.send(project, "audio", path)

    heard = (await artist.http.get(f"/api/projects/{project}/beats")).json()
    assert any(abs(bpm - 126) < 0.5 for bpm in (heard["bpm"], *heard["alternatives"]))
    assert 0 < heard["confidence"] <= 1
    assert heard["beats_per_bar"] == 4
    assert set(heard["downbeats"]) <= set(heard["beats"])
    again = (await artist.http.get(f"/api/projects/{project}/beats")).json()
    assert again == heard
    waltz = {"time_signature": "3/4"}
    assert (await artist.http.patch(f"/api/projects/{project}", json=waltz)).status_code == 200
    assert (await artist.http.get(f"/api/projects/{project}/beats")).json()["beats_per_bar"] == 3
    now = (await artist.http.get(f"/api/projects/{project}")).json()
    assert (now["bpm"], now["bar_one_seconds"]) == (90, 0)


async def test_a_track_without_a_beat_says_so(new_artist: NewArtist, tmp_path: Path) -> None:
    path = makers.wav(tmp_path / "silence.wav", np.zeros(5 * 48_000, np.float32))
    artist = await new_artist()
    project = await artist.project()
    await artist.send(project, "audio", path)
    answer = await artist.http.get(f"/api/projects/{project}/beats")
    heard = {
        "bpm": None,
        "confidence": 0,
        "alternatives": [],
        "beats_per_bar": 4,
        "beats": [],
        "downbeats": [],
    }
    assert (answer.status_code, answer.json()) == (200, heard)


async def test_a_performance_is_in_time_by_what_was_heard_else_by_the_clock(
    new_artist: NewArtist, inputs: demo.Inputs, tmp_path: Path
) -> None:
    artist = await new_artist()
    project = await artist.project(bpm=100, bars=1)
    late = tmp_path / "late.mp4"
    makers.ffmpeg(
        "-i", inputs.performance.path, "-i", inputs.track.path, "-filter_complex",
        "[0:v]tpad=start_duration=0.5:start_mode=clone[v];[1:a]adelay=500:all=1[a]",
        "-map", "[v]", "-map", "[a]", "-shortest", late,
    )  # fmt: skip
    mute = tmp_path / "mute.mp4"
    makers.ffmpeg("-i", late, "-an", "-c:v", "copy", mute)

    heard = await artist.send(project, "driver_video", late, capture_offset_seconds=0.31)
    without_track = (await artist.http.post(f"/api/assets/{heard}/alignment")).json()
    assert (without_track["method"], without_track["offset_seconds"]) == ("clock", 0.31)
    await artist.send(project, "audio", inputs.track.path)
    found = (await artist.http.post(f"/api/assets/{heard}/alignment")).json()
    assert (found["method"], found["margin_ms"]) == ("bleed", 5)
    assert found["offset_seconds"] == pytest.approx(0.5, abs=0.005)

    silent = await artist.send(project, "driver_video", mute, capture_offset_seconds=0.31)
    found = (await artist.http.post(f"/api/assets/{silent}/alignment")).json()
    assert (found["method"], found["margin_ms"]) == ("clock", 200)
    assert found["offset_seconds"] == 0.31


async def test_only_what_was_found_to_be_good_is_listened_to(
    new_artist: NewArtist, inputs: demo.Inputs, tmp_path: Path
) -> None:
    artist = await new_artist()
    project = await artist.project(bpm=100, bars=1)
    path = inputs.performance.path
    asset = {"kind": "driver_video", "content_type": "video/mp4", "size_bytes": path.stat().st_size}
    (link,) = await artist.links(project, [asset])
    headers = link["headers"] | {"authorization": ""}
    assert (await artist.http.put(link["url"], content=path.read_bytes(), headers=headers)).status_code == 200
    answer = await artist.http.post(f"/api/assets/{link['asset_id']}/alignment")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_checked")

    short = await artist.send(project, "driver_video", makers.film(tmp_path / "short.mp4", frames=20))
    answer = await artist.http.post(f"/api/assets/{short}/alignment")
    assert (answer.status_code, answer.json()["code"]) == (422, "asset_invalid")
    assert "too_short" in [one["code"] for one in answer.json()["findings"]]


async def test_only_a_small_nudge_is_taken(new_artist: NewArtist, inputs: demo.Inputs) -> None:
    artist = await new_artist()
    project = await artist.project(bpm=100, bars=1)
    take = await artist.send(project, "driver_video", inputs.performance.path)
    for wrong in (251, -251, 1.5, "20", None):
        assert (await artist.http.patch(f"/api/assets/{take}", json={"nudge_ms": wrong})).status_code == 422
    answer = await artist.http.patch(f"/api/assets/{take}", json={"nudge_ms": -40})
    assert answer.json()["nudge_ms"] == -40
