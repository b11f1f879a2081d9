"""A tracked performance: what the face of a driver clip does, on the grid of the finished video."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from vannilli_app.engine.ahead import read_ahead
from vannilli_app.engine.array import Array
from vannilli_app.engine.hold import between, steady
from vannilli_app.engine.reader import DriverTooShort, duration, pictures
from vannilli_app.engine.shot import Shot, uncovered
from vannilli_app.engine.tracker import Tracker

LONGEST_SIDE = 720  # pixels; a face in it is larger than the network's input
LEAST_SECONDS = 0.2


def grid(fps: Fraction, frames: int | None, seconds: float) -> Array:
    """The times of the finished video's frames; as many as `seconds` hold when `frames` is None."""
    count = frames if frames is not None else max(1, round(seconds * fps))
    return np.arange(count) / float(fps)


def nearest(times: Array, moments: Array) -> Array:
    """For each moment the index of the nearest of the rising `times`."""
    after = np.clip(np.searchsorted(times, moments), 1, len(times) - 1)
    return np.asarray(after - (moments - times[after - 1] < times[after] - moments))


@dataclass(frozen=True)
class Driver:
    """N moments of a performance: points (N, 478, 3), and the share of the clip in which a face was seen.

    `shots` are the mouths of the clip's own pictures, `shown` (N,) says which belongs to each moment.
    """

    points: Array
    seen: float
    shots: list[Shot | None]
    shown: Array

    def shot(self, index: int) -> Shot | None:
        return self.shots[int(self.shown[index])]


def watch(path: Path, fps: Fraction, frames: int | None, step: Callable[[float], None]) -> Driver:
    """Follows the face of a clip. A clip that ends early holds its last moment; a longer one is cut.

    `step` is called for each picture with its time in seconds.
    Raises DriverUnreadable, DriverTooShort.
    """
    tracker = Tracker(threads=1)  # reading the clip keeps the other core busy
    times: list[float] = []
    faces: list[Array] = []
    shots: list[Shot | None] = []
    last = 0.0
    count = 0
    until = frames and frames / float(fps)
    for picture in read_ahead(pictures(path, fps, longest_side=LONGEST_SIDE, until=until)):
        count, last = count + 1, picture.time
        if face := tracker.follow(picture.rgb):
            times.append(picture.time)
            faces.append(face.points)
            shots.append(Shot.take(picture.rgb, face.points))
        step(picture.time)
    seconds = max(duration(path), last)
    if count < 2 or seconds < LEAST_SECONDS:
        raise DriverTooShort
    moments = grid(fps, frames, seconds)
    if len(faces) < 2:
        return Driver(np.zeros((len(moments), 0, 3), np.float32), 0.0, [], np.zeros(len(moments), int))
    points, at = np.stack(faces), np.array(times)
    calm = steady(points)
    clear = np.flatnonzero(calm & uncovered(shots))
    shown = clear[nearest(at[clear], moments)] if len(clear) > 1 else nearest(at, moments)
    return Driver(between(at[calm], points[calm], moments), len(faces) / count, shots, shown)
