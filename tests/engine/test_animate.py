"""The whole animator: a drawn singer performs what the drawn performer sings."""

import multiprocessing
import subprocess
import sys
import time
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.engine import clips
from tests.engine.conftest import SMALL
from vannilli_app.demo import Inputs
from vannilli_app.engine import (
    Cancelled,
    DriverTooShort,
    DriverUnreadable,
    ImageUnreadable,
    animate,
)

# Forbids sockets to a whole process, then renders.
OFFLINE = """
import sys
def refuse(event, arguments):
    if event.startswith("socket."):
        raise RuntimeError("The network was used: " + event)
sys.addaudithook(refuse)
from pathlib import Path
from vannilli_app.engine import animate
image, driver, out = map(Path, sys.argv[1:])
print(animate(image, driver, out, size=(128, 224), frames=5).mode)
"""


@pytest.fixture(scope="module")
def made(inputs: Inputs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The singer performing all four seconds."""
    out = tmp_path_factory.mktemp("made") / "out.mp4"
    animation = animate(
        inputs.image, inputs.performance.path, out, size=SMALL, bpm=120, audio=inputs.track.path, frames=120
    )
    assert (animation.mode, animation.frames, animation.seconds) == ("face", 120, 4.0)
    return out


def test_the_mouth_follows_the_performer(inputs: Inputs, made: Path) -> None:
    sung = inputs.performance.curves.jaw
    assert clips.correlation(clips.jaw(inputs.performance.path, 120), sung) > 0.9
    assert clips.correlation(clips.jaw(made, 120), sung) > 0.85


def test_the_mouth_is_in_time(inputs: Inputs, made: Path) -> None:
    sung, seen = inputs.performance.curves.jaw, clips.jaw(made, 120)
    by_lag = [clips.correlation(np.roll(sung, lag)[8:-8], seen[8:-8]) for lag in range(-5, 6)]
    assert abs(int(np.argmax(by_lag)) - 5) <= 1


def test_picture_and_sound_are_of_one_length(made: Path) -> None:
    video, sound = clips.lengths(made)
    assert len(clips.read(made)) == 120
    assert video == pytest.approx(4.0, abs=1e-4)
    assert sound == pytest.approx(4.0, abs=0.002)


def test_the_same_inputs_make_the_same_picture(image: Path, driver: Path, tmp_path: Path) -> None:
    first, second = (tmp_path / name for name in ("a.mp4", "b.mp4"))
    for out in (first, second):
        animate(image, driver, out, size=(128, 224), frames=6)
    assert np.array_equal(clips.read(first), clips.read(second))


def test_a_shorter_driver_holds_its_last_moment(image: Path, driver: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    assert animate(image, driver, out, size=SMALL, frames=140).frames == 140
    frames = clips.read(out)
    assert len(frames) == 140
    held = np.abs(frames[-1].astype(int) - frames[130]).mean()
    moving = np.abs(frames[60].astype(int) - frames[70]).mean()
    assert held < 1 < moving / 3  # the encoder still refines what does not move


@pytest.mark.parametrize(("fps", "frames"), [(Fraction(24), 17), (Fraction(60000, 1001), 31)])
def test_a_longer_driver_is_cut_at_the_frame(
    fps: Fraction, frames: int, image: Path, driver: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.mp4"
    animate(image, driver, out, size=SMALL, fps=fps, frames=frames)
    assert len(clips.read(out)) == frames
    assert clips.lengths(out)[0] == pytest.approx(float(frames / fps), abs=1e-3)


def test_another_rate_keeps_the_time(inputs: Inputs, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    animate(inputs.image, inputs.performance.path, out, size=SMALL, fps=Fraction(15))
    seen = clips.jaw(out, 60, Fraction(15))
    assert clips.correlation(seen, inputs.performance.curves.jaw[::2]) > 0.8


def test_a_draft_is_smaller_and_has_the_same_performance(inputs: Inputs, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    animate(inputs.image, inputs.performance.path, out, size=(720, 1280), frames=45, draft=True)
    assert clips.read(out)[0].shape == (854, 480, 3)
    assert clips.correlation(clips.jaw(out, 45), inputs.performance.curves.jaw[:45]) > 0.8


@pytest.fixture
def landscape(tmp_path: Path) -> Path:
    """A picture without a face: hills under a moon."""
    y, x = np.mgrid[0:448, 0:256]
    hills = (y > 280 + 40 * np.sin(x / 30)).astype(np.uint8)[..., None]
    noise = np.random.default_rng(0).integers(0, 60, (448, 256, 3), np.uint8)
    picture = np.ascontiguousarray(hills * np.uint8(80) + noise)
    cv2.circle(picture, (170, 110), 40, (200, 240, 250), -1)
    path = tmp_path / "landscape.png"
    cv2.imwrite(str(path), picture)
    return path


def test_a_picture_without_a_face_moves_as_a_scene(landscape: Path, driver: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    animation = animate(landscape, driver, out, size=SMALL, frames=45, bpm=120)
    assert (animation.mode, animation.frames) == ("scene", 45)
    frames = clips.read(out)
    assert len(frames) == 45
    assert min(np.abs(a.astype(int) - b).mean() for a, b in zip(frames, frames[10:], strict=False)) > 1


def test_a_clip_without_a_face_moves_the_picture_as_a_scene(image: Path, tmp_path: Path) -> None:
    wall = [np.full((96, 64, 3), 120, np.uint8)] * 30
    clip = clips.write(tmp_path / "wall.mp4", wall, [i / 30 for i in range(30)])
    out = tmp_path / "out.mp4"
    assert animate(image, clip, out, size=SMALL).mode == "scene"
    frames = clips.read(out)
    assert (
        np.abs(frames[0].astype(int) - frames[-1]).mean() > 0.5
    )  # nothing moves in the clip, yet it is alive


def test_the_camera_of_a_scene_is_on_the_beat(landscape: Path, driver: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    animate(landscape, driver, out, size=SMALL, frames=40, bpm=120)
    frames = [frame.astype(int) for frame in clips.read(out)]
    steps = np.array([np.abs(b - a).mean() for a, b in pairwise(frames)])
    assert sorted(np.argsort(-steps)[:2].tolist()) == [14, 29]  # a beat is 15 frames


def test_a_face_keeps_the_camera_still_unless_an_accent_is_asked_for(
    image: Path, driver: Path, tmp_path: Path
) -> None:
    plain, given, asked = (tmp_path / f"{name}.mp4" for name in ("plain", "given", "asked"))
    animate(image, driver, plain, size=SMALL, frames=8)
    animate(image, driver, given, size=SMALL, frames=8, bpm=120)
    animate(image, driver, asked, size=SMALL, frames=8, bpm=120, accent=1.0)
    assert np.array_equal(clips.read(plain), clips.read(given))
    assert np.abs(clips.read(asked)[0].astype(int) - clips.read(plain)[0]).mean() > 1


@pytest.mark.parametrize(
    ("bpm", "fps"), [(97.0, Fraction(30)), (143.7, Fraction(24)), (120.0, Fraction(30000, 1001))]
)
def test_each_accent_on_a_still_performer_begins_at_its_frame(
    bpm: float, fps: Fraction, image: Path, driver: Path, tmp_path: Path
) -> None:
    still = clips.write(
        tmp_path / "still.mp4", clips.read(driver)[:1] * 75, [index / 25 for index in range(75)]
    )
    out = tmp_path / "out.mp4"
    animate(image, still, out, size=SMALL, fps=fps, bpm=bpm, accent=1.0)
    assert clips.accents_off(out, bpm, fps) < 1


def test_progress_is_told_and_rises_to_the_end(image: Path, driver: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    animate(
        image, driver, tmp_path / "out.mp4", size=SMALL, frames=60, on_progress=lambda *now: told.append(now)
    )
    assert {total for _, total in told} == {60}
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (60, 60)


@pytest.mark.parametrize("at", [2, 40])
def test_cancelling_takes_less_than_a_second_and_leaves_no_file(
    at: int, image: Path, driver: Path, tmp_path: Path
) -> None:
    asked: list[float] = []
    done = 0

    def progress(now: int, total: int) -> None:
        nonlocal done
        done = now

    def stop() -> bool:
        if done >= at:
            asked.append(time.monotonic())
        return bool(asked)

    with pytest.raises(Cancelled):
        animate(
            image,
            driver,
            tmp_path / "out.mp4",
            size=SMALL,
            frames=110,
            on_progress=progress,
            should_stop=stop,
        )
    assert time.monotonic() - asked[0] < 1
    assert list(tmp_path.iterdir()) == []
    assert not multiprocessing.active_children()


def test_no_network_is_used(image: Path, driver: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", OFFLINE, image, driver, tmp_path / "out.mp4"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip() == "face"


def test_bad_input_is_refused_with_a_sentence(image: Path, driver: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("This is a text.")
    with pytest.raises(ImageUnreadable, match="JPEG or PNG"):
        animate(text, driver, tmp_path / "out.mp4", size=SMALL)
    with pytest.raises(DriverUnreadable, match="cannot be read"):
        animate(image, text, tmp_path / "out.mp4", size=SMALL)
    blink = clips.write(tmp_path / "blink.mp4", [np.zeros((64, 48, 3), np.uint8)] * 3, [0, 0.03, 0.06])
    with pytest.raises(DriverTooShort, match="too short"):
        animate(image, blink, tmp_path / "out.mp4", size=SMALL)
    assert not (tmp_path / "out.mp4").exists()
