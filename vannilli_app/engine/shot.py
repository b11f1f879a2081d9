"""The performer's mouth at one moment, and colours of lips."""

from dataclasses import dataclass

import cv2
import numpy as np

from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.array import Array

LUMA = np.array([0.114, 0.587, 0.299], np.float32)  # of blue, green, red (BT.601)
COVERED = 26  # levels that lips differ from their usual colour when something is before them


@dataclass(frozen=True)
class Shot:
    """The performer's mouth at one moment: a JPEG (it is small), the inner lips (20, 2) in its pixels, and the mean
    colour (3,) round them."""

    jpeg: bytes
    lips: Array
    colour: Array

    @classmethod
    def take(cls, rgb: Array, points: Array) -> "Shot | None":
        """The mouth of a face with `points` in a picture; None when it lies outside."""
        outline = points[lm.LIPS_OUTER, :2]
        left, top = np.maximum(np.floor(outline.min(0) - 6), 0).astype(int)
        right, bottom = np.ceil(outline.max(0) + 6).astype(int)
        crop = rgb[top:bottom, left:right, ::-1]
        if min(crop.shape[:2]) < 4:
            return None
        lips = points[lm.LIPS_INNER, :2] - (left, top)
        around = np.full(crop.shape[:2], 255, np.uint8)
        cv2.fillPoly(around, [np.round(lips).astype(np.int32)], 0)
        crop = np.ascontiguousarray(crop)
        _, jpeg = cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, 92])
        return cls(jpeg.tobytes(), lips, mean_colour(crop, around))

    def picture(self) -> Array:
        """The mouth as a BGR picture."""
        picture = cv2.imdecode(np.frombuffer(self.jpeg, np.uint8), cv2.IMREAD_COLOR)
        return np.asarray(picture)


def uncovered(shots: list[Shot | None]) -> Array:
    """(K,) true for mouths that nothing is held before: a hand or a microphone has another colour than the lips."""
    colours = np.array([np.full(3, np.nan) if shot is None else shot.colour for shot in shots])
    if np.isnan(colours).all():
        return np.zeros(len(shots), bool)
    away = np.abs(colours - np.nanmedian(colours, axis=0)).max(1)
    return np.asarray(away < max(COVERED, 4 * float(np.nanmedian(away))))


def mean_colour(picture: Array, mask: Array) -> Array:
    """BGR (3,) float32."""
    return np.asarray(cv2.mean(picture, mask), np.float32)[:3]


def skin_of_lips(still: Array, points: Array) -> Array:
    """The mean colour of the lips of the face at `points`."""
    mask = np.zeros(still.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(points[lm.LIPS_OUTER, :2]).astype(np.int32)], 255)
    cv2.fillPoly(mask, [np.round(points[lm.LIPS_INNER, :2]).astype(np.int32)], 0)
    return mean_colour(still, mask)


def skin(still: Array, points: Array) -> Array:
    """The mean colour of the face at `points`."""
    mask = np.zeros(still.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(points[lm.OVAL, :2]).astype(np.int32)], 255)
    return mean_colour(still, mask)
