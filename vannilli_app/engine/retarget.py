"""Gives a still face the movements of a performance.

Everything is relative to the moment of the performance that looks most like the still (the reference): the
head's pose and the expression of each moment are measured against it, and added to the still. So a broad face
stays broad, a painted smile stays a smile, and nobody's features are replaced by the performer's.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.array import Array
from vannilli_app.engine.filter import smooth_into
from vannilli_app.engine.pose import align, joined, limit_rotation, soft_limit
from vannilli_app.engine.spool import Series, Spool, chunks, measured

PITCH, YAW, ROLL = np.radians([26.0, 32.0, 40.0])  # a flat picture bears no further turn
# A warped picture shows a smaller turn than it was given: its light and its outline stay. About x, y and z; looking
# aside, where the turn is flattened most, about y.
GAIN, ASIDE_GAIN = np.array([1.0, 1.2, 1.0]), 2.2
LID_GAIN = 1.15  # the field is smoothed round an eye: of what a lid moves seven eighths are seen
LEAST_YAW = np.radians(8.0)
TRAVEL, LEAST_TRAVEL = 0.45, 0.1  # face heights
OVER = 0.12  # face heights that a face may travel beyond its picture's edge
NEARER, FARTHER = 0.26, 0.22  # change of size, natural logarithm
DEPTH_SAY = 0.4
BONE = 0.8  # how much of its own movement the edge of a face that looks at us loses
DEEPEST, HEAD_DEEPEST = (
    0.3,
    1.2,
)  # of the face's height behind the pivot: the face's edge, and the head round it
ASIDE_DEEPEST = 0.35  # both when the face looks aside
ASIDE = np.radians(20.0)  # a face turned by so much looks aside
SAME, SAME_SAY = (
    0.004,
    40.0,
)  # mean distance of points, in face heights, of two readings of one face; what it counts
QUICK = 0.15  # lids and lips move a short way in a short time: a blink lasts three pictures
JAW = 7  # points of the face's edge whose movement is one: the outline of a jaw bends, but does not fray
SINK = 0.3  # of the eye's opening, how far an iris goes down with the lid
SHUT, OPEN = 0.32, 0.76  # lid gap over its usual: where an eye is shut, and from where it is left alone


_ROUND = lm.OVAL[-JAW:] + lm.OVAL + lm.OVAL[:JAW]
_QUICKNESS = np.ones((lm.COUNT, 1), np.float32)
_QUICKNESS[[*lm.EYE_RIGHT, *lm.EYE_LEFT]] = QUICK
_QUICKNESS[lm.LIPS_INNER + lm.LIPS_OUTER] = 2 * QUICK


@dataclass(frozen=True)
class Move:
    """One moment of a still face: how far its eyes are shut (2,), 0 to 1, right and left, and where its points are.

    `expression` (478, 3) are the points in the still's own pose, `points` in the pose of the moment. A point p of the
    head that is no landmark goes to scale * rotation @ (p - pivot) + pivot + travel; what lies further behind the pivot
    than `deepest` pixels (`behind` for what is not the face) turns as if it lay there: at the true depth the picture
    would fold at the cheeks.
    """

    expression: Array
    points: Array
    closing: Array
    scale: float
    rotation: Array
    travel: Array
    pivot: Array
    deepest: float
    behind: float

    @classmethod
    def of(
        cls, expression: Array, closing: Array, scale: float, rotation: Array, travel: Array, pivot: Array
    ) -> "Move":
        """The move of a face whose points in the still's own pose show `expression` (478, 3)."""
        height, aside = float(lm.face_height(expression)), _aside(expression)
        deepest, behind = (
            height * (deep + aside * (ASIDE_DEEPEST - deep)) for deep in (DEEPEST, HEAD_DEEPEST)
        )
        upright = cls(expression, expression, closing, scale, rotation, travel, pivot, deepest, behind)
        return replace(upright, points=upright.carry(expression))

    def carry(self, points: Array, round_: Array | float = 0.0) -> Array:
        """Points (K, 3) of the head, moved rigidly; `round_` (K,) is 0 for the face, 1 for the head round it."""
        arm = points - self.pivot
        deepest = self.deepest + round_ * (self.behind - self.deepest)
        arm[:, 2] = np.minimum(arm[:, 2], np.tanh(np.maximum(arm[:, 2], 0) / deepest) * deepest)
        return np.asarray(self.scale * (arm @ self.rotation.T) + self.pivot + self.travel, np.float32)


def _aside(points: Array) -> float:
    """How much a face looks aside, 0 to 1."""
    return float(min(abs(lm.head_angles(points)[1]) / ASIDE, 1.0))


def reference(performance: Series, still: Array) -> int:
    """The moment of `performance` (N, 478, 3) that is most like `still` (478, 3) and no outlier itself."""
    openness = measured(lm.mouth_openness, performance)
    heights = measured(lm.face_height, performance)
    width = measured(lambda points: lm.distance(points, lm.MOUTH_RIGHT, lm.MOUTH_LEFT), performance) / heights
    angles = measured(lm.head_angles, performance)
    usual_angles = np.median(angles, axis=0)
    place = measured(lambda points: points[:, lm.OVAL, :2].mean(1), performance)
    away = np.linalg.norm(place - np.median(place, axis=0), axis=1) / np.median(heights)
    cost = ((openness - lm.mouth_openness(still)) / 0.06) ** 2
    cost += ((width - np.median(width)) / 0.05) ** 2
    cost += (away / 0.25) ** 2
    cost += (((angles - usual_angles) / np.radians(12)) ** 2).sum(1)
    cost += 0.5 * (((angles - lm.head_angles(still)) / np.radians(15))[:, :2] ** 2).sum(1)
    for eye in lm.EYES:
        cost += (_closing(performance, eye) / 0.25) ** 2
    # A still out of the clip itself, or out of the same sitting: its own moment is the reference, whatever it shows.
    unlike = measured(lambda points: _unlikeness(points, still), performance)
    cost -= SAME_SAY * np.exp(-((unlike / SAME) ** 2))
    return int(np.argmin(cost))


def _unlikeness(performance: Array, still: Array) -> Array:
    """(N,): the mean distance of the moments' points from the still's in the plane, in face heights, pose taken out."""
    shapes, shape = performance / lm.face_height(performance)[:, None, None], still / lm.face_height(still)
    fit = align(shape, shapes)
    laid = fit.scale[:, None, None] * ((shape - fit.source) @ fit.rotation.transpose(0, 2, 1))
    return np.asarray(np.linalg.norm((laid + fit.target[:, None] - shapes)[..., :2], axis=-1).mean(1))


def _say(points: Array) -> Array:
    """(478, 3): how much of each point's own movement is expression, and not a tremor of the tracker.

    The edge of the face towards the ears is bone, and depth is guessed from one picture: turned into the plane of a
    face that looks aside, its errors would fray the cheek.
    """
    _, yaw, roll = lm.head_angles(points)
    upright = (points - points[lm.OVAL].mean(0)) @ cv2.Rodrigues(np.array([0.0, yaw, 0.0]))[0]
    cos, sin = np.cos(roll), np.sin(roll)
    aside = np.abs(upright[:, 0] * cos + upright[:, 1] * sin)
    edge = np.clip((aside / aside[lm.OVAL].max() - 0.65) / 0.3, 0, 1)
    say = 1 - max(_aside(points), BONE) * edge * edge * (3 - 2 * edge)
    return np.stack([say, say, DEPTH_SAY * say], 1).astype(np.float32)


def _closing(performance: Series, eye: list[int]) -> Array:
    """How far an eye is shut at each moment, 0 to 1, against how open this performer usually holds it."""
    openness = measured(lambda points: lm.eye_openness(points, eye), performance)
    usual = np.percentile(openness, 80) + 1e-6
    share = np.clip((OPEN - openness / usual) / (OPEN - SHUT), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


class Retarget:
    """The moves of `still` (478, 3) along `performance` (N, 478, 3), sampled at `fps`.

    With the `size` (width, height) of the still's picture the face stays within it.
    """

    def __init__(
        self, performance: Series, still: Array, fps: float, size: tuple[int, int] | None = None
    ) -> None:
        chosen = reference(performance, still)
        eye_distance = float(np.median(measured(lambda points: lm.distance(points, 33, 263), performance)))
        self._performance = Spool((lm.COUNT, 3))
        smooth_into(self._performance, performance, fps, eye_distance * _QUICKNESS)
        self._still = still
        rest = self._performance[chosen]
        head = joined([align(rest[lm.RIGID], run[:, lm.RIGID]) for run in chunks(self._performance)])
        self._head, self._rest = head, rest - head.source
        to_still = align(rest[lm.RIGID], still[None, lm.RIGID])
        larger = float(to_still.scale[0])
        self._to_still = (larger * to_still.rotation[0]).astype(np.float32)
        self._pivot = to_still.target[0].astype(np.float32)
        self._gain = self._feature_gains(rest, larger) * _say(rest)
        self._limit_pose(head.scale, head.rotation)
        low, high = _room(still, size)
        self.travel = soft_limit(larger * (head.target - head.source), low, high).astype(np.float32)
        self.closing = np.stack([_closing(self._performance, eye) for eye in lm.EYES], 1)

    def __len__(self) -> int:
        return len(self._performance)

    def _feature_gains(self, rest: Array, size: float) -> Array:
        """(478, 3): how much larger the still's eyes and mouth are than the performer's."""
        gain = np.ones((lm.COUNT, 3), np.float32)
        for eye, iris in zip(lm.EYES, lm.IRISES, strict=True):
            upper, lower = eye[4], eye[12]
            ratio = lm.distance(self._still, upper, lower) / (size * lm.distance(rest, upper, lower) + 1e-6)
            gain[eye + iris, 1] = np.clip(ratio, 0.5, 2.0)
            gain[eye, 1] *= LID_GAIN
        ratio = lm.distance(self._still, 61, 291) / (size * lm.distance(rest, 61, 291) + 1e-6)
        gain[lm.LIPS_INNER + lm.LIPS_OUTER] = np.clip(ratio, 0.7, 1.4)
        return gain

    def _limit_pose(self, scale: Array, rotation: Array) -> None:
        yaw = float(lm.head_angles(self._still)[1])
        # A face that already looks aside cannot be turned much further, and only somewhat more back.
        onward, back = max(YAW - 0.8 * abs(yaw), LEAST_YAW), max(YAW - 0.35 * abs(yaw), 2 * LEAST_YAW)
        most_left, most_right = (back, onward) if yaw > 0 else (onward, back)
        gain = GAIN + np.array([0, _aside(self._still) ** 2 * (ASIDE_GAIN - GAIN[1]), 0])
        low, high = np.array([-PITCH, -most_left, -ROLL]), np.array([PITCH, most_right, ROLL])
        self.rotation = limit_rotation(rotation, gain, low, high).astype(np.float32)
        self.scale = np.exp(soft_limit(np.log(scale), -FARTHER, NEARER)).astype(np.float32)

    def move(self, index: int) -> Move:
        """The still at moment `index`."""
        head = self._head
        upright = (self._performance[index] - head.target[index]) @ head.rotation[index] / head.scale[index]
        expression = ((upright - self._rest) * self._gain @ self._to_still.T).astype(np.float32)
        expression[lm.OVAL] = cv2.blur(expression[_ROUND], (1, JAW))[JAW:-JAW]
        for eye, iris, closing in zip(lm.EYES, lm.IRISES, self.closing[index], strict=True):
            expression[eye] *= 1 - closing  # a lid comes down over the eye; the eye is not pressed flat
            expression[iris] *= 1 - closing**2  # and looks on until it is covered
            # It sinks with the lid: an iris that stayed behind it would leave white below.
            expression[iris] += (
                SINK * closing * (1 - closing**3) * (self._still[eye[12]] - self._still[eye[4]])
            )
        points = meet(self._still + expression)
        return Move.of(
            points,
            self.closing[index],
            float(self.scale[index]),
            self.rotation[index],
            self.travel[index],
            self._pivot,
        )


def _room(still: Array, size: tuple[int, int] | None) -> tuple[Array, Array]:
    """How far a face may travel, down to and up to (3,): not so far that it leaves a picture of `size`."""
    room = TRAVEL * float(lm.face_height(still))
    low, high = np.full(3, -room), np.full(3, room)
    if size:
        over, least = OVER * float(lm.face_height(still)), LEAST_TRAVEL * float(lm.face_height(still))
        oval = still[lm.OVAL, :2]
        low[:2] = -np.clip(oval.min(0) + over, least, room)
        high[:2] = np.clip(np.array(size) - oval.max(0) + over, least, room)
    return low, high


def meet(points: Array) -> Array:
    """Lips and lids that crossed each other, brought together at their middle."""
    down = points[lm.CHIN, :2] - points[lm.FOREHEAD, :2]
    down = down / (np.linalg.norm(down) + 1e-6)
    for upper, lower in ((lm.LIP_UPPER, lm.LIP_LOWER), *(lm.lids(eye) for eye in lm.EYES)):
        crossed = np.minimum((points[lower, :2] - points[upper, :2]) @ down, 0)[:, None] * down / 2
        points[upper, :2] += crossed
        points[lower, :2] -= crossed
    return points
