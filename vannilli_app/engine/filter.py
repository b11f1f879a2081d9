"""Calms tracked points without delaying them: the One-Euro filter, run forwards and backwards.

Formula: Casiez, Roussel, Vogel, "1 Euro Filter", CHI 2012. One pass lags behind the music by some frames; the
mean of a pass in each direction has no lag.
"""

import numpy as np

from vannilli_app.engine.array import Array

CUTOFF = 6.0  # Hz, for a point at rest
SPEED_GAIN = 8.0  # Hz of cutoff for each unit of speed, in `scale` per second
SPEED_CUTOFF = 1.0  # Hz
RUN_UP = 12  # samples before the first and after the last, in which the passes come up to speed


def _gain(cutoff: Array | float, fps: float) -> Array:
    return np.asarray(1 / (1 + fps / (2 * np.pi * np.asarray(cutoff))), np.float32)


def _one_euro(signal: Array, fps: float, scale: Array | float) -> Array:
    out = np.empty_like(signal)
    out[0] = signal[0]
    speed = np.zeros_like(signal[0])
    calm = _gain(SPEED_CUTOFF, fps)
    for i in range(1, len(signal)):
        step = signal[i] - out[i - 1]
        speed += calm * (step * np.asarray(fps / scale, np.float32) - speed)
        out[i] = out[i - 1] + _gain(CUTOFF + SPEED_GAIN * np.abs(speed), fps) * step
    return out


def smooth(signal: Array, fps: float, scale: Array | float) -> Array:
    """`signal` (N, ...) with its jitter taken out and its timing kept.

    `scale` is a length in the signal's unit that says what counts as fast, for all or for each: for a
    face, its eyes' distance.
    """
    if len(signal) < 3:
        return signal
    run_up = min(RUN_UP, len(signal) - 1)
    # Mirrored through its end points, so that a signal that moves there goes on: each pass would lag behind it else.
    before = 2 * signal[:1] - signal[run_up:0:-1]
    after = 2 * signal[-1:] - signal[-2 : -2 - run_up : -1]
    longer = np.concatenate([before, signal, after])
    calm = (_one_euro(longer, fps, scale) + _one_euro(longer[::-1], fps, scale)[::-1]) / 2
    return np.asarray(calm[run_up : run_up + len(signal)])
