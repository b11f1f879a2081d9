"""Eyes without an iris are laid on the rims that are drawn; living and shut ones are left to the tracker."""

import cv2
import numpy as np
import pytest

from vannilli_app.demo import character, performer
from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.array import Array
from vannilli_app.engine.eyelids import Eyelids
from vannilli_app.engine.portrait import Portrait
from vannilli_app.engine.rims import laid

SIZE = (540, 960)


def _portrait(drawing=character) -> tuple[Array, Array]:
    portrait = Portrait.of(drawing.draw(SIZE), SIZE)
    assert portrait.points is not None
    return portrait.still.copy(), portrait.points


def _turned_to_stone(still: Array, points: Array) -> Array:
    """The still with eyes that are only rims, their lower lids and inner corners lower than those of `points`."""
    rims = points.copy()
    for eye in lm.EYES:
        width = float(lm.distance(points, eye[0], eye[8]))
        inwards = np.clip(np.abs(points[eye, 0] - points[eye[0], 0]) / width, 0, 1)
        rims[eye, 1] += 0.12 * width * inwards
        rims[eye[9:], 1] += 0.10 * width
        x, y = points[eye, :2].mean(0).tolist()
        ends = (round(x), round(y)), (round(0.75 * width), round(0.5 * width))
        cv2.ellipse(still, *ends, 0, 0, 360, (150, 170, 190), -1)
        cv2.polylines(still, [rims[eye, :2].astype(np.int32)], True, (60, 70, 90), 2, cv2.LINE_AA)
    return rims


@pytest.mark.parametrize("roll", [0, 25])
def test_eyes_of_stone_are_laid_on_their_rims(roll: int) -> None:
    still, points = _portrait()
    rims = _turned_to_stone(still, points)
    turn = cv2.getRotationMatrix2D((270, 400), roll, 1)
    still = cv2.warpAffine(still, turn, SIZE, borderMode=cv2.BORDER_REPLICATE)
    for points_ in (points, rims):
        points_[:, :2] = points_[:, :2] @ turn[:, :2].T + turn[:, 2]
    found = laid(still, points)
    for eye in lm.EYES:
        width = lm.distance(points, eye[0], eye[8])
        before, after = (np.linalg.norm((p - rims)[eye, :2], axis=1).mean() / width for p in (points, found))
        assert before > 0.09
        assert after < 0.04
    still_there = [*lm.OVAL, *lm.LIPS_OUTER, *lm.BROWS[0]]
    assert np.abs(found - points)[still_there].max() < 0.01 * lm.face_height(points)


@pytest.mark.parametrize("drawing", [character, performer])
def test_living_eyes_stay_where_the_tracker_saw_them(drawing) -> None:
    still, points = _portrait(drawing)
    assert np.array_equal(laid(still, points), points)


def test_shut_eyes_stay_shut() -> None:
    still, points = _portrait()
    Eyelids(still.copy(), points).draw(still, points, np.ones(2))
    asleep = Portrait.of(still, SIZE)
    assert asleep.points is not None
    assert np.array_equal(laid(still, asleep.points), asleep.points)
    assert all(lm.eye_openness(asleep.points, eye) < 0.1 for eye in lm.EYES)
