"""Driver clips of every rate and turn become upright pictures with true times."""

import subprocess
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from tests.engine import clips
from vannilli_app.demo import track
from vannilli_app.engine.reader import DriverUnreadable, duration, pictures

FPS = Fraction(30)


def _grey(levels: list[int]) -> list[np.ndarray]:
    return [np.full((64, 48, 3), level, np.uint8) for level in levels]


def _read(path: Path, fps: Fraction = FPS) -> tuple[list[float], list[np.ndarray]]:
    found = list(pictures(path, fps, longest_side=64))
    return [p.time for p in found], [p.rgb for p in found]


def test_times_of_a_varying_rate(tmp_path: Path) -> None:
    times = [0.0, 0.1, 0.15, 0.4, 0.9]
    clip = clips.write(tmp_path / "vfr.mkv", _grey([20, 60, 100, 150, 220]), times)
    found, rgb = _read(clip)
    assert found == pytest.approx(times, abs=0.002)
    assert [float(p.mean()) for p in rgb] == pytest.approx([20, 60, 100, 150, 220], abs=6)


def test_a_faster_clip_gives_one_picture_for_each_frame_of_the_video(tmp_path: Path) -> None:
    clip = clips.write(tmp_path / "fast.mp4", _grey([100] * 60), [i / 60 for i in range(60)])
    times, _ = _read(clip)
    assert len(times) == pytest.approx(30, abs=1)
    assert np.abs(np.diff(times) - 1 / 30).max() < 0.018


def test_reading_ends_when_enough_is_read(tmp_path: Path) -> None:
    clip = clips.write(tmp_path / "long.mp4", _grey([100] * 60), [i / 30 for i in range(60)])
    found = list(pictures(clip, FPS, longest_side=64, until=0.5))
    assert found[-1].time <= 0.5 < found[-1].time + 0.05


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_rotation_beside_the_picture_is_carried_out(turn: int, tmp_path: Path) -> None:
    upright = np.zeros((64, 48, 3), np.uint8)
    upright[:32, :, 0] = 250  # red above
    upright[32:, :, 2] = 250  # blue below
    upright[:, :24, 1] = 200  # green at the left
    # Stored lying; the player shall turn it counter-clockwise by `turn`.
    stored = np.ascontiguousarray(np.rot90(upright, -turn // 90))
    plain = clips.write(tmp_path / "plain.mp4", [stored] * 10, [i / 30 for i in range(10)])
    turned = tmp_path / "turned.mp4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-display_rotation", str(turn)]
    subprocess.run([*command, "-i", plain, "-c", "copy", turned], check=True)
    _, rgb = _read(turned)
    assert rgb[0].shape == upright.shape
    assert np.abs(rgb[0].astype(int) - upright).mean() < 25
    _, lying = _read(plain)
    assert lying[0].shape == stored.shape


@pytest.mark.parametrize("content", [b"", b"This is a text.", b"\x00\x00\x00\x18ftypmp42" + bytes(200)])
def test_what_is_no_video_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    with pytest.raises(DriverUnreadable):
        _read(path)
    with pytest.raises(DriverUnreadable):
        duration(path)


def test_a_clip_that_breaks_off_is_read_up_to_the_break(tmp_path: Path) -> None:
    lots = np.random.default_rng(1)
    noise = [lots.integers(0, 255, (64, 48, 3), np.uint8) for _ in range(40)]
    clip = clips.write(tmp_path / "whole.mkv", noise, [i / 30 for i in range(40)])
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    times, _ = _read(cut)
    assert 5 < len(times) < 30


def test_a_file_without_a_picture_is_refused(tmp_path: Path) -> None:
    song = track.write(tmp_path / "song.wav", bars=1)
    with pytest.raises(DriverUnreadable, match="no picture"):
        _read(song.path)
