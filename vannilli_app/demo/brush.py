"""Draws smooth shapes, antialiased, at any size: what the demo's pictures are made of.

Coordinates are those of a sheet 1080 units wide, whatever the picture's width in pixels. Colours are "#RRGGBB".
"""

from collections.abc import Sequence

import cv2
import numpy as np

from vannilli_app.engine.array import Array

SHEET_WIDTH = 1080
FINE = 4  # binary digits behind the pixel that cv2 is given


def bgr(colour: str) -> Array:
    """A colour as blue, green, red, float32."""
    return np.array([int(colour[i : i + 2], 16) for i in (5, 3, 1)], np.float32)


def curve(points: Sequence[tuple[float, float]] | Array, *, closed: bool = True, steps: int = 14) -> Array:
    """A smooth line (K, 2) through `points` (centripetal enough for drawing: Catmull-Rom)."""
    knots = np.asarray(points, np.float32)
    count = len(knots)
    share = np.linspace(0, 1, steps, endpoint=False, dtype=np.float32)[:, None]
    pieces = []
    for i in range(count if closed else count - 1):
        if closed:
            a, b, c, d = (knots[(i + k) % count] for k in (-1, 0, 1, 2))
        else:
            a, b, c, d = (knots[min(max(i + k, 0), count - 1)] for k in (-1, 0, 1, 2))
        pieces.append(
            b
            + share * ((c - a) / 2)
            + share**2 * (a - 2.5 * b + 2 * c - d / 2)
            + share**3 * (1.5 * (b - c) + (d - a) / 2)
        )
    if not closed:
        pieces.append(knots[-1:])
    return np.concatenate(pieces)


def shifted(points: Array, right: float, down: float) -> Array:
    """`points` (K, 2) moved."""
    return np.asarray(points + np.array([right, down], np.float32))


def mirrored(points: Array, axis: float) -> Array:
    """`points` (K, 2) on the other side of the upright line x = `axis`."""
    return np.stack([2 * axis - points[:, 0], points[:, 1]], 1)


def both_sides(half: Sequence[tuple[float, float]], axis: float) -> list[tuple[float, float]]:
    """A closed outline from its right half, which is given from the top to the bottom."""
    left = [(2 * axis - x, y) for x, y in reversed(half) if abs(x - axis) > 1e-3]
    return [*half, *left]


def ellipse(x: float, y: float, rx: float, ry: float, degrees: float = 0.0) -> Array:
    """The outline (K, 2) of an ellipse."""
    turn = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    a, b = rx * np.cos(turn), ry * np.sin(turn)
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.asarray(np.stack([x + a * cos - b * sin, y + a * sin + b * cos], 1), np.float32)


def taper(line: Array, width: float, *, start: float = 0.0, end: float = 0.0) -> Array:
    """The outline of a brush stroke along `line` (K, 2): `width` in the middle, shares of it at the ends."""
    along = np.linspace(0, 1, len(line))
    profile = np.sin(np.pi * along) ** 0.7 + start * (1 - along) ** 3 + end * along**3
    half = (width / 2 * np.clip(profile, 0, 1))[:, None]
    direction = np.gradient(line, axis=0)
    direction /= np.linalg.norm(direction, axis=1, keepdims=True) + 1e-6
    normal = np.stack([-direction[:, 1], direction[:, 0]], 1)
    return np.asarray(np.concatenate([line + normal * half, (line - normal * half)[::-1]]), np.float32)


class Sheet:
    """A picture in the making, `size` (width, height) in pixels, of one colour at first."""

    def __init__(self, size: tuple[int, int], colour: str) -> None:
        self.width, self.height = size
        self.unit = self.width / SHEET_WIDTH
        self._picture = np.full((self.height, self.width, 3), bgr(colour), np.float32)

    def picture(self) -> Array:
        """What is drawn, (height, width, 3) uint8 BGR."""
        return np.clip(np.round(self._picture), 0, 255).astype(np.uint8)

    def stencil(self, *outlines: Array) -> Array:
        """The share (height, width) float32 of each pixel inside the outlines; a hole where two overlap."""
        return self._filled(outlines, (0, 0, self.width, self.height))

    def fill(
        self,
        outline: Array,
        colour: str,
        *,
        hole: Array | None = None,
        blur: float = 0.0,
        alpha: float = 1.0,
        within: Array | None = None,
    ) -> None:
        """Paints the inside of `outline` without `hole`, but nothing outside the stencil `within`.

        `blur` softens the edge, in units.
        """
        outlines = (outline,) if hole is None else (outline, hole)
        place, share = self._soft(outlines, blur)
        if within is not None:
            share = share * within[place]
        region = self._picture[place]
        region += (share * alpha)[..., None] * (bgr(colour) - region)

    def light(self, outline: Array, colour: str, *, blur: float = 0.0, alpha: float = 1.0) -> None:
        """Adds light inside `outline`: never darker, never beyond white."""
        place, share = self._soft((outline,), blur)
        region = self._picture[place]
        region += (255 - region) * (share[..., None] * (bgr(colour) * np.float32(alpha / 255)))

    def surround(self, outline: Array, colour: str, *, blur: float, alpha: float) -> None:
        """Paints all that is outside `outline`."""
        whole = np.array([(-9e3, -9e3), (9e3, -9e3), (9e3, 9e3), (-9e3, 9e3)], np.float32)
        self.fill(whole, colour, hole=outline, blur=blur, alpha=alpha)

    def grain(self, strength: float, seed: int) -> None:
        """Lays a fine grain over the picture, so that soft gradients show no steps."""
        noise = np.random.default_rng(seed).standard_normal((self.height, self.width, 1), np.float32)
        self._picture += noise * np.float32(strength)

    def _soft(self, outlines: tuple[Array, ...], blur: float) -> tuple[tuple[slice, slice], Array]:
        """Where the outlines leave a trace, rows and columns, and the trace's share of each pixel there."""
        sigma = blur * self.unit
        reach = 3 * sigma + 2
        low = np.floor(outlines[0].min(0) * self.unit - reach).astype(int)
        high = np.ceil(outlines[0].max(0) * self.unit + reach).astype(int)
        left, top = (int(v) for v in np.clip(low, 0, (self.width, self.height)))
        right, bottom = (int(v) for v in np.clip(high, 0, (self.width, self.height)))
        place = (slice(top, bottom), slice(left, right))
        if right <= left or bottom <= top:
            return place, np.zeros((max(bottom - top, 0), max(right - left, 0)), np.float32)
        if sigma < 0.3:
            return place, self._filled(outlines, (left, top, right, bottom))
        # What is cut off at the picture's edge would else be blurred as if it ended there.
        pad = int(reach)
        wide = self._filled(outlines, (left - pad, top - pad, right + pad, bottom + pad))
        # A wide blur of a small copy is the same picture, sooner.
        shrink = max(1, int(sigma / 4))
        small = cv2.resize(
            wide,
            (max(1, wide.shape[1] // shrink), max(1, wide.shape[0] // shrink)),
            interpolation=cv2.INTER_AREA,
        )
        soft = cv2.resize(cv2.GaussianBlur(small, (0, 0), sigma / shrink), wide.shape[::-1])
        return place, np.asarray(soft)[pad:-pad, pad:-pad]

    def _filled(self, outlines: tuple[Array, ...], box: tuple[int, int, int, int]) -> Array:
        left, top, right, bottom = box
        shape = np.zeros((bottom - top, right - left), np.uint8)
        corners = [np.round((o * self.unit - (left, top)) * 2**FINE).astype(np.int32) for o in outlines]
        cv2.fillPoly(shape, corners, 255, lineType=cv2.LINE_AA, shift=FINE)
        return shape.astype(np.float32) * np.float32(1 / 255)
