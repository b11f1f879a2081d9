"""Moves a picture without a human face: the clip's movement becomes the camera's, over a guessed depth."""

import math
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from vannilli_app.engine.array import Array
from vannilli_app.engine.driver import LEAST_SECONDS, grid
from vannilli_app.engine.filter import smooth
from vannilli_app.engine.reader import DriverTooShort, duration, pictures

FLOW_SIDE = 192  # pixels of the longer side in which the clip's movement is measured
LEAK = 0.02  # of the way home at each frame: the camera does not drift off
SHARE = 0.9  # how much of the clip's movement, in widths of the picture, the camera makes
MOST_SHIFT, MOST_TURN, MOST_ZOOM = 0.06, math.radians(4), 0.10
NEAR = 1.10  # enlarged by this much, so that no edge is seen
FAR_SHARE = 0.35  # how much of the movement the background makes
CUT_SIDE = 160  # pixels in which the subject is told from its background


def camera(path: Path, fps: Fraction, frames: int | None, step: Callable[[float], None]) -> Array:
    """The clip's movement on the finished video's grid: (N, 4) of x, y (widths), turn (radians), log zoom.

    `step` is called for each picture with its time in seconds.
    Raises DriverUnreadable, DriverTooShort.
    """
    times: list[float] = []
    states: list[Array] = []
    state: Array = np.zeros(4)
    before: Array | None = None
    for picture in pictures(path, fps, longest_side=FLOW_SIDE, until=frames and frames / float(fps)):
        grey = cv2.cvtColor(picture.rgb, cv2.COLOR_RGB2GRAY)
        if before is not None:
            state = state * (1 - LEAK) + _shift(before, grey)
        before = grey
        times.append(picture.time)
        states.append(state)
        step(picture.time)
    seconds = max(duration(path), *times[-1:])
    if len(times) < 2 or seconds < LEAST_SECONDS:
        raise DriverTooShort
    moments = grid(fps, frames, seconds)
    found = np.stack([np.interp(moments, times, values) for values in np.array(states).T], 1)
    return smooth(found.astype(np.float32), float(fps), scale=0.2)


def _shift(before: Array, after: Array) -> Array:
    """What moved between two grey pictures, as one similarity about the middle: x, y, turn, log zoom."""
    corners = cv2.goodFeaturesToTrack(before, 150, 0.01, 5)
    if corners is None or len(corners) < 8:
        return np.zeros(4)
    found, status, _ = cv2.calcOpticalFlowPyrLK(
        before, after, corners, corners.copy(), winSize=(15, 15), maxLevel=2
    )
    kept = status[:, 0] == 1
    if kept.sum() < 8:
        return np.zeros(4)
    height, width = before.shape
    middle = np.array([width / 2, height / 2], np.float32)
    start, end = corners[kept][:, 0] - middle, found[kept][:, 0] - middle
    # What moves is the performer, not the wall behind: the points that stand still have no say.
    moving = np.linalg.norm(end - start, axis=1) > 0.3
    if moving.sum() < 8:
        return np.zeros(4)
    matrix, _ = cv2.estimateAffinePartial2D(start[moving], end[moving], ransacReprojThreshold=1.0)
    if matrix is None:
        return np.zeros(4)
    zoom = math.hypot(matrix[0, 0], matrix[1, 0])
    turn = math.atan2(matrix[1, 0], matrix[0, 0])
    return np.array([matrix[0, 2] / width, matrix[1, 2] / width, turn, math.log(max(zoom, 0.5))])


class Scene:
    """Draws a still (height, width, 3) seen by a moving camera: its subject moves most."""

    def __init__(self, still: Array) -> None:
        self._still = still
        height, width = still.shape[:2]
        depth = _depth(still)
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        self._x, self._y = x - width / 2, y - height / 2
        self._depth = depth
        self._middle = (width / 2, height / 2)
        self._width = width

    def draw(self, state: Array, time: float, zoom: float = 1.0) -> Array:
        """The still under camera movement `state` (4,) at `time` seconds, seen from `zoom` times as near."""
        limits = np.array([MOST_SHIFT, MOST_SHIFT, MOST_TURN, MOST_ZOOM])
        x, y, turn, nearer = (limits * np.tanh(SHARE * state / limits)).tolist()
        # Even when nothing moves in the clip, the camera breathes.
        x += 0.012 * math.sin(time * 0.9)
        y += 0.008 * math.sin(time * 0.7 + 1)
        scale = NEAR * zoom * math.exp(0.5 * nearer)
        cos, sin = math.cos(turn * 0.5) / scale, math.sin(turn * 0.5) / scale
        # The subject comes nearer by more than the background does, and moves and turns more.
        share = self._depth
        dx = self._x - share * (x * self._width)
        dy = self._y - share * (y * self._width)
        bulge = 1 - share * (0.5 * nearer + 0.6 * (zoom - 1))
        map_x = (cos * dx + sin * dy) * bulge + self._middle[0]
        map_y = (-sin * dx + cos * dy) * bulge + self._middle[1]
        return cv2.remap(self._still, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)


def _depth(still: Array) -> Array:
    """(H, W) float32, 1 on the subject, FAR_SHARE far from it, with no edge between: nothing can tear."""
    height, width = still.shape[:2]
    scale = CUT_SIDE / max(height, width)
    small = cv2.resize(still, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    rows, columns = small.shape[:2]
    mask = np.zeros((rows, columns), np.uint8)
    inset = (columns // 8, rows // 8, columns * 3 // 4, rows * 7 // 8 - 1)
    cv2.setRNGSeed(1)  # grabCut draws lots
    cv2.grabCut(small, mask, inset, np.zeros((1, 65)), np.zeros((1, 65)), 3, cv2.GC_INIT_WITH_RECT)
    subject = ((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)).astype(np.float32)
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    centred = np.exp(-(((x / columns - 0.5) / 0.35) ** 2) - ((y / rows - 0.5) / 0.4) ** 2)
    near = cv2.GaussianBlur(0.65 * subject + 0.35 * centred, (0, 0), CUT_SIDE / 16)
    near = cv2.resize(near, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(FAR_SHARE + (1 - FAR_SHARE) * np.clip(near, 0, 1), np.float32)
