"""A tracked performance: what the face of a driver clip does, on the grid of the finished video."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np

from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.ahead import read_ahead, shared_out
from vannilli_app.engine.array import Array
from vannilli_app.engine.cover import mouths_held
from vannilli_app.engine.hold import between, steady
from vannilli_app.engine.reader import DriverTooShort, Picture, duration, pictures
from vannilli_app.engine.shot import Shot, uncovered
from vannilli_app.engine.spool import Spool, parts
from vannilli_app.engine.tracker import Face, Place, Tracker

LONGEST_SIDE = 720  # pixels; a face in it is larger than the network's input
LEAST_SECONDS = 0.2
TRACKERS = 2  # cores


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

    `shots` are the mouths of the clip's own pictures, `shown` (N,) says which belongs to each moment. Without a face
    there are no points and no shots.
    """

    points: Spool
    seen: float
    shots: list[Shot | None]
    shown: Array

    def shot(self, index: int) -> Shot | None:
        return self.shots[int(self.shown[index])]


def _look(tracker: Tracker, picture: Picture) -> tuple[float, Face | None, Shot | None]:
    face = tracker.follow(picture.rgb)
    return picture.time, face, Shot.take(picture.rgb, face.points) if face else None


def watch(
    path: Path,
    fps: Fraction,
    frames: int | None,
    step: Callable[[float], None],
    rate: Fraction | None = None,
    near: Place | None = None,
) -> Driver:
    """Follows the face of a clip: the largest, or the one that is first seen `near` a place.

    A clip that ends early holds its last moment; a longer one is cut.

    `step` is called for each picture with its time in seconds. At most `rate` pictures a second are looked at, by
    default `fps`.
    Raises DriverUnreadable, DriverTooShort.
    """
    times: list[float] = []
    readings = Spool((lm.COUNT, 3))
    shots: list[Shot | None] = []
    last = 0.0
    count = 0
    until = frames and frames / float(fps)
    clip = read_ahead(pictures(path, rate or fps, longest_side=LONGEST_SIDE, until=until))
    # Each follows the face through every second picture: two pictures are looked at at once.
    lookers = [partial(_look, Tracker(threads=1, near=near)) for _ in range(TRACKERS)]
    for time, face, shot in shared_out(lookers, clip):
        count, last = count + 1, time
        if face:
            times.append(time)
            readings.append(face.points[None])
            shots.append(shot)
        step(time)
    seconds = max(duration(path), last)
    if count < 2 or seconds < LEAST_SECONDS:
        raise DriverTooShort
    moments = grid(fps, frames, seconds)
    points = Spool((lm.COUNT, 3))
    if len(readings) < 2:
        return Driver(points, 0.0, [], np.zeros(len(moments), int))
    at = np.array(times)
    calm, open_to_view = steady(readings), uncovered(shots)
    clear = np.flatnonzero(calm & open_to_view)
    shown = clear[nearest(at[clear], moments)] if len(clear) > 1 else nearest(at, moments)
    believed = mouths_held(at, readings, open_to_view)
    steadied = Spool((lm.COUNT, 3))
    for part in parts(len(readings)):
        steadied.append(believed[part][calm[part]])
    for part in parts(len(moments)):
        points.append(between(at[calm], steadied, moments[part]))
    return Driver(points, len(readings) / count, shots, shown)
