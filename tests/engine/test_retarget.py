"""A still gets the performance's movements in its own measure."""

import cv2
import numpy as np
import pytest

from vannilli_app.demo import character, performance, performer
from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.portrait import Portrait
from vannilli_app.engine.retarget import Move, Retarget, meet, reference

FPS = 30.0
SIZE = (256, 448)


@pytest.fixture(scope="module")
def singer() -> np.ndarray:
    return Portrait.of(character.draw(SIZE), SIZE).points


@pytest.fixture(scope="module")
def acted() -> np.ndarray:
    return Portrait.of(performer.draw(SIZE), SIZE).points


def _turned(points: np.ndarray, degrees: float) -> np.ndarray:
    rotation = cv2.Rodrigues(np.radians([0.0, degrees, 0.0]))[0]
    return Move.of(points, np.zeros(2), 1.0, rotation, np.zeros(3), points[lm.OVAL].mean(0)).points


def _opening(points: np.ndarray, jaw: np.ndarray) -> np.ndarray:
    weights = performance.jaw_weights(points)
    moved = np.repeat(points[None], len(jaw), 0)
    moved[..., 1] += jaw[:, None] * weights * 0.13 * lm.face_height(points)
    return moved


def test_the_mouth_follows(singer: np.ndarray, acted: np.ndarray) -> None:
    jaw = 0.5 - 0.5 * np.cos(np.arange(60) * 2 * np.pi / 20)
    moves = Retarget(_opening(acted, jaw), singer, FPS)
    made = np.array([lm.mouth_openness(moves.move(i).points) for i in range(60)])
    assert np.corrcoef(made, jaw)[0, 1] > 0.97
    assert made.min() < 0.05
    assert made.max() > 0.4


def test_the_reference_is_the_moment_most_like_the_still(singer: np.ndarray, acted: np.ndarray) -> None:
    jaw = np.full(40, 0.8)
    jaw[23] = 0.0
    performed = _opening(acted, jaw)
    assert reference(performed, singer) == 23
    wide = _opening(singer, np.array([0.8]))[0]
    assert reference(performed, wide) != 23


def test_a_still_out_of_the_clip_has_its_own_moment_as_reference(acted: np.ndarray) -> None:
    """Whatever it shows: here the widest mouth of all, while the head looks aside."""
    performed = _opening(acted, np.linspace(0, 0.9, 30))
    performed[17] = _turned(_opening(acted, np.array([1.0]))[0], 12)
    assert reference(performed, performed[17]) == 17


@pytest.mark.parametrize("own", [0, 30, -30])
def test_a_face_that_looks_aside_is_hardly_turned_further(
    singer: np.ndarray, acted: np.ndarray, own: float
) -> None:
    sweep = 60 * np.sin(np.linspace(0, 2 * np.pi, 60))
    performed = np.stack([_turned(acted, yaw) for yaw in sweep])
    still = _turned(singer, own)
    moves = Retarget(performed, still, FPS)
    turns = np.degrees([cv2.Rodrigues(r.astype(float))[0][1, 0] for r in moves.rotation])
    onward, back = (turns.max(), -turns.min()) if own >= 0 else (-turns.min(), turns.max())
    if own == 0:
        assert onward == pytest.approx(32, abs=2)
        assert back == pytest.approx(32, abs=2)
    else:
        assert onward < 9
        assert 16 < back < 24


def test_travel_is_limited(singer: np.ndarray, acted: np.ndarray) -> None:
    performed = np.stack([acted + np.array([x, 0, 0]) for x in np.linspace(-900, 900, 40)]).astype(np.float32)
    moves = Retarget(performed, singer, FPS)
    assert np.abs(moves.travel).max() <= 0.45 * lm.face_height(singer) + 1e-3


def test_a_travelling_face_stays_in_its_picture(singer: np.ndarray, acted: np.ndarray) -> None:
    performed = np.stack([acted + np.array([x, 0, 0]) for x in np.linspace(-900, 900, 40)]).astype(np.float32)
    eyes = [lm.EYE_RIGHT[0], lm.EYE_LEFT[0]]
    moves = Retarget(performed, singer, FPS, SIZE)
    seen = np.stack([moves.move(i).points[eyes, 0] for i in range(40)])
    assert seen.min() > 0
    assert seen.max() < SIZE[0]
    assert moves.travel[:, 0].max() > 0.1 * lm.face_height(singer)


def test_an_iris_sinks_with_its_lid(singer: np.ndarray, acted: np.ndarray) -> None:
    performed = np.repeat(acted[None], 60, 0)
    upper, lower = lm.lids(lm.EYE_LEFT)
    performed[20:40, upper] += 0.4 * (performed[20:40, lower] - performed[20:40, upper])
    moves = Retarget(performed, singer, FPS)
    sunk = moves.move(30).points[lm.IRIS_LEFT[0], 1] - moves.move(5).points[lm.IRIS_LEFT[0], 1]
    gap = singer[lm.EYE_LEFT[12], 1] - singer[lm.EYE_LEFT[4], 1]
    assert 0.3 < float(moves.closing[30, 1]) < 0.95
    assert 0.05 * gap < sunk < 0.3 * gap


def test_eyes_shut_when_the_performer_shuts_them(singer: np.ndarray, acted: np.ndarray) -> None:
    performed = np.repeat(acted[None], 60, 0)
    upper, lower = lm.lids(lm.EYE_LEFT)
    performed[28:34, upper] += 0.9 * (performed[28:34, lower] - performed[28:34, upper])
    moves = Retarget(performed, singer, FPS)
    right, left = np.stack([moves.move(i).closing for i in range(60)]).T
    assert left[30] > 0.95
    assert left[:24].max() < 0.1
    assert right.max() < 0.1


def test_lips_that_crossed_meet(singer: np.ndarray) -> None:
    points = singer.copy()
    points[lm.LIP_LOWER, 1] -= 20
    meet(points)
    gap = points[lm.LIP_LOWER, 1] - points[lm.LIP_UPPER, 1]
    assert np.abs(gap).max() < 0.5
