"""Closes eyes: a lid of the face's own skin comes down over the eye, and the picture's own lashes come down with it.

The eye beneath is left as it is. Pressing the picture of an open eye flat would leave slivers of it at the lashes.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.array import Array
from vannilli_app.engine.inpaint import fill

# In widths of the eye from its corners' line: what of a still belongs to an eye, lashes and rims with it.
ABOVE, BELOW, ASIDE = 0.32, 0.17, 0.22
LASH_UP, LASH_DOWN = 0.10, 0.03  # the strip along the upper lid that comes down with it
LEAST_LASH = 0.035  # a shut eye is a line, be it ever so fine
FULL, LAST = 0.12, 0.75  # of a closing: where the lid is all there, and from where the lower rim goes too
CREASE, CREASE_DEEP = (
    0.05,
    0.16,
)  # eye widths over the open lid's rim where a shut one is creased; light it takes
LASH_DARK = (
    0.6  # of the skin's light that a lash line has at most: on pale eyes and stone it must be seen too
)
FINE = 2.5  # pixels of an eye's own picture: what is finer is the skin's grain, or the brush's
MOST_GRAIN = 6.0  # levels; what is more is a line
DIFFERENT = 14.0  # levels from the skin around
STEPS = 64  # positions that a lid can be in, each drawn once
WIDE = 96  # pixels of an eye's own picture, corner to corner


@dataclass(frozen=True)
class _Eye:
    """One eye of a still in its own frame: x from corner to corner, y down, in eye widths, origin between the corners.

    `skin` is the still without the eye, `cover` (0 to 1) where the eye and its rims are, `lash` the light that the
    upper rim takes away (0 to 1); all are pictures whose frame reaches from (-1, -0.75) to (1, 0.75).
    """

    skin: Array
    cover: Array
    lash: Array
    lash_colour: Array
    upper: Array
    lower: Array


class Eyelids:
    """The lids of a still (height, width, 3) whose face has `points` (478, 3)."""

    def __init__(self, still: Array, points: Array) -> None:
        self._eyes = [_eye(still, points, *pair) for pair in zip(lm.EYES, lm.BROWS, strict=True)]
        self._lids = cache(lambda number, step: _lid(self._eyes[number], step / STEPS))

    def draw(self, picture: Array, points: Array, closing: Array) -> None:
        """Lowers the lids of the face at `points` in `picture`, in place, by `closing` (2,): 0 open, 1 shut."""
        for number, (eye, share) in enumerate(zip(lm.EYES, closing.tolist(), strict=True)):
            if step := round(share * STEPS):
                _lower(picture, points, eye, *self._lids(number, step))


def frame_of(points: Array, eye: list[int]) -> Array:
    """(2, 3): from an eye's own frame to the picture."""
    outer, inner = points[eye[0], :2], points[eye[8], :2]
    across = inner - outer
    down = np.array([-across[1], across[0]])
    if down @ (points[lm.CHIN, :2] - points[lm.FOREHEAD, :2]) < 0:
        down = -down
    return np.stack([across, down, (outer + inner) / 2], 1).astype(np.float32)


def into(frame: Array, points: Array) -> Array:
    """Points (K, 2) of the picture in an eye's own frame."""
    back = cv2.invertAffineTransform(frame)
    return np.asarray(points @ back[:, :2].T + back[:, 2], np.float32)


def on_sheet(frame: Array) -> Array:
    """(2, 3): from pixels of an eye's own pictures to the picture."""
    scale = frame[:, :2] / WIDE
    return np.column_stack([scale, frame[:, 2] - scale @ (WIDE, 0.75 * WIDE)]).astype(np.float32)


def _eye(still: Array, points: Array, eye: list[int], brow: list[int]) -> _Eye:
    frame = frame_of(points, eye)
    shape = (round(1.5 * WIDE), 2 * WIDE)
    sheet = cv2.warpAffine(
        still,
        on_sheet(frame),
        shape[::-1],
        flags=cv2.INTER_AREA | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    line, brow_line = into(frame, points[eye, :2]), into(frame, points[brow, :2])
    reach = _polygon(cv2.convexHull(_grown(line))[:, 0], shape)
    browed = _polygon(cv2.convexHull(brow_line)[:, 0], shape)
    beside = 1 - _polygon(cv2.convexHull(into(frame, points[:, :2]))[:, 0], shape)
    no_skin: Array = cv2.dilate(np.maximum(browed, beside), np.ones((9, 9), np.uint8))
    first = fill(sheet, np.maximum(reach, no_skin))
    apart = np.abs(cv2.GaussianBlur(sheet, (0, 0), 1.0).astype(np.float32) - first).max(2)
    own = ((apart > DIFFERENT) & (reach > 0) | (_polygon(line, shape) > 0)).astype(np.uint8)
    own = cv2.morphologyEx(own, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    own = cv2.dilate(own, np.ones((5, 5), np.uint8))
    own[(browed > 0) & (_polygon(line, shape) == 0)] = 0
    skin = fill(sheet, np.maximum(own, no_skin))
    light = np.maximum(skin.astype(np.float32).mean(2), 24)
    taken = np.clip(1 - sheet.astype(np.float32).mean(2) / light, 0, 1)
    strip = _strip(line, shape)
    dark = sheet[(strip > 0.5) & (taken >= np.percentile(taken[strip > 0.5], 75))]
    lash = dark.astype(np.float32).mean(0)
    lash = lash * min(1.0, LASH_DARK * float(light[strip > 0.5].mean()) / max(float(lash.mean()), 1.0))
    lower = _curve(np.concatenate([line[8:], line[:1]])[::-1])
    return _Eye(
        np.clip(skin + _grain_below(sheet, np.maximum(own, no_skin), lower), 0, 255).astype(np.float32),
        cv2.GaussianBlur(own.astype(np.float32), (0, 0), 2.0),
        (np.clip(taken * 1.3, 0, 1) * cv2.GaussianBlur(strip, (0, 0), 1.2)).astype(np.float32),
        lash,
        _curve(line[:9]),
        lower,
    )


def _grain_below(sheet: Array, hole: Array, lower: Array) -> Array:
    """The grain of the skin below an eye, mirrored over it: a lid without any would look pasted on."""
    beyond: Array = cv2.erode(1 - hole, np.ones((7, 7), np.uint8))[..., None]
    fine = np.clip(sheet.astype(np.float32) - cv2.GaussianBlur(sheet, (0, 0), FINE), -MOST_GRAIN, MOST_GRAIN)
    fine = (fine * beyond).astype(np.float32)
    rows, columns = hole.shape
    x, y = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    mirrored = 2 * (lower + BELOW / 2 + 0.75) * WIDE - y
    return np.asarray(cv2.remap(fine, x, mirrored.astype(np.float32), cv2.INTER_LINEAR))


def _grown(line: Array) -> Array:
    """Points round an eye's outline (16, 2) with everything that grows and is painted round it."""
    profile = np.sin(np.linspace(0, np.pi, 9)) * 0.6 + 0.4
    grown = line.copy()
    grown[:9, 1] -= ABOVE * profile
    grown[9:, 1] += BELOW * np.maximum(profile[1:-1], 0.8)
    grown[0, 0] -= ASIDE
    grown[8, 0] += ASIDE * 0.6
    below = grown[[0, 8]] * (0.9, 1) + (0, 0.7 * BELOW)  # drawn eyes are open right to their ends
    return np.concatenate([grown, below.astype(np.float32)])


def _strip(line: Array, shape: tuple[int, int]) -> Array:
    """Where the upper lid's lashes are, 0 or 1."""
    upper, taper = line[:9], np.sin(np.linspace(0.1, np.pi - 0.1, 9))[:, None]
    edge = np.concatenate([upper - taper * (0, LASH_UP), (upper + taper * (0, LASH_DOWN))[::-1]])
    return _polygon(edge, shape).astype(np.float32)


def _polygon(line: Array, shape: tuple[int, int]) -> Array:
    mask: Array = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round((line + np.array([1, 0.75])) * WIDE).astype(np.int32)], 1)
    return mask


def _curve(line: Array) -> Array:
    """A lid's edge as y for each column of an eye's own picture, level beyond the corners."""
    order = np.argsort(line[:, 0])
    at = np.arange(2 * WIDE) / WIDE - 1
    edge = np.interp(at, line[order, 0], line[order, 1])
    return np.asarray(cv2.GaussianBlur(edge[None].astype(np.float32), (0, 0), 3.0)[0])


def _lower(picture: Array, points: Array, eye: list[int], lid: Array, alpha: Array) -> None:
    to_picture = on_sheet(frame_of(points, eye))
    rows, columns = alpha.shape
    ends = (
        np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)]) @ to_picture[:, :2].T + to_picture[:, 2]
    )
    height, width = picture.shape[:2]
    left, top = np.clip(np.floor(ends.min(0)), 0, (width, height)).astype(int).tolist()
    right, bottom = np.clip(np.ceil(ends.max(0)), 0, (width, height)).astype(int).tolist()
    if right - left < 4 or bottom - top < 4:
        return
    to_picture[:, 2] -= (left, top)
    drawn = cv2.warpAffine(lid, to_picture, (right - left, bottom - top), flags=cv2.INTER_AREA, borderValue=0)
    seen = cv2.warpAffine(alpha, to_picture, (right - left, bottom - top), flags=cv2.INTER_AREA)
    region = picture[top:bottom, left:right]
    cv2.blendLinear(drawn, region, seen, 1 - seen, dst=region)


def _lid(own: _Eye, share: float) -> tuple[Array, Array]:
    """A lid in its eye's own frame, lowered by `share`, and how much of it is seen."""
    rows, columns = own.cover.shape
    y = np.arange(rows, dtype=np.float32)[:, None] / WIDE - 0.75
    edge = own.upper + share * (own.lower - own.upper)
    over = np.clip((edge - y) * WIDE / 3 + 0.5, 0, 1)
    last = np.clip((share - LAST) / (1 - LAST), 0, 1)
    alpha = own.cover * np.maximum(over, last) * min(1.0, share / FULL)
    # The upper rim comes down by as much as the lid does; under it the eye's round makes a little shade.
    x = np.broadcast_to(np.arange(columns, dtype=np.float32), own.cover.shape)
    from_y = np.arange(rows, dtype=np.float32)[:, None] - (edge - own.upper) * WIDE
    lash = cv2.remap(own.lash, x, from_y.astype(np.float32), cv2.INTER_LINEAR)
    middle = np.clip(1 - np.abs(np.arange(columns) / WIDE - 1) / 0.5, 0, 1) ** 0.5
    line = np.exp(-(((y - edge) / LEAST_LASH) ** 2)) * middle
    dark = np.clip(np.maximum(lash, 0.75 * line), 0, 1)[..., None]
    crease = np.exp(-(((y - own.upper + CREASE) / LEAST_LASH) ** 2)) * middle * share
    shade = 1 - CREASE_DEEP * crease - 0.12 * np.exp(-np.maximum(edge - y, 0) / 0.12)
    lid = own.skin * (1 + own.cover * (shade - 1))[..., None]
    lid += dark * (own.lash_colour - lid)
    seen = np.maximum(alpha, dark[..., 0] * min(1.0, share / FULL) * (own.cover > 0.02))
    return np.clip(lid, 0, 255).astype(np.uint8), seen.astype(np.float32)
