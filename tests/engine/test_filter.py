"""Smoothing calms, and does not delay."""

import numpy as np
import pytest

from vannilli_app.engine.filter import smooth

FPS = 30.0


def _signal(noise: float) -> np.ndarray:
    t = np.arange(120) / FPS
    clean = 60 * np.exp(-(((t - 2) / 0.15) ** 2))
    return (clean + noise * np.random.default_rng(0).standard_normal(120)).astype(np.float32)[:, None]


def test_a_movement_keeps_its_moment_and_most_of_its_height() -> None:
    raw, calm = _signal(0.0), smooth(_signal(0.0), FPS, scale=60.0)
    lags = np.correlate(calm[:, 0], raw[:, 0], "full")
    assert abs(int(lags.argmax()) - (len(raw) - 1)) == 0
    assert int(calm.argmax()) == int(raw.argmax())
    assert calm.max() > 0.85 * raw.max()


def test_jitter_at_rest_is_calmed() -> None:
    still = _signal(1.0)[:45]
    assert smooth(still, FPS, scale=60.0).std() < 0.75 * still.std()


def test_two_moments_stay_as_they_are() -> None:
    two = np.array([[1.0], [5.0]], np.float32)
    assert np.array_equal(smooth(two, FPS, scale=10.0), two)


@pytest.mark.parametrize("backwards", [False, True])
def test_what_moves_at_an_end_does_not_lag_there(backwards: bool) -> None:
    steady = np.linspace(0, 100, 60, dtype=np.float32)[:: -1 if backwards else 1, None]
    assert np.abs(smooth(steady, FPS, scale=60.0) - steady).max() < 0.2
