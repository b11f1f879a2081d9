"""Lays eyes of stone, which have no iris, on the rims that the picture shows.

The tracker learnt living eyes, and holds on to their irises: on a statue its lower lids lie across the middle of the
eye, and the corners beside it. A lid that comes down so far leaves half of the eye open.
"""

import cv2
import numpy as np

from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.array import Array
from vannilli_app.engine.eyelids import WIDE, frame_of, into, on_sheet

SHUT = 0.1  # openness of an eye below which the tracker saw it shut: skin lies over the iris, not stone
BLANK = 0.85  # of the light around an eye: where an iris should be and is not darker, there is none
PUPIL = 0.6  # of an iris's radius: what no lid hides
LINE = 15  # pixels of an eye's own picture: what is dark and narrower is a rim
FAINT = 0.08  # darkness, in shares of the light around, from which a line is more seen than not
STIFF = 0.06  # what a step of an eye's width away from the tracker's points costs
LEAST_GAP = 0.1  # eye widths between the rims, in the mean
REACH = 0.5  # eye widths from a rim over which the skin beside it is moved along


def laid(picture: Array, points: Array) -> Array:
    """The `points` (478, 3) of the face in a BGR picture, those of blank eyes and of the skin beside them moved."""
    settled = points.copy()
    for eye, iris in zip(lm.EYES, lm.IRISES, strict=True):
        if lm.eye_openness(points, eye) < SHUT:
            continue
        to_picture = frame_of(points, eye)
        sheet = cv2.warpAffine(
            picture,
            on_sheet(to_picture),
            (2 * WIDE, round(1.5 * WIDE)),
            flags=cv2.INTER_AREA | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        sheet = cv2.cvtColor(sheet, cv2.COLOR_BGR2GRAY)
        placed = into(to_picture, points[:, :2])
        if _blank(sheet, placed[iris]):
            settled[:, :2] += _down(placed, eye, _shifts(sheet, placed[eye])) * to_picture[:, 1]
    return settled


def _blank(sheet: Array, iris: Array) -> bool:
    x, y = ((iris[0] + (1, 0.75)) * WIDE).tolist()
    radius = PUPIL * WIDE * float(np.linalg.norm(iris[1:] - iris[0], axis=1).mean())
    rows, columns = np.ogrid[: sheet.shape[0], : sheet.shape[1]]
    inside = sheet[(columns - x) ** 2 + (rows - y) ** 2 < radius**2]
    return bool(len(inside)) and float(np.median(inside)) > BLANK * float(np.median(sheet))


def _shifts(sheet: Array, line: Array) -> Array:
    """How far down, in eye widths, the outline (16, 2) of an eye lies on two dark lines with nothing dark between."""
    narrow = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (LINE, LINE))
    dark: Array = cv2.morphologyEx(sheet, cv2.MORPH_BLACKHAT, narrow).astype(np.float32) / max(
        float(np.median(sheet)), 1
    )
    dark = cv2.GaussianBlur(dark, (0, 0), LINE / 6)
    dark = dark / (dark + FAINT)
    corners, rims = np.linspace(-0.1, 0.25, 8), np.linspace(-0.1, 0.2, 7)
    outer, inner, upper, lower = (
        axis.reshape(-1, 1) for axis in np.meshgrid(corners, corners, rims, rims, indexing="ij")
    )
    along = np.clip(line[:, 0] + 0.5, 0, 1)
    shifts = (1 - along) * outer + along * inner
    shifts[:, 1:8] += (4 * along * (1 - along))[1:8] * upper
    shifts[:, 9:] += (4 * along * (1 - along))[9:] * lower
    above, below = (line[:, 1] + shifts)[:, 1:8], (line[:, 1] + shifts)[:, :8:-1]

    def darkness(x: Array, y: Array) -> Array:
        at = np.broadcast_to((x + 1) * WIDE, y.shape).astype(np.float32)
        return np.asarray(
            cv2.remap(dark, at, ((y + 0.75) * WIDE).astype(np.float32), cv2.INTER_LINEAR).mean(1)
        )

    worth = darkness(line[1:8, 0], above) + darkness(line[:8:-1, 0], below)
    worth -= darkness(line[1:8, 0], (above + below) / 2)
    worth -= STIFF * sum(np.abs(shift) for shift in (outer, inner, upper, lower))[:, 0]
    worth[(below - above).mean(1) < LEAST_GAP] = -np.inf
    return np.asarray(shifts[int(worth.argmax())])


def _down(placed: Array, eye: list[int], shifts: Array) -> Array:
    """(478, 1): how far each point `placed` (478, 2) in the eye's frame goes down when its outline goes by `shifts`."""
    x, y = placed.T
    line = placed[eye]
    rims = []
    for part in (range(9), [8, *range(9, 16), 0]):
        order = sorted(part, key=lambda number: float(line[number, 0]))
        rims.append([np.interp(x, line[order, 0], value[order]) for value in (line[:, 1], shifts)])
    (top, upper), (bottom, lower) = rims
    share = np.clip((y - top) / np.maximum(bottom - top, 1e-6), 0, 1)
    beside = np.abs(x) - 0.5
    away = np.maximum.reduce([top - y, y - bottom, beside, np.zeros_like(x)])
    return np.asarray((upper + share * (lower - upper)) * np.clip(1 - away / REACH, 0, 1))[:, None]
