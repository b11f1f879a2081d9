"""A mouth for pictures that nobody filmed: a dark inside, a row of teeth, a tongue, in shades of the still's lips."""

import numpy as np

from vannilli_app.engine.array import Array
from vannilli_app.engine.opening import Opening
from vannilli_app.engine.shot import LUMA, Shot, skin_of_lips

TEETH = 0.17  # of the mouth's width, how long they are
TEETH_OF_GAP = 0.75  # and at most so much of the opening: a grin is all teeth
TONGUE, TONGUE_HIGH = 0.36, 0.34  # half its width, in mouth widths; its height, of the opening
SHADE = 0.11  # of the mouth's width, how far the upper lip throws its shade, no further than half the opening
SHADED = 0.72  # of the light that is left under it


class DrawnMouth:
    """Draws the inside of lips for the face at `points` (478, 3) of `still`."""

    def __init__(self, still: Array, points: Array) -> None:
        lips = skin_of_lips(still, points)
        light = float(np.clip((lips @ LUMA + 90) / 235, 0.45, 0.95))
        self._dark = lips * np.float32(0.20)
        self._tongue = np.clip(lips * np.float32(0.5) + np.array([38, 34, 78], np.float32) * light, 0, 235)
        self._teeth = np.array([222, 234, 240], np.float32) * light

    def texture(self, lips: Array, size: tuple[int, int], shot: Shot | None) -> Array | None:  # noqa: ARG002
        opening = Opening.of(lips)
        x, y = opening.frame(size)
        top, bottom = opening.edge(opening.upper, x), opening.edge(opening.lower, x)
        gap, pixel = opening.gap, 1.5 / opening.width
        below = y - top
        picture = self._dark * (1.15 - 0.45 * np.clip(below / (gap + 1e-3), 0, 1))[..., None]
        from_middle = (x - 0.5) / TONGUE
        crown = bottom - TONGUE_HIGH * gap * np.sqrt(np.clip(1 - from_middle**2, 0, 1))
        tongue = _step(y - crown, 2.5 * pixel) * (np.abs(from_middle) < 1)
        round_ = 0.55 + 0.3 * np.clip((y - crown) / (0.3 * gap + 1e-3), 0, 1) - 0.25 * from_middle**2
        picture += tongue[..., None] * (self._tongue * round_[..., None] - picture)
        # Teeth stand in an arch of their own, whatever the lip before them does.
        bow = np.polyfit(opening.upper[:, 0], opening.upper[:, 1], 2).astype(np.float32)
        arch = np.polyval(bow, x)
        long = min(TEETH, TEETH_OF_GAP * gap) * np.clip(1 - ((x - 0.5) / 0.46) ** 4, 0, 1)
        teeth = _step(arch + long - y, pixel) * _step(0.44 - np.abs(x - 0.5), 0.05)
        away = 1 - 0.3 * np.clip(np.abs(x - 0.5) / 0.44, 0, 1) ** 2
        picture += teeth[..., None] * (self._teeth * away[..., None] - picture)
        shade = SHADED + (1 - SHADED) * np.clip(below / min(SHADE, 0.5 * gap + 1e-3), 0, 1)
        return np.asarray(picture * shade[..., None], np.float32)


def _step(value: Array, softness: float) -> Array:
    """0 where `value` is well below zero, 1 where it is well above."""
    return np.asarray(np.clip(value / softness + 0.5, 0, 1))
