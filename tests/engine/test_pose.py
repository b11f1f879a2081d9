"""Poses are read exactly and limited softly."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vannilli_app.engine.pose import align, limit_rotation, soft_limit


def test_align_finds_the_similarity_that_was_applied() -> None:
    lots = np.random.default_rng(0)
    still = lots.normal(size=(20, 3))
    turns = [cv2.Rodrigues(lots.normal(size=3) * 0.5)[0] for _ in range(4)]
    scales, shifts = lots.uniform(0.5, 2, 4), lots.normal(size=(4, 3))
    moving = np.stack([s * still @ r.T + t for s, r, t in zip(scales, turns, shifts, strict=True)])
    found = align(still, moving)
    assert found.scale == pytest.approx(scales)
    assert found.rotation == pytest.approx(np.stack(turns))
    back = found.scale[:, None, None] * ((still - found.source) @ found.rotation.transpose(0, 2, 1))
    assert back + found.target[:, None] == pytest.approx(moving)


@given(st.floats(-100, 100), st.floats(-100, 100), st.floats(0.1, 50), st.floats(0.1, 50))
def test_soft_limit_holds_rises_and_leaves_small_values_alone(
    a: float, b: float, low: float, high: float
) -> None:
    limited = soft_limit(np.array([a, b]), -low, high)
    assert (limited >= -low - 1e-9).all()
    assert (limited <= high + 1e-9).all()
    if a <= b:
        assert limited[0] <= limited[1] + 1e-9
    if -0.5 * low < a < 0.5 * high:
        assert limited[0] == pytest.approx(a)


def test_limit_rotation_takes_each_axis_by_itself() -> None:
    turn = cv2.Rodrigues(np.radians([2.0, 60.0, -3.0]))[0]
    limited = limit_rotation(turn[None], np.ones(3), np.radians([-16, -10, -30]), np.radians([16, 20, 30]))
    degrees = np.degrees(cv2.Rodrigues(limited[0])[0][:, 0])
    assert degrees == pytest.approx((2, 20, -3), abs=0.5)
    further = limit_rotation(
        turn[None], np.array([3, 1, 1]), np.radians([-16, -10, -30]), np.radians([16, 20, 30])
    )
    assert np.degrees(cv2.Rodrigues(further[0])[0][0, 0]) == pytest.approx(6, abs=0.5)
