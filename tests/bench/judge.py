"""The judge of a made video: reads it otherwise than the animator reads a clip.

The animator follows one face from frame to frame in the picture as it is. The judge looks for the face anew in each
frame, and reads it twice, as it is and mirrored: no bias of the tracking or of one side carries over. Which networks
read the face is the `witness`'s affair.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np

from tests.bench.witness import Witness
from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.array import Array
from vannilli_app.engine.pose import align
from vannilli_app.engine.reader import pictures

SIDE = 256  # pixels of a picture's width, in which distances are given
EYE = (48, 24)  # pixels of an eye that was cut out upright
SHUT = 0.45  # of the usual gap: an eye that is at most so open is shut
LEAST_TURN = np.radians(4.0)  # between the 5th and the 95th percentile
FPS = Fraction(30)


@dataclass(frozen=True)
class Side:
    """N frames as they are, or all mirrored: `points` (N, 478, 3) in pixels of a picture 256 wide."""

    points: Array

    @cached_property
    def jaw(self) -> Array:
        return lm.mouth_openness(self.points)

    @cached_property
    def blink(self) -> Array:
        return np.asarray(-np.mean([lm.eye_openness(self.points, eye) for eye in lm.EYES], axis=0))

    @cached_property
    def yaw(self) -> Array:
        """Against the first frame, in radians, by all points of the bones: depth is guessed, two of them tremble."""
        turned = align(self.points[0, lm.RIGID], self.points[:, lm.RIGID]).rotation
        return np.stack([cv2.Rodrigues(rotation)[0][1, 0] for rotation in turned])

    @cached_property
    def gaze(self) -> Array:
        """Where the irises stand between the corners of their eyes, mean of both."""
        found = []
        for eye, iris in zip(lm.EYES, lm.IRISES, strict=True):
            outer, inner = self.points[:, eye[0], :2], self.points[:, eye[8], :2]
            across = inner - outer
            along = ((self.points[:, iris[0], :2] - outer) * across).sum(1) / ((across**2).sum(1) + 1e-6)
            found.append(along if eye is lm.EYES[0] else -along)
        return np.asarray(np.mean(found, axis=0))

    @property
    def jitter(self) -> float:
        """How far a point lies from the middle of its neighbours in time, in face heights."""
        points = self.points[:, :, :2] / lm.face_height(self.points).mean()
        return float(np.linalg.norm(points[1:-1] - (points[:-2] + points[2:]) / 2, axis=-1).mean())


@dataclass(frozen=True)
class Reading:
    """N frames of a video as the judge sees them, at 30 fps, each read as it is and mirrored.

    A turn or a look that only one side shows is the network's own: the mean of both cancels it. `seen` (N,) is where
    there was a face, `pictures` (N, H, 256) grey, `eyes` (N, 2, 24, 48) grey, cut out upright between their corners.
    """

    plain: Side
    mirrored: Side
    seen: Array
    pictures: Array
    eyes: Array

    @cached_property
    def jaw(self) -> Array:
        return np.asarray((self.plain.jaw + self.mirrored.jaw) / 2)

    @cached_property
    def blink(self) -> Array:
        return np.asarray((self.plain.blink + self.mirrored.blink) / 2)

    @cached_property
    def yaw(self) -> Array:
        return np.asarray((self.plain.yaw - self.mirrored.yaw) / 2)

    @cached_property
    def gaze(self) -> Array:
        return np.asarray((self.plain.gaze - self.mirrored.gaze) / 2)

    @property
    def jitter(self) -> float:
        return (self.plain.jitter + self.mirrored.jitter) / 2

    @property
    def turns(self) -> bool:
        """Whether the head turns by more than the network's own tremor."""
        low, high = np.percentile(self.yaw[self.seen], [5, 95])
        return bool(high - low > LEAST_TURN)

    @property
    def still(self) -> "Reading":
        """Its first frame alone."""
        return Reading(
            Side(self.plain.points[:1]),
            Side(self.mirrored.points[:1]),
            self.seen[:1],
            self.pictures[:1],
            self.eyes[:1],
        )

    def apart(self, other: "Reading") -> Array:
        """(N,): mean distance of all points in the plane, in pixels."""
        pairs = ((self.plain, other.plain), (self.mirrored, other.mirrored))
        return np.asarray(
            np.mean(
                [np.linalg.norm((a.points - b.points)[..., :2], axis=-1).mean(-1) for a, b in pairs], axis=0
            )
        )

    @property
    def flicker(self) -> float:
        """How far a pixel of the face lies from the middle of its neighbours in time, in levels."""
        apart = []
        points = self.plain.points
        for i in range(1, len(self.pictures) - 1, 2):
            left, top = np.maximum(points[i, :, :2].min(0), 0).astype(int)
            right, bottom = points[i, :, :2].max(0).astype(int) + 1
            a, b, c = (p[top:bottom, left:right].astype(np.float32) for p in self.pictures[i - 1 : i + 2])
            apart.append(np.abs(b - (a + c) / 2).mean())
        return float(np.mean(apart))


def read(path: Path, witness: Witness) -> Reading:
    """Reads a whole video; a frame without a face repeats what was seen before."""
    points, seen, small, eyes = [], [], [], []
    last = np.zeros((2, lm.COUNT, 3), np.float32)
    for picture in pictures(path, FPS, longest_side=10_000):
        found = [witness.read(rgb) for rgb in (picture.rgb, np.ascontiguousarray(picture.rgb[:, ::-1]))]
        last = np.stack([before if now is None else now for before, now in zip(last, found, strict=True)])
        grey = cv2.cvtColor(picture.rgb, cv2.COLOR_RGB2GRAY)
        scale = SIDE / grey.shape[1]
        points.append(last * np.float32(scale))
        seen.append(all(side is not None for side in found))
        small.append(cv2.resize(grey, (SIDE, round(grey.shape[0] * scale)), interpolation=cv2.INTER_AREA))
        eyes.append(np.stack([_eye(grey, last[0], eye) for eye in lm.EYES]))
    plain, mirrored = (Side(side) for side in np.stack(points, axis=1))
    return Reading(plain, mirrored, np.array(seen), np.stack(small), np.stack(eyes))


def _eye(grey: Array, points: Array, eye: list[int]) -> Array:
    """An eye cut out upright: its corners at a sixth from either side, in the middle of the height."""
    outer, inner = points[eye[0], :2], points[eye[8], :2]
    if outer[0] > inner[0]:
        outer, inner = inner, outer
    scale = EYE[0] * 2 / 3 / max(float(np.linalg.norm(inner - outer)), 1)
    angle = np.degrees(np.arctan2(*(inner - outer)[::-1]))
    middle = (outer + inner) / 2
    turn = cv2.getRotationMatrix2D(middle.tolist(), float(angle), scale)
    turn[:, 2] += np.array(EYE) / 2 - middle
    return cv2.warpAffine(grey, turn, EYE, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)


def eye_whites(made: Reading, truth: Reading) -> float:
    """How much of an open eye is left in a shut one: the spread of its light, over that of the open eyes.

    The middle half of each cut-out, in the frames in which the performer's eyes are shut, and in which they are open.
    A lid has little spread but its lash line; a sliver of white has much. NaN when nobody blinks.
    """
    count = min(len(made.eyes), len(truth.eyes))
    usual = np.percentile(-truth.blink, 80)
    openness = -truth.blink[:count] / usual
    spread = made.eyes[:count, :, EYE[1] // 4 : -EYE[1] // 4, EYE[0] // 6 : -EYE[0] // 6].std((2, 3)).mean(1)
    shut, wide = openness < SHUT, openness > 0.85
    if not shut.any() or not wide.any():
        return float("nan")
    return float(spread[shut].mean() / spread[wide].mean())
