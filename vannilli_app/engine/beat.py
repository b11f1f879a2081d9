"""The camera that nods on the beat."""

import math

DEPTH = 0.03  # of the picture's size, how far it jumps nearer
DECAY = 0.12  # seconds until two thirds of the jump are gone


def zoom(time: float, bpm: float | None) -> float:
    """How much nearer the camera is at `time` seconds, 1 or more; the first beat is at 0."""
    if not bpm:
        return 1.0
    since = time % (60 / bpm)
    return 1 + DEPTH * math.exp(-since / DECAY)
