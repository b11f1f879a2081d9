"""A mouth that a hand or a microphone is held before: it holds, comes to rest, and is met again as the thing goes.

The tracker goes on and guesses: a hand shuts the mouth, a microphone lets it chatter. The head and the eyes are seen as
before, so they go on.
"""

import numpy as np

from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.array import Array
from vannilli_app.engine.hold import between
from vannilli_app.engine.pose import Similarity, align
from vannilli_app.engine.spool import Series, Spool, parts

COMING = 0.14  # seconds before and after in which a thing is on its way, and pushes the points before it
NOSE_END, LIP_TOP = 2, 0  # from here downwards nothing is believed, and up to there all is


def mouths_held(times: Array, readings: Series, clear: Array) -> Series:
    """`readings` (K, 478, 3) of `times`, with mouth and jaw as they were held where `clear` (K,) is false."""
    hidden = ~clear
    for moment in times[hidden]:
        hidden |= np.abs(times - moment) < COMING
    known = np.flatnonzero(~hidden)
    if len(known) == len(times) or len(known) < 2:
        return readings
    first = readings[0]
    upright = Spool((lm.COUNT, 3))
    for part in parts(len(known)):
        points = readings[known[part]]
        upright.append(_upright(points, align(first[lm.RIGID], points[:, lm.RIGID])))
    say = _mouth(first)
    held = Spool((lm.COUNT, 3))
    for part in parts(len(times)):
        points, gone = readings[part].copy(), hidden[part]
        if gone.any():
            pose = align(first[lm.RIGID], points[gone][:, lm.RIGID])
            guess = _posed(between(times[known], upright, times[part][gone]), pose)
            points[gone] += say * (guess - points[gone])
        held.append(points)
    return held


def _mouth(points: Array) -> Array:
    """(478, 1): 1 for what moves with the mouth, 0 above the nose's end."""
    down = points[lm.CHIN] - points[lm.FOREHEAD]
    along = points @ down
    share = np.clip((along - along[NOSE_END]) / (along[LIP_TOP] - along[NOSE_END]), 0, 1)
    return np.asarray(share[:, None], np.float32)


def _upright(points: Array, pose: Similarity) -> Array:
    """Points (N, 478, 3) with their pose taken out."""
    arm = (points - pose.target[:, None]) @ pose.rotation
    return np.asarray(arm / pose.scale[:, None, None] + pose.source, np.float32)


def _posed(points: Array, pose: Similarity) -> Array:
    """The inverse of `_upright`."""
    turned = (points - pose.source) @ pose.rotation.transpose(0, 2, 1)
    return np.asarray(pose.scale[:, None, None] * turned + pose.target[:, None], np.float32)
