"""A face that is lost for a while holds, comes to rest, and is met again without a jump."""

import numpy as np
import pytest

from vannilli_app.demo import performance, performer
from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.hold import between, steady
from vannilli_app.engine.portrait import Portrait

SIZE = (256, 448)


@pytest.fixture(scope="module")
def sung() -> np.ndarray:
    """Three seconds at 30 fps, mostly shut, wide open in the second one."""
    points = Portrait.of(performer.draw(SIZE), SIZE).points
    jaw = np.zeros(90)
    jaw[25:35] = 1.0
    moved = np.repeat(points[None], 90, 0)
    weights = performance.jaw_weights(points)
    moved[..., 1] += jaw[:, None] * weights * 0.13 * lm.face_height(points)
    moved[..., 0] += np.linspace(0, 40, 90, dtype=np.float32)[:, None]
    return moved


def test_a_long_gap_is_held_then_met_and_the_mouth_comes_to_rest(sung: np.ndarray) -> None:
    times = np.arange(90) / 30
    seen = np.r_[0:31, 75:90]
    filled = between(times[seen], sung[seen], times)
    steps = np.abs(np.diff(filled[30:76], axis=0)).max((1, 2))
    assert steps.max() < 0.15 * np.abs(sung[75] - sung[30]).max()
    openness = lm.mouth_openness(filled)
    assert openness[30] > 0.4
    assert openness[55] < 0.06
    assert filled[55, :, 0].mean() == pytest.approx(sung[30, :, 0].mean(), abs=1)
    assert np.allclose(filled[75:], sung[75:])


def test_a_short_gap_is_bridged(sung: np.ndarray) -> None:
    times = np.arange(90) / 30
    seen = np.r_[0:50, 53:90]
    assert np.abs(between(times[seen], sung[seen], times) - sung).max() < 0.5


def test_a_reading_that_leaps_away_and_back_is_left_out(sung: np.ndarray) -> None:
    leaping = sung.copy()
    leaping[60] += (
        np.random.default_rng(0).normal(0, 0.06 * lm.face_height(sung[0]), (478, 3)).astype(np.float32)
    )
    assert np.flatnonzero(~steady(leaping)).tolist() == [60]
