"""Follows one face through pictures: 478 points by Face Mesh V2 on LiteRT."""

from dataclasses import dataclass

import numpy as np

from vannilli_app.engine.array import Array
from vannilli_app.engine.detector import ROOM, Detector, Region
from vannilli_app.engine.models import Model

SIDE = 256
LEAST_SCORE = 0.5
# A still is read several times, slightly shifted, scaled and turned: on a face the readings agree to half a
# hundredth of its size, on a muzzle or a pattern they scatter by a tenth.
JITTER = [(0.0, 0.0, 1.0, 0.0), (0.05, 0.0, 1.08, 6.0), (-0.05, 0.04, 0.93, -6.0), (0.0, -0.05, 1.15, 3.0)]
MOST_SCATTER = 0.02
LEAST_STILL_SCORE = 0.8
# A point of a picture: shares of its width and height, from its upper left corner.
Place = tuple[float, float]


@dataclass(frozen=True)
class Face:
    """478 points (478, 3) in pixels of the picture and the network's confidence, 0 to 1."""

    points: Array
    score: float

    def region(self) -> Region:
        """Where to look for this face in the next picture."""
        across = self.points[263, :2] - self.points[33, :2]
        roll = float(np.arctan2(across[1], across[0]))
        turn = np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]])
        upright = self.points[:, :2] @ turn.T
        low, high = upright.min(0), upright.max(0)
        return Region(turn.T @ ((low + high) / 2), float((high - low).max()) * ROOM, roll, self.score)


class Tracker:
    """Points of the face that was seen last, or of a newly found one. One object a clip and a thread.

    Of several faces it is the largest, or the one `near` a place; once lost, the one near to where it was seen last.
    """

    def __init__(self, threads: int = 2, near: Place | None = None) -> None:
        self._near = near
        self._detector = Detector()
        self._model = Model("face_landmarker_v2.task/face_landmarks_detector.tflite", threads)
        self._region: Region | None = None

    def follow(self, rgb: Array) -> Face | None:
        """The face in the clip's next picture, or None when there is none."""
        if self._region is not None:
            face = self.read(rgb, self._region)
            if face.score >= LEAST_SCORE:
                return self._keep(face, rgb)
        self._region = None
        if found := self._detector.find(rgb, self._meant(rgb)):
            face = self.read(rgb, found)
            if face.score >= LEAST_SCORE:
                # The detector's box is rough: read from it, the first points stand apart from all that follow.
                return self._keep(self.read(rgb, face.region()), rgb)
        return None

    def still(self, rgb: Array) -> Face | None:
        """The face in a still picture, averaged over several readings; None when the readings disagree."""
        near = self._meant(rgb)
        found = self._detector.find_anywhere(rgb) if near is None else self._detector.find_near(rgb, near)
        if found is None:
            return None
        region = self.read(rgb, found).region()
        readings = [
            self.read(
                rgb,
                Region(
                    region.centre + region.side * np.array([dx, dy]),
                    region.side * scale,
                    region.roll + float(np.radians(turn)),
                    region.score,
                ),
            )
            for dx, dy, scale, turn in JITTER
        ]
        points = np.stack([face.points for face in readings])
        score = float(np.median([face.score for face in readings]))
        scatter = points[..., :2].std(0).mean() / (region.side / ROOM)
        if score < LEAST_STILL_SCORE or scatter > MOST_SCATTER:
            return None
        return Face(points.mean(0), score)

    def _meant(self, rgb: Array) -> Array | None:
        return None if self._near is None else np.array(self._near) * rgb.shape[1::-1]

    def _keep(self, face: Face, rgb: Array) -> Face:
        self._region = face.region()
        if self._near is not None:
            x, y = (self._region.centre / rgb.shape[1::-1]).tolist()
            self._near = (x, y)
        return face

    def read(self, rgb: Array, region: Region) -> Face:
        """The points of whatever is in `region`, and whether it is a face."""
        crop, back = region.cut(rgb, SIDE)
        outputs = self._model(crop * np.float32(1 / 255))
        in_crop = outputs["Identity"].reshape(-1, 3)
        points = np.empty_like(in_crop)
        points[:, :2] = in_crop[:, :2] @ back[:, :2].T + back[:, 2]
        points[:, 2] = in_crop[:, 2] * region.side / SIDE
        logit = float(np.clip(outputs["Identity_1"].ravel()[0], -50, 50))
        return Face(points, 1 / (1 + float(np.exp(-logit))))
