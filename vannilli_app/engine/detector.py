"""Finds faces in a picture: BlazeFace short range on LiteRT."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from vannilli_app.engine.array import Array
from vannilli_app.engine.models import Model

SIDE = 128
LEAST_SCORE = 0.5
ABOUT_AS_SURE = 0.75  # of the surest face's score: another one may be the one that is meant
# A face is cut out with this much room round the detector's box, as the landmark network was trained.
ROOM = 1.5


@dataclass(frozen=True)
class Region:
    """A square round a face: centre (2,) and side in pixels, roll in radians, confidence 0 to 1."""

    centre: Array
    side: float
    roll: float
    score: float

    def cut(self, rgb: Array, side: int) -> tuple[Array, Array]:
        """What is in the region as an upright picture of `side` pixels squared, and (2, 3) the way back from there."""
        scale = side / self.side
        cos, sin = np.cos(self.roll) * scale, np.sin(self.roll) * scale
        x, y = self.centre
        there = np.array(
            [[cos, sin, side / 2 - cos * x - sin * y], [-sin, cos, side / 2 + sin * x - cos * y]], np.float32
        )
        crop = cv2.warpAffine(
            rgb, there, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return crop, cv2.invertAffineTransform(there)


def _anchors() -> Array:
    """Centres of the 896 boxes, in units of the input's side (SSD anchors of strides 8 and 16)."""
    grids = []
    for cells, boxes in ((16, 2), (8, 6)):
        line = (np.arange(cells) + 0.5) / cells
        x, y = np.meshgrid(line, line)
        grids.append(np.repeat(np.stack([x.ravel(), y.ravel()], 1), boxes, axis=0))
    return np.asarray(np.concatenate(grids), np.float32)


class Detector:
    """The largest sure face of a picture, or the one that is meant. Holds a network: one object a thread."""

    def __init__(self) -> None:
        self._model = Model("face_landmarker_v2.task/face_detector.tflite", threads=1)
        self._anchors = _anchors()

    def find(self, rgb: Array, near: Array | None = None) -> Region | None:
        """The largest of the faces that are about as sure as the surest, or None.

        With a point `near` (2,) in pixels the one nearest to it, in units of its own size.
        """
        height, width = rgb.shape[:2]
        scale = SIDE / max(height, width)
        small = cv2.resize(
            rgb, (max(1, round(width * scale)), max(1, round(height * scale))), interpolation=cv2.INTER_AREA
        )
        top, left = (SIDE - small.shape[0]) // 2, (SIDE - small.shape[1]) // 2
        square = np.zeros((SIDE, SIDE, 3), np.float32)
        square[top : top + small.shape[0], left : left + small.shape[1]] = small / np.float32(127.5) - 1
        outputs = self._model(square)
        logits = outputs["classificators"][0, :, 0]
        scores = 1 / (1 + np.exp(-np.clip(logits, -50, 50)))
        if scores.max() < LEAST_SCORE:
            return None
        meant = None if near is None else (near * scale + (left, top)) / SIDE
        best = self._best(scores, outputs["regressors"][0], meant)
        score = float(scores[best])
        box = outputs["regressors"][0, best] / SIDE
        anchor = self._anchors[best]

        def in_picture(point: Array) -> Array:
            return np.asarray(((anchor + point) * SIDE - (left, top)) / scale)

        right_eye, left_eye = in_picture(box[4:6]), in_picture(box[6:8])
        across = left_eye - right_eye
        side = float(max(box[2], box[3]) * SIDE / scale * ROOM)
        return Region(in_picture(box[:2]), side, float(np.arctan2(across[1], across[0])), score)

    def _best(self, scores: Array, boxes: Array, near: Array | None) -> int:
        least = ABOUT_AS_SURE * float(scores.max()) if near is None else 0.0
        sure = np.flatnonzero(scores >= max(LEAST_SCORE, least))
        sides = boxes[sure, 2:4].max(1) / SIDE
        centres = self._anchors[sure] + boxes[sure, :2] / SIDE
        away = -sides if near is None else np.linalg.norm(centres - near, axis=1) / sides
        meant = int(away.argmin())
        same = np.linalg.norm(centres - centres[meant], axis=1) < sides[meant] / 2
        return int(sure[same][scores[sure[same]].argmax()])

    def find_anywhere(self, rgb: Array) -> Region | None:
        """As `find`, but also in halves and thirds of the picture: a small face in a large still."""
        height, width = rgb.shape[:2]
        best = self.find(rgb)
        for part in (2, 3):
            if best is not None:
                break
            side = min(max(height, width) // part * 5 // 4, min(height, width))
            for top in np.linspace(0, height - side, 2 * part - 1).astype(int):
                for left in np.linspace(0, width - side, 2 * part - 1).astype(int):
                    found = self._find_in(rgb, np.array([left, top]), side)
                    if found and (best is None or found.score > best.score):
                        best = found
        return best

    def find_near(self, rgb: Array, near: Array) -> Region | None:
        """The face nearest to a point (2,), looked for in ever smaller squares about it: it may be a small one."""
        height, width = rgb.shape[:2]
        best = self.find(rgb, near)
        for part in (2, 4, 8):
            side = min(max(height, width) // part, height, width)
            corner = np.clip(near - side / 2, 0, (width - side, height - side)).astype(int)
            if found := self._find_in(rgb, corner, side, near):
                best = _meant(best, found, near) if best else found
        return best

    def _find_in(self, rgb: Array, corner: Array, side: int, near: Array | None = None) -> Region | None:
        left, top = corner
        inside = None if near is None else near - corner
        found = self.find(rgb[top : top + side, left : left + side], inside)
        return found and replace(found, centre=found.centre + corner)


def _meant(one: Region, other: Region, near: Array) -> Region:
    """Of two faces the nearer one, in units of its own size; of two readings of one face the surer."""
    if np.linalg.norm(one.centre - other.centre) < max(one.side, other.side) / (2 * ROOM):
        return max(one, other, key=lambda face: face.score)
    return min(one, other, key=lambda face: float(np.linalg.norm(face.centre - near)) / face.side)
