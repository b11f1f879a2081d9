"""Faces are found where they are, and nowhere else."""

import cv2
import numpy as np
import pytest

from vannilli_app.demo import character, performer
from vannilli_app.demo.face import AXIS
from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.tracker import Tracker


def _rgb(picture: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)


@pytest.mark.parametrize("drawing", [character.draw, performer.draw])
def test_finds_the_features_of_a_drawn_face(drawing) -> None:
    face = Tracker().still(_rgb(drawing((540, 960))))
    assert face is not None
    assert face.score > 0.9
    unit = 540 / 1080
    # Drawn at x = 540, the seam of the lips at y = 989, the eyes at x = 452 and 628, y = 806 (of 1080 x 1920).
    assert face.points[lm.MOUTH_TOP, :2] == pytest.approx((AXIS * unit, 989 * unit), abs=8)
    assert face.points[lm.IRIS_RIGHT[0], :2] == pytest.approx((452 * unit, 806 * unit), abs=8)
    assert face.points[lm.IRIS_LEFT[0], :2] == pytest.approx((628 * unit, 806 * unit), abs=8)


def test_finds_a_small_face_in_a_large_picture() -> None:
    wide = np.full((1200, 1600, 3), 90, np.uint8)
    wide[700:1116, 1100:1334] = _rgb(character.draw((234, 416)))
    face = Tracker().still(wide)
    assert face is not None
    assert face.points[lm.MOUTH_TOP, :2] == pytest.approx((1100 + 117, 700 + 214), abs=10)


def test_follows_a_turned_head() -> None:
    picture = _rgb(character.draw((360, 640)))
    turn = cv2.getRotationMatrix2D((180, 280), 25, 1)
    turned = cv2.warpAffine(picture, turn, (360, 640), borderMode=cv2.BORDER_REPLICATE)
    tracker = Tracker()
    faces = [tracker.follow(turned) for _ in range(3)]
    assert all(faces)
    roll = np.degrees(lm.head_angles(faces[-1].points)[2])
    assert roll == pytest.approx(-25, abs=4)


@pytest.mark.parametrize("seed", range(3))
def test_sees_no_face_in_noise(seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 255, (30, 20, 3), np.uint8)
    assert Tracker().still(cv2.resize(noise, (400, 600))) is None


def test_sees_no_face_in_a_muzzle() -> None:
    """Two eyes and a nose on fur satisfy the detector now and then; the points then scatter."""
    fur = np.full((600, 600, 3), (170, 130, 90), np.uint8)
    cv2.ellipse(fur, (300, 300), (190, 230), 0, 0, 360, (200, 160, 120), -1)
    for x in (150, 450):
        cv2.fillPoly(fur, [np.array([(x - 70, 160), (x + 70, 160), (x, 10)])], (120, 80, 50))
    for x in (225, 375):
        cv2.circle(fur, (x, 250), 26, (30, 20, 15), -1)
    cv2.ellipse(fur, (300, 400), (90, 80), 0, 0, 360, (235, 220, 205), -1)
    cv2.ellipse(fur, (300, 370), (34, 24), 0, 0, 360, (25, 20, 20), -1)
    assert Tracker().still(fur) is None


@pytest.mark.parametrize("turned", [False, True])
def test_of_several_faces_the_largest_is_followed(turned: bool) -> None:
    """Wherever it stands, in a still and through a clip in which both move."""
    wide = np.full((640, 760, 3), 150, np.uint8)
    wide[:640, :360] = _rgb(performer.draw((360, 640)))
    wide[200:627, 480:720] = _rgb(character.draw((240, 427)))
    x = AXIS * 360 / 1080
    if turned:
        wide, x = np.ascontiguousarray(wide[:, ::-1]), 760 - x
    still = Tracker().still(wide)
    assert still is not None
    assert still.points[lm.MOUTH_TOP, 0] == pytest.approx(x, abs=12)
    tracker = Tracker()
    for shift in range(0, 40, 8):
        face = tracker.follow(np.roll(wide, shift, axis=1))
        assert face is not None
        assert face.points[lm.MOUTH_TOP, 0] == pytest.approx(x + shift, abs=12)
