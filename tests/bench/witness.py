"""Two ways of reading a face in a single picture, neither of which knows the picture before.

`Animators` is the network that drives the animator, given another crop. `Others` are two networks that the animator
does not know: an older face mesh, and one that was trained on nothing but eyes.
"""

from dataclasses import replace
from typing import Protocol

import numpy as np

from tests.bench.networks import network
from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.array import Array
from vannilli_app.engine.detector import Detector, Region
from vannilli_app.engine.tracker import Face, Tracker

MORE_ROOM = 1.2
MESH_SIDE, EYE_SIDE = 192, 64
EYE_ROOMS = (
    2.0,
    2.3,
    2.6,
)  # of an eye's width: as the network was trained, and round it. Its readings' mean trembles less
# The network's outline of an eye, in the order of `landmarks.EYES`: it begins with the lower lid.
OUTLINE = [0, *range(9, 16), *range(8, 0, -1)]


class Witness(Protocol):
    """Reads 478 points (478, 3) of the face in an RGB picture, in its pixels, or None without a face."""

    def read(self, rgb: Array) -> Array | None: ...


class Animators:
    """The animator's network, read twice, the second time with more room round the face."""

    def __init__(self) -> None:
        self._detector, self._tracker = Detector(), Tracker()

    def read(self, rgb: Array) -> Array | None:
        found = self._detector.find(rgb)
        if found is None:
            return None
        region = self._tracker.read(rgb, found).region()
        return self._tracker.read(rgb, replace(region, side=region.side * MORE_ROOM)).points


class Others:
    """Another mesh, read twice, in which the eyes and irises are those of the eyes' own network."""

    def __init__(self) -> None:
        self._detector = Detector()
        self._mesh, self._eye = network("face_landmark.tflite"), network("iris_landmark.tflite")

    def read(self, rgb: Array) -> Array | None:
        found = self._detector.find(rgb)
        if found is None:
            return None
        points = self._face(rgb, Face(self._face(rgb, found), found.score).region())
        for eye, iris in zip(lm.EYES, lm.IRISES, strict=True):
            self._look_closer(rgb, points, eye, iris)
        return points

    def _face(self, rgb: Array, region: Region) -> Array:
        """(478, 3), the irises not yet known."""
        crop, back = region.cut(rgb, MESH_SIDE)
        mesh = self._mesh(crop * np.float32(1 / 255))["conv2d_21"].reshape(-1, 3)
        points = np.repeat(mesh[:1], lm.COUNT, axis=0)
        points[: len(mesh)] = mesh
        points[:, :2] = points[:, :2] @ back[:, :2].T + back[:, 2]
        points[:, 2] *= region.side / MESH_SIDE
        return points

    def _look_closer(self, rgb: Array, points: Array, eye: list[int], iris: list[int]) -> None:
        """Puts the outline of an eye and its iris where its own network sees them, in place."""
        left, right = sorted((points[eye[0], :2], points[eye[8], :2]), key=lambda corner: float(corner[0]))
        width, roll = float(np.abs(right - left).max()), float(np.arctan2(*(right - left)[::-1]))
        mirrored = (
            points[eye[0], 0] > points[eye[8], 0]
        )  # it was taught eyes whose outer corner is to the left
        seen = [
            self._outlined(rgb, Region((left + right) / 2, room * width, roll, 1.0), bool(mirrored))
            for room in EYE_ROOMS
        ]
        points[eye + iris, :2] = np.mean(seen, axis=0)
        points[iris, 2] = points[eye, 2].mean()

    def _outlined(self, rgb: Array, region: Region, mirrored: bool) -> Array:
        """(21, 2): the outline of the eye in `region`, in our order, and its iris."""
        crop, back = region.cut(rgb, EYE_SIDE)
        outputs = self._eye((crop[:, ::-1] if mirrored else crop) * np.float32(1 / 255))
        outline, iris = (
            outputs[name].reshape(-1, 3)[:, :2] for name in ("output_eyes_contours_and_brows", "output_iris")
        )
        seen = np.concatenate([outline[OUTLINE], iris])
        if mirrored:
            seen[:, 0] = EYE_SIDE - 1 - seen[:, 0]
        return np.asarray(seen @ back[:, :2].T + back[:, 2])


WITNESSES: dict[str, type[Witness]] = {"others": Others, "animators": Animators}
