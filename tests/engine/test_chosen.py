"""Of several faces the one that is meant is moved, and the one that is meant performs."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.engine import clips
from tests.media import faces
from vannilli_app.demo import Inputs
from vannilli_app.engine import animate
from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.array import Array
from vannilli_app.engine.tracker import Tracker

LARGE, SMALL = (0.24, 0.5), (0.8, 0.65)  # where two faces are
SIZE = (448, 448)


@pytest.fixture(scope="module")
def two() -> Array:
    return np.ascontiguousarray(faces.two()[..., ::-1])


@pytest.mark.parametrize(("near", "x"), [(None, 180), (LARGE, 180), (SMALL, 601), ((1.0, 1.0), 601)])
def test_in_a_still(two: Array, near: tuple[float, float] | None, x: int) -> None:
    face = Tracker(near=near).still(two)
    assert face is not None
    assert face.points[lm.MOUTH_TOP, 0] == pytest.approx(x, abs=12)


def test_a_small_one_beside_a_large_one_in_a_large_still(two: Array) -> None:
    wide = np.full((1400, 2000, 3), 150, np.uint8)
    wide[:640, :760] = two
    tiny = cv2.resize(two[200:627, 480:720], (100, 178), interpolation=cv2.INTER_AREA)
    wide[1000:1178, 1700:1800] = tiny
    face = Tracker(near=(0.87, 0.77)).still(wide)
    assert face is not None
    assert face.points[lm.MOUTH_TOP, 0] == pytest.approx(1700 + 121 * 100 / 240, abs=8)


def test_in_a_clip_and_again_after_it_was_lost(two: Array) -> None:
    """Both move to the left by more than what lay between them; the small one is found again where it was last."""
    tracker = Tracker(near=SMALL)
    for shift in (*range(0, 200, 8), -1, *range(208, 240, 8)):
        face = tracker.follow(np.zeros_like(two) if shift < 0 else np.roll(two, -shift, axis=1))
        assert (face is None) == (shift < 0)
        if face:
            assert face.points[lm.MOUTH_TOP, 0] == pytest.approx(601 - shift, abs=12)


def test_who_performs_and_who_is_moved(inputs: Inputs, tmp_path: Path) -> None:
    """A clip of somebody who sings beside somebody who does not; a picture with two faces."""
    sung = clips.read(inputs.performance.path)[:45]
    both = [np.hstack([sung[0], frame]) for frame in sung]
    clip = clips.write(tmp_path / "both.mp4", both, [index / 30 for index in range(len(both))])
    alone = cv2.imread(str(inputs.image))
    picture = tmp_path / "picture.png"
    cv2.imwrite(str(picture), np.hstack([alone, alone]))

    def moved(face: float, performer: float) -> Array:
        out = tmp_path / "out.mp4"
        animate(picture, clip, out, size=SIZE, face=(face, 0.45), performer=(performer, 0.45), mouth="drawn")
        frames = np.stack(clips.read(out)).astype(np.float32)
        across = np.ptp(frames, axis=0).mean((0, 2))
        return np.array([across[: SIZE[0] // 2].mean(), across[SIZE[0] // 2 :].mean()])

    still, left, right = moved(0.25, 0.25), moved(0.25, 0.75), moved(0.75, 0.75)
    assert left[0] > 2 * left[1]
    assert right[1] > 2 * right[0]
    assert still.max() < left[0] / 2
