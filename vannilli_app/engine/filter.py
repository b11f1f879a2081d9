"""Calms tracked points without delaying them: the One-Euro filter, run forwards and backwards.

Formula: Casiez, Roussel, Vogel, "1 Euro Filter", CHI 2012. One pass lags behind the music by some frames; the
mean of a pass in each direction has no lag.
"""

import numpy as np

from vannilli_app.engine.array import Array
from vannilli_app.engine.spool import Series, parts

CUTOFF = 6.0  # Hz, for a point at rest
SPEED_GAIN = 8.0  # Hz of cutoff for each unit of speed, in `scale` per second
SPEED_CUTOFF = 1.0  # Hz
RUN_UP = 12  # samples before the first and after the last, in which the passes come up to speed


def _gain(cutoff: Array | float, fps: float) -> Array:
    return np.asarray(1 / (1 + fps / (2 * np.pi * np.asarray(cutoff))), np.float32)


class _Pass:
    """One pass of the filter: each run of samples goes on where the last one ended."""

    def __init__(self, fps: float, scale: Array | float) -> None:
        self._fps, self._scale = fps, scale
        self._last: Array | None = None
        self._speed: Array | float = 0.0

    def run(self, signal: Array) -> Array:
        out = np.empty_like(signal)
        calm = _gain(SPEED_CUTOFF, self._fps)
        for i, value in enumerate(signal):
            if self._last is None:
                self._last = value
            step = value - self._last
            self._speed = self._speed + calm * (
                step * np.asarray(self._fps / self._scale, np.float32) - self._speed
            )
            cutoff = CUTOFF + SPEED_GAIN * np.abs(self._speed)
            self._last = out[i] = self._last + _gain(cutoff, self._fps) * step
        return out


def smooth(signal: Array, fps: float, scale: Array | float) -> Array:
    """`signal` (N, ...) with its jitter taken out and its timing kept.

    `scale` is a length in the signal's unit that says what counts as fast, for all or for each: for a
    face, its eyes' distance.
    """
    calm = np.empty_like(signal)
    smooth_into(calm, signal, fps, scale)
    return calm


def smooth_into(calm: Series, signal: Series, fps: float, scale: Array | float) -> None:
    """As `smooth`, of a series into another one."""
    count = len(signal)
    if count < 3:
        calm[0:count] = signal[0:count]
        return
    run_up = min(RUN_UP, count - 1)
    first, last = signal[0 : run_up + 1], signal[count - run_up - 1 : count]
    # Mirrored through its end points, so that a signal that moves there goes on: each pass would lag behind it else.
    forwards, backwards = _Pass(fps, scale), _Pass(fps, scale)
    forwards.run(2 * first[:1] - first[:0:-1])
    for part in parts(count):
        calm[part] = forwards.run(signal[part])
    backwards.run(2 * last[-1:] - last[:-1])
    for part in reversed(parts(count)):
        calm[part] = (calm[part] + backwards.run(signal[part][::-1])[::-1]) / 2
