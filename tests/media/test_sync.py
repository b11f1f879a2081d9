import itertools
import resource
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal

from tests.media import grooves, makers
from tests.media.rooms import caught
from vannilli_app.media.cut import prepare_driver
from vannilli_app.media.onsets import RATE, listen
from vannilli_app.media.sync import align, estimate


def heard(
    track: NDArray[np.float32], offset: float, *, level: float = 0.2, noise: float = 0.01, rate: int = RATE
) -> NDArray[np.float32]:
    """The track from a phone's loudspeaker in a room, `offset` seconds late, under a voice."""
    random = np.random.default_rng(2)
    tail = np.arange(rate // 5)
    echo = random.normal(size=tail.size) * np.exp(-tail / (rate / 23)) * (tail > rate // 80) * 0.15
    echo[0] = 1
    played = signal.sosfilt(
        signal.butter(2, [400, 4000], "band", fs=rate, output="sos"), signal.fftconvolve(track, echo)
    )
    sound = noise * random.normal(size=track.size + 2 * rate)
    shift = round(offset * rate)
    cut = played[max(0, -shift) : track.size]
    sound[max(0, shift) : max(0, shift) + cut.size] += level * cut
    t = np.arange(sound.size) / rate
    voice = np.sin(2 * np.pi * 180 * t + 3 * np.sin(10 * np.pi * t)) * (np.sin(1.4 * np.pi * t) > 0)
    return np.asarray(sound + 0.2 * voice, np.float32)


@pytest.mark.parametrize("bpm", [93, 140])
@pytest.mark.parametrize("offset", [0.0, 0.1234, 1.75, -0.4])
@pytest.mark.parametrize(("level", "noise"), [(0.2, 0.01), (0.1, 0.02)])
def test_the_track_is_found_to_the_millisecond(bpm: int, offset: float, level: float, noise: float) -> None:
    track = makers.music(13.7, RATE, bpm=bpm)
    found = estimate(track, heard(track, offset, level=level, noise=noise), around=0.0, within=5.0)
    assert found.seconds == pytest.approx(offset, abs=0.001)
    assert found.confidence > 0.3


@pytest.mark.parametrize("bpm", [93, 140])
def test_what_is_not_there_is_not_found(bpm: int) -> None:
    track = makers.music(13.7, RATE, bpm=bpm)
    silence = np.zeros(14 * RATE, np.float32)
    hiss = np.random.default_rng(1).normal(size=14 * RATE).astype(np.float32)
    for other in (
        silence,
        hiss,
        heard(np.zeros_like(track), 0),
        makers.music(14, RATE, bpm=bpm * 1.07, seed=5),
    ):
        assert estimate(track, other, around=0.0, within=5.0).confidence < 0.25


HEARD = [
    ("house", 124, 0.15), ("rock", 96, 0.15), ("trap", 140, 0.15), ("shuffle", 110, 0.15), ("ballad", 72.4, 0.05),
]  # fmt: skip


@pytest.mark.parametrize(("style", "bpm", "echo"), HEARD)
def test_it_is_found_at_every_latency_and_drift_or_said_to_be_unsure(
    style: str, bpm: float, echo: float
) -> None:
    """Device latencies from 50 to 400 ms, clocks that differ by 200 ppm, and nothing wrong is believed."""
    track = grooves.groove(style, bpm, bars=9, lead=0).sound[: round(13.7 * RATE)]
    right = 0
    for decibels in (-14, -30):
        for offset, drift in itertools.product((0.05, 0.4), (0, 200e-6, -200e-6)):
            found = estimate(
                track,
                caught(track, offset, decibels=decibels, drift=drift, echo=echo),
                around=0.0,
                within=5.0,
            )
            errors = (found.seconds - offset, found.seconds - offset + 13.7 * (found.drift - drift))
            if max(map(abs, errors)) <= 0.005:
                right += 1
            else:
                assert found.confidence < 0.25
    assert right >= 10  # of 12


@pytest.mark.parametrize("offset", [0.05, 0.25])
def test_a_wall_that_is_louder_than_the_loudspeaker_is_not_believed(offset: float) -> None:
    """Of a piano, whose notes are like themselves a moment later, its reflection stands out as far as itself."""
    track = grooves.groove("ballad", 72.4, bars=9, lead=0).sound[: round(13.7 * RATE)]
    found = estimate(track, caught(track, offset, decibels=-14, drift=0), around=0.0, within=5.0)
    assert found.seconds == pytest.approx(offset, abs=0.005)


def test_between_two_beats_that_are_alike_it_is_unsure() -> None:
    """A loop that is like itself a beat later, and a clock that is half a beat off."""
    track = grooves.groove("ballad", 72.4, bars=9, lead=0).sound[: round(13.7 * RATE)]
    found = estimate(track, caught(track, 0.41, decibels=-14, drift=0), around=0.0, within=5.0)
    assert found.confidence < 0.25


def test_a_clock_that_drifts_for_two_minutes_is_measured() -> None:
    track = grooves.groove("rock", 96, bars=52, lead=0).sound[: 128 * RATE]
    found = estimate(track, caught(track, 0.2, decibels=-30, drift=200e-6), around=0.0, within=5.0)
    assert found.confidence > 0.25
    assert found.seconds == pytest.approx(0.2, abs=0.001)
    assert found.drift == pytest.approx(200e-6, abs=5e-6)


def test_only_where_the_clock_allows_it_is_looked() -> None:
    track = makers.music(8, RATE)
    assert estimate(track, heard(track, 1.5), around=1.4, within=0.3).seconds == pytest.approx(1.5, abs=0.001)
    assert abs(estimate(track, heard(track, 1.5), around=0.0, within=0.5).seconds) <= 0.52


async def test_two_files_are_aligned(tmp_path: Path) -> None:
    track = makers.music(6)
    makers.wav(tmp_path / "track.wav", track)
    makers.film(
        tmp_path / "take.webm",
        frames=30,
        fps=5,
        codec="libvpx",
        sound_codec="libopus",
        sound=heard(track, 0.31, rate=48_000),
        live=True,
    )
    found = await align(tmp_path / "track.wav", tmp_path / "take.webm", clock_seconds=0.2)
    assert found.method == "bleed"
    assert found.seconds == pytest.approx(0.31, abs=0.005)
    assert found.confidence > 0.3


async def test_with_headphones_the_clock_is_believed(tmp_path: Path) -> None:
    track = makers.music(4)
    makers.wav(tmp_path / "track.wav", track)
    makers.wav(tmp_path / "voice.wav", heard(np.zeros_like(track), 0, rate=48_000))
    makers.film(tmp_path / "silent.mp4", frames=10)
    for take in ("voice.wav", "silent.mp4"):
        found = await align(tmp_path / "track.wav", tmp_path / take, clock_seconds=0.123)
        assert (found.seconds, found.method) == (0.123, "clock")
        assert found.confidence < 0.25


async def test_silence_that_would_last_for_hours_is_not_made(tmp_path: Path) -> None:
    """Two packets of sound that are hours apart: the gap between them is filled with nothing."""
    take = makers.gap(tmp_path / "take.mkv", 10_000)
    makers.wav(tmp_path / "track.wav", makers.music(1))
    before = _most_memory_of_a_child()
    assert (await align(tmp_path / "track.wav", take, clock_seconds=0.1)).seconds == 0.1
    assert (await listen(take, 20)).size < RATE
    wanted = {"start_seconds": Fraction(0), "seconds": Fraction(1), "fps": Fraction(30)}
    assert await prepare_driver(take, tmp_path / "driver.mp4", **wanted) == 30
    assert _most_memory_of_a_child() <= max(before, 700_000_000)


def _most_memory_of_a_child() -> int:
    """Of any that has ended, in bytes."""
    return 1024 * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
