"""Holes are filled with what is round them."""

import numpy as np

from vannilli_app.engine.inpaint import fill


def _holed(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    hole = np.zeros(picture.shape[:2], bool)
    hole[30:170, 20:90] = True
    spoilt = picture.copy()
    spoilt[hole] = 0
    return spoilt, hole


def test_one_colour_stays_one_colour() -> None:
    spoilt, hole = _holed(np.full((200, 120, 3), (150, 90, 40), np.uint8))
    assert np.abs(fill(spoilt, hole).astype(int) - (150, 90, 40)).max() <= 1


def test_what_is_known_is_kept() -> None:
    picture = np.random.default_rng(0).integers(0, 255, (200, 120, 3), np.uint8)
    spoilt, hole = _holed(picture)
    assert np.array_equal(fill(spoilt, hole)[~hole], picture[~hole])


def test_a_gradient_goes_on() -> None:
    ramp = np.linspace(40, 200, 200)[:, None, None] * np.ones((1, 120, 3))
    spoilt, hole = _holed(ramp.astype(np.uint8))
    assert np.abs(fill(spoilt, hole) - ramp)[hole].mean() < 15
