"""Closes eyes: a lid of the face's own skin comes down over the eye, its lashes with it.

The eye beneath is left as it is. Pressing the picture of an open eye flat would leave slivers of it at the lashes.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.array import Array
from vannilli_app.engine.inpaint import fill

LASHES_UP, LASHES_DOWN, LASHES_ASIDE = 0.20, 0.13, 0.20  # of the eye's width: how far paint and lashes reach
LASH_LINE = 0.055  # of the eye's width, its thickness
OVERLAP = 0.6  # of LASHES_DOWN, how far below the eye's edge a shut lid ends
FIRST = 0.15  # the share of a closing over which the lid fades in


@dataclass(frozen=True)
class _Patch:
    """The still round one eye without the eye: its left upper corner, its skin, and the colour of the lashes."""

    left: int
    top: int
    skin: Array
    lash: Array


class Eyelids:
    """The lids of a still (height, width, 3) whose face has `points` (478, 3)."""

    def __init__(self, still: Array, points: Array) -> None:
        self._patches = [
            _patch(still, points, eye, brow) for eye, brow in zip(lm.EYES, lm.BROWS, strict=True)
        ]

    def draw(self, picture: Array, points: Array, closing: Array, field: tuple[Array, Array]) -> None:
        """Lowers the lids of the face at `points` in `picture`, in place, by `closing` (2,): 0 open, 1 shut.

        `field` is what `picture` was made from the still by: lid and face move as one.
        """
        for eye, patch, share in zip(lm.EYES, self._patches, closing.tolist(), strict=True):
            if share > 0.01:
                _lower(picture, points, eye, patch, share, field)


def _patch(still: Array, points: Array, eye: list[int], brow: list[int]) -> _Patch:
    width = float(lm.distance(points, eye[0], eye[8]))
    height, picture_width = still.shape[:2]
    around = points[eye, :2]
    left, top = np.maximum(np.floor(around.min(0) - 1.2 * width), 0).astype(int)
    right, bottom = np.minimum(np.ceil(around.max(0) + 1.2 * width), (picture_width, height)).astype(int)
    picture = still[top:bottom, left:right]
    origin = np.array([left, top])
    # What lies beside the face is no skin, and neither is the brow: their colours would run into the lid.
    hole: Array = np.ones(picture.shape[:2], np.uint8)
    cv2.fillConvexPoly(hole, cv2.convexHull(np.round(points[:, :2] - origin).astype(np.int32)), 0)
    hole = cv2.dilate(hole, np.ones((5, 5), np.uint8))
    cv2.fillPoly(hole, [np.round(_reach(points, eye, width) - origin).astype(np.int32)], 1)
    cv2.fillConvexPoly(hole, cv2.convexHull(np.round(points[brow, :2] - origin).astype(np.int32)), 1)
    hole = cv2.dilate(hole, np.ones((3, 3), np.uint8))
    return _Patch(int(left), int(top), fill(picture, hole), _lash_colour(picture, points, eye, origin, width))


def _axes(points: Array, eye: list[int]) -> tuple[Array, Array]:
    """Unit vectors along an eye, from its outer corner in, and down the face."""
    across = points[eye[8], :2] - points[eye[0], :2]
    across = across / (np.linalg.norm(across) + 1e-6)
    down = np.array([-across[1], across[0]])
    return across, down if down @ (points[lm.CHIN, :2] - points[lm.FOREHEAD, :2]) > 0 else -down


def _reach(points: Array, eye: list[int], width: float) -> Array:
    """The outline (K, 2) of everything that is painted or grows round an eye."""
    across, down = _axes(points, eye)
    contour = points[eye, :2].copy()
    profile = np.sin(np.linspace(0, np.pi, 9))[:, None] * 0.6 + 0.4
    contour[:9] -= LASHES_UP * width * profile * down
    contour[9:] += LASHES_DOWN * width * profile[1:-1] * down
    contour[0] -= LASHES_ASIDE * width * across
    contour[8] += 0.5 * LASHES_ASIDE * width * across
    return contour


def _lash_colour(picture: Array, points: Array, eye: list[int], origin: Array, width: float) -> Array:
    line = np.round(points[[eye[0], *lm.lids(eye)[0], eye[8]], :2] - origin).astype(np.int32)
    band = np.zeros(picture.shape[:2], np.uint8)
    cv2.polylines(band, [line], False, 255, max(1, round(0.12 * width)))
    colours = picture[band > 0].astype(np.float32)
    light = colours.mean(1)
    return np.asarray(colours[light <= np.percentile(light, 20)].mean(0))


def _lower(
    picture: Array, points: Array, eye: list[int], patch: _Patch, share: float, field: tuple[Array, Array]
) -> None:
    upper, lower = lm.lids(eye)
    width = float(lm.distance(points, eye[0], eye[8]))
    corner, inner = points[eye[0], :2], points[eye[8], :2]
    reach = _reach(points, eye, width)
    # Where the lower lid is drawn, its lashes and its white lie a little below the line of the points.
    end = points[lower, :2] + OVERLAP * (reach[:8:-1] - points[lower, :2])
    edge = np.concatenate([corner[None], points[upper, :2] + share * (end - points[upper, :2]), inner[None]])
    outline = np.concatenate([reach[:1], edge[1:-1], reach[8::-1]])
    height, picture_width = picture.shape[:2]
    left, top = np.maximum(np.floor(outline.min(0) - 4), 0).astype(int)
    right, bottom = np.minimum(np.ceil(outline.max(0) + 4), (picture_width, height)).astype(int)
    if right - left < 2 or bottom - top < 2:
        return
    place, origin = (slice(top, bottom), slice(left, right)), np.array([left, top])
    skin = cv2.remap(
        patch.skin,
        field[0][place] - np.float32(patch.left),
        field[1][place] - np.float32(patch.top),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    lid = _mask(outline - origin, skin.shape, blur=0.02 * width)[..., None]
    lashes = _mask(_stroke(edge - origin, LASH_LINE * width), skin.shape, blur=0.008 * width)[..., None]
    alpha = min(1.0, share / FIRST)
    region: Array = picture[place]
    covered: Array = region + lid * (skin - region.astype(np.float32))
    covered = covered + 0.85 * lashes * (patch.lash - covered)
    region[:] = np.clip(region + alpha * (covered - region), 0, 255).astype(np.uint8)


def _mask(outline: Array, shape: tuple[int, ...], blur: float) -> Array:
    mask = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(outline * 16).astype(np.int32)], 255, lineType=cv2.LINE_AA, shift=4)
    soft = cv2.GaussianBlur(mask, (0, 0), blur) if blur > 0.3 else mask
    return np.asarray(soft.astype(np.float32) * np.float32(1 / 255))


def _stroke(line: Array, thickness: float) -> Array:
    """The outline of a line (K, 2) that swells to `thickness` in the middle."""
    fine = np.stack([np.interp(np.linspace(0, 8, 33), np.arange(9), line[:, axis]) for axis in (0, 1)], 1)
    direction = np.gradient(fine, axis=0)
    direction /= np.linalg.norm(direction, axis=1, keepdims=True) + 1e-6
    half = np.sin(np.linspace(0.15, np.pi - 0.15, 33))[:, None] * thickness / 2
    normal = np.stack([-direction[:, 1], direction[:, 0]], 1) * half
    return np.concatenate([fine + normal, (fine - normal)[::-1]])
