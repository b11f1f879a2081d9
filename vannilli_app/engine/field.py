"""A field that says for each pixel of a new picture where in the old one its colour comes from."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from vannilli_app.engine.array import Array

STEP = 3  # the field is known for the middle one of STEP by STEP pixels, and enlarged
BAND = 48  # rows of a field that are drawn at once, no wider than they must be


@dataclass(frozen=True)
class Window:
    """A part of a field: its rows and columns, from and up to."""

    top: int
    bottom: int
    left: int
    right: int


@dataclass(frozen=True)
class Field:
    """`x` and `y` of the old picture, one for STEP by STEP pixels of a new one of `size` (width, height)."""

    x: Array
    y: Array
    size: tuple[int, int]

    @property
    def whole(self) -> Window:
        return Window(0, self.x.shape[0], 0, self.x.shape[1])

    def windows(self, mask: Array, scale: float) -> Iterator[Window]:
        """Windows, one below the other, that hold all that comes from where `mask` (uint8) is not 0.

        The mask is the old picture, `scale` times as large; beyond its edge it goes on as at the edge.
        """
        x, y = (axis * np.float32(scale) for axis in (self.x, self.y))
        there = cv2.remap(mask, x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
        for top in range(0, len(there), BAND):
            columns = np.flatnonzero(there[max(top - 1, 0) : top + BAND + 1].any(0))
            if len(columns):
                left, right = max(int(columns[0]) - 1, 0), min(int(columns[-1]) + 2, there.shape[1])
                yield Window(top, min(top + BAND, len(there)), left, right)

    def pixels(self, window: Window) -> tuple[slice, slice]:
        """The rows and columns of the new picture for which a window stands."""
        width, height = self.size
        return (
            slice(STEP * window.top, min(STEP * window.bottom, height)),
            slice(STEP * window.left, min(STEP * window.right, width)),
        )

    def enlarged(self, window: Window) -> tuple[Array, Array]:
        """x and y for each pixel of a window, float32."""
        rows, columns = self.pixels(window)
        # One point more on each side, so that windows meet without a seam.
        above, aside = min(window.top, 1), min(window.left, 1)
        part = (slice(window.top - above, window.bottom + 1), slice(window.left - aside, window.right + 1))
        inside = (
            slice(STEP * above, STEP * above + rows.stop - rows.start),
            slice(STEP * aside, STEP * aside + columns.stop - columns.start),
        )
        x, y = (cv2.resize(axis[part], None, fx=STEP, fy=STEP)[inside] for axis in (self.x, self.y))
        return x, y
