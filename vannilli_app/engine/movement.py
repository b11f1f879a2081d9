"""A clip's movement as that of a camera, for pictures or clips without a face."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from vannilli_app.engine.ahead import read_ahead
from vannilli_app.engine.array import Array
from vannilli_app.engine.driver import LEAST_SECONDS, grid
from vannilli_app.engine.filter import smooth
from vannilli_app.engine.reader import DriverTooShort, duration, pictures

FLOW_SIDE = 192  # pixels of the longer side in which the clip's movement is measured
STILL = 0.0015  # widths a picture: what moves less counts as calm
LEAK = 0.02  # of the way home at each frame: the camera does not drift off


@dataclass(frozen=True)
class Movement:
    """N moments of a clip's movement: `state` (N, 4) of x, y (widths), turn (radians), log zoom, and `energy` (N,),
    how lively it is, 0 to 1, against the clip's own liveliest moments."""

    state: Array
    energy: Array

    def __len__(self) -> int:
        return len(self.state)


def watch(path: Path, fps: Fraction, frames: int | None, step: Callable[[float], None]) -> Movement:
    """The clip's movement on the finished video's grid.

    `step` is called for each picture with its time in seconds.
    Raises DriverUnreadable, DriverTooShort.
    """
    times: list[float] = []
    states: list[Array] = []
    speeds: list[float] = []
    state: Array = np.zeros(4)
    before: Array | None = None
    until = frames and frames / float(fps)
    for picture in read_ahead(pictures(path, fps, longest_side=FLOW_SIDE, until=until)):
        grey = cv2.cvtColor(picture.rgb, cv2.COLOR_RGB2GRAY)
        if before is not None:
            shift, speed = _shift(before, grey)
            state = state * (1 - LEAK) + shift
            speeds.append(speed)
        before = grey
        times.append(picture.time)
        states.append(state)
        step(picture.time)
    seconds = max(duration(path), *times[-1:])
    if len(times) < 2 or seconds < LEAST_SECONDS:
        raise DriverTooShort
    moments = grid(fps, frames, seconds)
    found = np.stack([np.interp(moments, times, values) for values in np.array(states).T], 1)
    return Movement(
        smooth(found.astype(np.float32), float(fps), scale=0.2),
        _energy(np.interp(moments, times[1:], speeds), float(fps)),
    )


def _energy(speed: Array, fps: float) -> Array:
    """Speeds as shares of the clip's own liveliest tenth, calmed over a third of a second; 0 when nothing moves."""
    row = speed[None].astype(np.float32)
    calm: Array = cv2.GaussianBlur(row, (0, 0), fps / 6, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(np.clip(calm[0] / max(float(np.percentile(calm, 90)), STILL), 0, 1))


def _shift(before: Array, after: Array) -> tuple[Array, float]:
    """What moved between two grey pictures, as one similarity about the middle (x, y, turn, log zoom), and how far."""
    corners = cv2.goodFeaturesToTrack(before, 150, 0.01, 5)
    if corners is None or len(corners) < 8:
        return np.zeros(4), 0.0
    found, status, _ = cv2.calcOpticalFlowPyrLK(
        before, after, corners, corners.copy(), winSize=(15, 15), maxLevel=2
    )
    kept = status[:, 0] == 1
    if kept.sum() < 8:
        return np.zeros(4), 0.0
    height, width = before.shape
    middle = np.array([width / 2, height / 2], np.float32)
    start, end = corners[kept][:, 0] - middle, found[kept][:, 0] - middle
    # What moves is the performer, not the wall behind: the points that stand still have no say.
    steps = np.linalg.norm(end - start, axis=1)
    moving, speed = steps > 0.3, float(np.percentile(steps, 75)) / width
    if moving.sum() < 8:
        return np.zeros(4), speed
    matrix, _ = cv2.estimateAffinePartial2D(start[moving], end[moving], ransacReprojThreshold=1.0)
    if matrix is None:
        return np.zeros(4), speed
    zoom = math.hypot(matrix[0, 0], matrix[1, 0])
    turn = math.atan2(matrix[1, 0], matrix[0, 0])
    return np.array([matrix[0, 2] / width, matrix[1, 2] / width, turn, math.log(max(zoom, 0.5))]), speed
