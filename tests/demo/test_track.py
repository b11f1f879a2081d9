"""The song has the tempo and the length that it claims."""

import wave
from pathlib import Path

import numpy as np
import pytest

from vannilli_app.demo import track


@pytest.mark.parametrize(("bpm", "bars"), [(120.0, 2), (97.5, 3), (174.0, 2)])
def test_length_and_format(bpm: float, bars: int, tmp_path: Path) -> None:
    song = track.write(tmp_path / "song.wav", bpm=bpm, bars=bars)
    with wave.open(str(song.path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, 44_100)
        assert file.getnframes() / 44_100 == pytest.approx(bars * 4 * 60 / bpm, abs=1e-4)
    assert song.seconds == pytest.approx(bars * 4 * 60 / bpm, abs=1e-4)
    assert song.beats == pytest.approx(np.arange(4 * bars) * 60 / bpm)


@pytest.mark.parametrize("bpm", [97.5, 140.0])
def test_every_beat_is_heard_where_it_is(bpm: float) -> None:
    mono = track.synthesise(bpm, 2).mean(1)
    step = 220  # 5 ms
    loud = np.sqrt((mono[: len(mono) // step * step].reshape(-1, step) ** 2).mean(1))
    rise = np.diff(loud, prepend=0)
    for beat in np.arange(8) * 60 / bpm:
        at = round(beat * 44_100 / step)
        around = rise[max(0, at - 12) : at + 13]
        assert abs(int(around.argmax()) + max(0, at - 12) - at) <= 3


def test_it_is_moderately_loud_and_never_clips() -> None:
    song = track.synthesise(120, 2)
    assert 0.6 < np.abs(song).max() < 0.8
    assert 0.03 < np.sqrt((song**2).mean()) < 0.3


def test_it_is_the_same_every_time(tmp_path: Path) -> None:
    first, second = (track.write(tmp_path / name, bars=1).path.read_bytes() for name in ("a.wav", "b.wav"))
    assert first == second
