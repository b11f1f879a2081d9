"""Finds faces in a picture: BlazeFace short range on LiteRT."""

from dataclasses import dataclass

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


def _anchors() -> Array:
    """Centres of the 896 boxes, in units of the input's side (SSD anchors of strides 8 and 16)."""
    grids = []
    for cells, boxes in ((16, 2), (8, 6)):
        line = (np.arange(cells) + 0.5) / cells
        x, y = np.meshgrid(line, line)
        grids.append(np.repeat(np.stack([x.ravel(), y.ravel()], 1), boxes, axis=0))
    return np.asarray(np.concatenate(grids), np.float32)


class Detector:
    """The largest sure face of a picture. Holds a network: one object a thread."""

    def __init__(self) -> None:
        self._model = Model("face_landmarker_v2.task/face_detector.tflite", threads=1)
        self._anchors = _anchors()

    def find(self, rgb: Array) -> Region | None:
        """The largest of the faces that are about as sure as the surest, or None."""
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
        best = self._largest(scores, outputs["regressors"][0])
        score = float(scores[best])
        box = outputs["regressors"][0, best] / SIDE
        anchor = self._anchors[best]

        def in_picture(point: Array) -> Array:
            return np.asarray(((anchor + point) * SIDE - (left, top)) / scale)

        right_eye, left_eye = in_picture(box[4:6]), in_picture(box[6:8])
        across = left_eye - right_eye
        side = float(max(box[2], box[3]) * SIDE / scale * ROOM)
        return Region(in_picture(box[:2]), side, float(np.arctan2(across[1], across[0])), score)

    def _largest(self, scores: Array, boxes: Array) -> int:
        sure = np.flatnonzero(scores >= max(LEAST_SCORE, ABOUT_AS_SURE * float(scores.max())))
        sides = boxes[sure, 2:4].max(1) / SIDE
        centres = self._anchors[sure] + boxes[sure, :2] / SIDE
        large = int(sides.argmax())
        same = np.linalg.norm(centres - centres[large], axis=1) < sides[large] / 2
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
                    found = self.find(rgb[top : top + side, left : left + side])
                    if found and (best is None or found.score > best.score):
                        best = Region(
                            found.centre + np.array([left, top]), found.side, found.roll, found.score
                        )
        return best
