"""Files are complete, of exact length, or not there at all."""

import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.engine import clips
from vannilli_app.demo import track
from vannilli_app.engine.encode import Encoder, SoundUnreadable

SIZE = (64, 96)
FPS = Fraction(30)


def _pictures(count: int) -> Iterator[np.ndarray]:
    for i in range(count):
        yield np.full((96, 64, 3), 20 + 2 * i, np.uint8)


@pytest.mark.parametrize("fps", [Fraction(30), Fraction(24), Fraction(30000, 1001)])
def test_frames_and_rate_are_exact(fps: Fraction, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    with Encoder(out, SIZE, fps) as encoder:
        for picture in _pictures(47):
            encoder.put(picture)
    frames = clips.read(out)
    assert len(frames) == 47
    assert [float(f.mean()) for f in frames[::10]] == pytest.approx([20, 40, 60, 80, 100], abs=3)
    assert clips.lengths(out) == (pytest.approx(float(47 / fps), abs=1e-4), None)


@pytest.mark.parametrize("count", [20, 61, 200])
def test_sound_is_as_long_as_the_picture(count: int, tmp_path: Path) -> None:
    song = track.write(tmp_path / "song.wav", bpm=120, bars=2)  # 4 s: the last case is padded with silence
    out = tmp_path / "out.mp4"
    with Encoder(out, SIZE, FPS, audio=song.path) as encoder:
        for _ in range(count):
            encoder.put(np.zeros((96, 64, 3), np.uint8))
    video, sound = clips.lengths(out)
    assert video == pytest.approx(count / 30, abs=1e-4)
    assert sound == pytest.approx(video, abs=0.002)


def test_an_error_while_drawing_surfaces_and_leaves_no_file(tmp_path: Path) -> None:
    def draw() -> None:
        with Encoder(tmp_path / "out.mp4", SIZE, FPS) as encoder:
            for picture in _pictures(3):
                encoder.put(picture)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        draw()
    assert list(tmp_path.iterdir()) == []
    assert "encoder" not in {thread.name for thread in threading.enumerate()}


def test_an_error_of_the_encoder_surfaces_and_never_hangs(tmp_path: Path) -> None:
    def draw() -> None:
        with Encoder(tmp_path / "missing" / "out.mp4", SIZE, FPS) as encoder:
            for _ in range(500):  # far more than may wait for the encoder
                encoder.put(np.zeros((96, 64, 3), np.uint8))

    with pytest.raises(OSError, match="No such file"):
        draw()


def test_sound_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "song.wav").write_bytes(b"This is a text.")

    def draw() -> None:
        with Encoder(tmp_path / "out.mp4", SIZE, FPS, audio=tmp_path / "song.wav") as encoder:
            for picture in _pictures(3):
                encoder.put(picture)

    with pytest.raises(SoundUnreadable):
        draw()
    assert not (tmp_path / "out.mp4").exists()
