"""A section that is longer than the provider takes comes back as one video, every frame at its place."""

import asyncio
from fractions import Fraction
from pathlib import Path

import av
import pytest

from tests.artist import NewArtist
from tests.fakes.everyone import Everyone
from tests.generations.conftest import Work
from tests.generations.test_flow import give
from tests.media import makers
from vannilli_app.config import settings

BPM = 60
FPS = 30


@pytest.mark.parametrize(
    ("bars", "pieces", "crossfade"),
    [
        pytest.param(8, 2, True, marks=pytest.mark.slow),
        pytest.param(32, 5, False, marks=pytest.mark.long),
    ],
)
async def test_every_frame_of_a_long_section_is_at_its_place(
    fakes: Everyone,
    new_artist: NewArtist,
    work: Work,
    tmp_path: Path,
    bars: int,
    pieces: int,
    crossfade: bool,
) -> None:
    """Where pieces dissolve into each other, both show the same frame."""
    seconds = 4 * bars
    artist = await new_artist()
    give(settings(), artist, seconds)
    project = await artist.project(bpm=BPM, bars=bars, aspect="1:1")
    await artist.upload(project, **await asyncio.to_thread(files_of, tmp_path, seconds))
    started = (await artist.start(project, provider="kling", crossfade=crossfade)).json()
    assert started["cost_credits"] == seconds  # one price, however many pieces
    status = await made(artist, work, started["internal_task_id"])
    assert status["error"] is None
    assert len(fakes.kling.tasks) == pieces

    link = (await artist.http.get(f"/api/download/{started['generation_id']}")).json()
    assert (link["credits_deducted"], link["duration_seconds"]) == (seconds, seconds)
    final = tmp_path / "final.mp4"
    final.write_bytes((await artist.http.get(link["download_url"])).content)
    shown = await asyncio.to_thread(numbers, final)
    assert len(shown) == seconds * FPS
    assert [(at, number) for at, number in enumerate(shown) if number != at % 4096] == []
    with av.open(str(final)) as container:
        sound = container.streams.audio[0]
        assert float((sound.duration or 0) * (sound.time_base or 0)) == pytest.approx(seconds, abs=0.001)


async def made(artist, work: Work, task: str) -> dict:
    """How it stands once it has ended; the provider's callbacks have its tasks looked at."""
    async with asyncio.timeout(600):
        while True:
            await work()
            status = await artist.status(task)
            if status["status"] in ("completed", "failed"):
                return status


def files_of(folder: Path, seconds: int) -> dict[str, Path]:
    """A performance whose frames carry their numbers, a picture, and a track."""
    clip = makers.film(folder / "take.mp4", frames=seconds * FPS, size=(360, 360))
    makers.ffmpeg("-i", clip, "-frames:v", 1, folder / "picture.png")
    track = makers.wav(folder / "track.wav", makers.music(seconds, bpm=BPM))
    return {"driver_video": clip, "target_image": folder / "picture.png", "audio": track}


def numbers(path: Path) -> list[int]:
    with av.open(str(path)) as container:
        assert container.streams.video[0].average_rate == Fraction(FPS)
        return [makers.number_of(frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]
