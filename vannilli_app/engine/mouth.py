"""What is seen between the lips: the performer's own mouth in the still's colours, or a drawn one."""

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.array import Array

LUMA = np.array([0.114, 0.587, 0.299], np.float32)  # of blue, green, red (BT.601)
DRAWN_SCALE = 3  # a drawn mouth is drawn larger and averaged down: smooth edges


@dataclass(frozen=True)
class Shot:
    """The performer's mouth at one moment: a JPEG (it is small) and the inner lips (20, 2) in its pixels."""

    jpeg: bytes
    lips: Array

    @classmethod
    def take(cls, rgb: Array, points: Array) -> "Shot | None":
        """The mouth of a face with `points` in a picture; None when it lies outside."""
        outline = points[lm.LIPS_OUTER, :2]
        left, top = np.maximum(np.floor(outline.min(0) - 6), 0).astype(int)
        right, bottom = np.ceil(outline.max(0) + 6).astype(int)
        crop = rgb[top:bottom, left:right, ::-1]
        if min(crop.shape[:2]) < 4:
            return None
        _, jpeg = cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, 92])
        return cls(jpeg.tobytes(), points[lm.LIPS_INNER, :2] - (left, top))

    def picture(self) -> Array:
        """The mouth as a BGR picture."""
        picture = cv2.imdecode(np.frombuffer(self.jpeg, np.uint8), cv2.IMREAD_COLOR)
        return np.asarray(picture)


class Mouth(Protocol):
    """Fills the inside of lips."""

    def texture(self, lips: Array, size: tuple[int, int], shot: Shot | None) -> Array | None:
        """(height, width, 3) float32 for inner lips (20, 2) in its pixels; None when there is nothing."""
        ...


def _mean_colour(picture: Array, mask: Array) -> Array:
    return np.asarray(cv2.mean(picture, mask), np.float32)[:3]


def _skin_of_lips(still: Array, points: Array) -> Array:
    mask = np.zeros(still.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(points[lm.LIPS_OUTER, :2]).astype(np.int32)], 255)
    cv2.fillPoly(mask, [np.round(points[lm.LIPS_INNER, :2]).astype(np.int32)], 0)
    return _mean_colour(still, mask)


class FilmedMouth:
    """The performer's mouth, its brightness and hue brought towards the still's lips."""

    GREY = 0.35  # how much colour it loses: strong reds of another camera give it away

    def __init__(self, still: Array, points: Array, shot: Shot) -> None:
        theirs = self._lips_of(shot)
        ours = _skin_of_lips(still, points)
        dim = np.clip((ours @ LUMA + 8) / (theirs @ LUMA + 8), 0.35, 1.25)
        hue = (ours / (ours @ LUMA + 1)) / (theirs / (theirs @ LUMA + 1) + 1e-3)
        self._gain = (dim * np.sqrt(np.clip(hue, 0.8, 1.15))).astype(np.float32)

    @staticmethod
    def _lips_of(shot: Shot) -> Array:
        """The mean colour of a shot round the inner lips."""
        picture = shot.picture()
        mask = np.full(picture.shape[:2], 255, np.uint8)
        cv2.fillPoly(mask, [np.round(shot.lips).astype(np.int32)], 0)
        return _mean_colour(picture, mask)

    def texture(self, lips: Array, size: tuple[int, int], shot: Shot | None) -> Array | None:
        if shot is None:
            return None
        known = np.concatenate([shot.lips, np.ones((len(shot.lips), 1))], 1)
        affine = np.linalg.lstsq(known, lips, rcond=None)[0].T
        picture = cv2.warpAffine(
            shot.picture(), affine, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        ).astype(np.float32)
        grey = (picture @ LUMA)[..., None]
        return np.asarray((picture * (1 - self.GREY) + grey * self.GREY) * self._gain)


class DrawnMouth:
    """A dark inside with an upper row of teeth and a tongue, in shades of the still's lips."""

    def __init__(self, still: Array, points: Array) -> None:
        lips = _skin_of_lips(still, points)
        self._dark = lips * np.float32(0.22)
        self._tongue = lips * np.float32(0.72)
        light = float(np.clip((lips @ LUMA + 90) / 235, 0.45, 0.95))
        self._teeth = np.array([222, 236, 242], np.float32) * light

    def texture(self, lips: Array, size: tuple[int, int], shot: Shot | None) -> Array | None:  # noqa: ARG002
        scaled = lips * DRAWN_SCALE
        big = (size[0] * DRAWN_SCALE, size[1] * DRAWN_SCALE)
        right, left = scaled[0], scaled[10]
        width = float(np.linalg.norm(left - right)) + 1e-6
        across = (left - right) / width
        down = np.array([-across[1], across[0]])
        picture = np.full((big[1], big[0], 3), self._dark, np.float32)
        opening = float((scaled[15] - scaled[5]) @ down)
        angle = float(np.degrees(np.arctan2(across[1], across[0])))
        low = scaled[15] - down * 0.05 * width
        self._ellipse(picture, low, (0.30 * width, 0.26 * min(opening, 0.7 * width)), angle, self._tongue)
        teeth = scaled[:11] + down * min(0.3 * opening, 0.13 * width)
        row = np.concatenate([scaled[:11] - down * width, teeth[::-1]])
        cv2.fillPoly(picture, [np.round(row).astype(np.int32)], self._teeth.tolist())
        return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)

    @staticmethod
    def _ellipse(
        picture: Array, centre: Array, axes: tuple[float, float], angle: float, colour: Array
    ) -> None:
        x, y = np.round(centre).astype(int).tolist()
        half = (max(1, round(axes[0])), max(1, round(axes[1])))
        cv2.ellipse(picture, (x, y), half, angle, 0, 360, colour.tolist(), -1)


def fill(picture: Array, points: Array, mouth: Mouth, shot: Shot | None, still_openness: float) -> None:
    """Draws a mouth into `picture`, in place, as far as the lips at `points` (478, 3) are open.

    A still whose own mouth is open keeps its teeth until the lips open wider than they were drawn.
    """
    openness = float(lm.mouth_openness(points))
    share = np.clip((openness - 0.03) / 0.08, 0, 1)
    if still_openness > 0.08:
        share *= np.clip((openness - 1.15 * still_openness) / 0.15, 0, 1)
    if share <= 0.01:
        return
    inner = points[lm.LIPS_INNER, :2]
    height, width = picture.shape[:2]
    left, top = np.maximum(np.floor(inner.min(0) - 5), 0).astype(int)
    right, bottom = np.minimum(np.ceil(inner.max(0) + 5), (width, height)).astype(int)
    if right - left < 4 or bottom - top < 4:
        return
    lips = inner - (left, top)
    texture = mouth.texture(lips, (int(right - left), int(bottom - top)), shot)
    if texture is None:
        return
    mask = np.zeros((bottom - top, right - left), np.uint8)
    cv2.fillPoly(mask, [np.round(lips * 16).astype(np.int32)], 255, lineType=cv2.LINE_AA, shift=4)
    soft = max(3, int((right - left) * 0.04)) | 1
    alpha = cv2.GaussianBlur(mask, (soft, soft), 0).astype(np.float32)[..., None] * (share / 255)
    region = picture[top:bottom, left:right]
    region[:] = np.clip(texture * alpha + region * (1 - alpha), 0, 255).astype(np.uint8)
