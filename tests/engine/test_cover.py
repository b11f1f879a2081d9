"""A mouth that something is held before for a second holds, comes to rest and is met again; the head goes on."""

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.engine import clips
from tests.engine.conftest import SMALL
from vannilli_app.demo import Inputs
from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.animate import animate
from vannilli_app.engine.array import Array
from vannilli_app.engine.driver import Driver, watch

FPS, FRAMES = Fraction(30), 120
COMES, GOES = 45, 75  # frames: one second
COMING = 4  # frames in which it moves up to the mouth
THINGS = {"hand": ((206, 152, 122), (0.36, 0.2)), "microphone": ((42, 40, 46), (0.17, 0.17))}


def _covered(picture: Array, index: int, seen: Array, thing: str) -> Array:
    """A picture of the clip (RGB) whose face has points `seen` (478, 3), with the thing before its mouth."""
    away = 1 - np.clip(min(index - COMES, GOES - 1 - index) / COMING, 0, 1)
    if not COMES <= index < GOES:
        return picture
    colour, size = THINGS[thing]
    height = float(lm.face_height(seen))
    x, y = seen[[lm.MOUTH_TOP, lm.MOUTH_BOTTOM], :2].mean(0)
    y += 1.2 * height * away
    held = picture.copy()
    axes = (round(size[0] * height), round(size[1] * height))
    cv2.ellipse(held, (round(x), round(y)), axes, 8, 0, 360, colour, -1, cv2.LINE_AA)
    return held


def _watched(clip: Path) -> Driver:
    return watch(clip, FPS, FRAMES, lambda seconds: None)


@pytest.fixture(scope="module")
def free(inputs: Inputs) -> Array:
    return _watched(inputs.performance.path).points[:]


@pytest.mark.parametrize("thing", THINGS)
def test_a_covered_mouth_holds_and_is_met_again(
    thing: str, free: Array, inputs: Inputs, tmp_path: Path
) -> None:
    pictures = [
        _covered(picture, index, free[index], thing)
        for index, picture in enumerate(clips.read(inputs.performance.path))
    ]
    clip = clips.write(tmp_path / "covered.mp4", pictures, [index / 30 for index in range(len(pictures))])
    performance = _watched(clip)
    covered = performance.points[:]
    assert performance.seen == 1.0
    jaw, usual = lm.mouth_openness(covered), lm.mouth_openness(free)
    assert np.abs(jaw - usual)[: COMES - 6].max() < 0.03
    assert np.abs(jaw - usual)[GOES + 6 :].max() < 0.03
    # It falls and rises once: nothing that the tracker guesses meanwhile is believed.
    assert np.abs(np.diff(jaw[COMES:GOES])).sum() < jaw[COMES] + jaw[GOES - 1] + 0.04
    at_rest = slice(COMES + 15, COMES + 20)  # after it faded, before it is met again
    assert np.abs(jaw[at_rest] - np.median(usual)).max() < 0.08
    height = float(lm.face_height(free).mean())
    steps, usual_steps = (
        np.abs(np.diff(points[..., :2], axis=0)).max() / height for points in (covered, free)
    )
    assert steps < 1.2 * usual_steps
    yaw, usual_yaw = (lm.head_angles(points)[COMES:GOES, 1] for points in (covered, free))
    assert clips.correlation(yaw, usual_yaw) > 0.9
    out = tmp_path / "out.mp4"
    animate(inputs.image, clip, out, size=SMALL)
    made = clips.jaw(out, FRAMES)[COMES:GOES:3]  # the tracker trembles from frame to frame
    assert np.abs(np.diff(made)).sum() < made[0] + made[-1] + 0.3


def test_a_face_that_is_gone_for_a_second_is_met_again(free: Array, inputs: Inputs, tmp_path: Path) -> None:
    """It stays where it was seen last, and is where it is seen again when it is: the way between has no jump."""
    pictures = clips.read(inputs.performance.path)
    wall = np.full_like(pictures[0], 140)
    shown = [wall if COMES <= index < GOES else picture for index, picture in enumerate(pictures)]
    clip = clips.write(tmp_path / "gone.mp4", shown, [index / 30 for index in range(len(shown))])
    performance = _watched(clip)
    points, height = performance.points[:], float(lm.face_height(free).mean())
    assert performance.seen == pytest.approx(0.75, abs=0.02)
    apart = np.linalg.norm((points - free)[..., :2], axis=-1).mean(1) / height
    assert apart[: COMES - 2].max() < 0.02
    assert apart[GOES + 2 :].max() < 0.02
    steps, usual = (np.abs(np.diff(some[..., :2], axis=0)).max() for some in (points, free))
    assert steps < 1.2 * usual
