"""A field drawn window by window is the field drawn as a whole."""

import numpy as np

from vannilli_app.engine.field import STEP, Field

SIZE = (200, 310)  # no multiples of the field's step
MASK = 4  # pixels for one of the mask


def _field() -> Field:
    y, x = (
        np.mgrid[0 : -(-SIZE[1] // STEP), 0 : -(-SIZE[0] // STEP)].astype(np.float32) * STEP + (STEP - 1) / 2
    )
    return Field(x + 5 * np.sin(y / 30, dtype=np.float32), y + 4 * np.cos(x / 20, dtype=np.float32), SIZE)


def test_it_reaches_each_pixel() -> None:
    field = _field()
    x, y = field.enlarged(field.whole)
    assert x.shape == y.shape == SIZE[::-1]
    across = np.arange(SIZE[0]) + 5 * np.sin(np.arange(SIZE[1]) / 30)[:, None]
    assert np.abs(x - across)[STEP:-STEP, STEP:-STEP].max() < 0.2


def test_windows_hold_what_comes_from_the_mask_and_meet_without_a_seam() -> None:
    field = _field()
    mask = np.zeros((SIZE[1] // MASK + 1, SIZE[0] // MASK + 1), np.uint8)
    mask[20:60, 10:40] = 1
    x, y = field.enlarged(field.whole)
    drawn = np.zeros(x.shape, int)
    for window in field.windows(mask, 1 / MASK):
        place = field.pixels(window)
        part_x, part_y = field.enlarged(window)
        assert np.allclose(part_x, x[place], atol=1e-3)
        assert np.allclose(part_y, y[place], atol=1e-3)
        drawn[place] += 1
    inside = (x >= 10 * MASK) & (x < 39 * MASK) & (y >= 20 * MASK) & (y < 59 * MASK)
    assert (drawn[inside] == 1).all()
    assert drawn.max() == 1
    assert drawn.mean() < 0.7


def test_nothing_is_drawn_of_an_empty_mask() -> None:
    assert list(_field().windows(np.zeros((80, 51), np.uint8), 1 / MASK)) == []
