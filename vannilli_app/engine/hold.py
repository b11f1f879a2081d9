"""Fills the moments in which a face was not seen: it holds, comes to rest, and is met again without a jump."""

import numpy as np

from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.array import Array
from vannilli_app.engine.pose import align
from vannilli_app.engine.spool import Series, parts

GAP = 0.25  # seconds without a face that are simply bridged
FADE = 0.6  # seconds in which the last expression comes to rest
MEET = 0.4  # seconds before the face is seen again in which it is met
LEAP = 0.015  # face heights that no face leaps away from its neighbours in time and back
USUAL = 240  # readings off which the usual expression is read


def steady(points: Series) -> Array:
    """(K,) true for the readings of `points` (K, 478, 3) that do not leap away from both their neighbours."""
    if len(points) < 5:
        return np.ones(len(points), bool)
    away = np.concatenate([_leaps(points[part.start : part.stop + 2]) for part in parts(len(points) - 2)])
    # A fast clip leaps all the time: what counts is the leap among calm ones.
    calm = np.convolve(np.pad(away, 2, mode="edge"), np.ones(5) / 5, "valid")
    return np.concatenate([[True], ~((away > LEAP) & (away > 2.2 * calm)), [True]])


def _leaps(points: Array) -> Array:
    """How far all readings but the first and the last lie from the middle of their neighbours, in face heights."""
    middle = (points[:-2, :, :2] + points[2:, :, :2]) / 2
    return np.asarray(
        np.linalg.norm(points[1:-1, :, :2] - middle, axis=-1).mean(1) / lm.face_height(points[1:-1])
    )


def between(times: Array, points: Series, moments: Array) -> Array:
    """`points` (K, 478, 3) of `times` at `moments` (N,): in straight lines, held before, after and in long gaps."""
    moments = np.clip(moments, times[0], times[-1])
    after = np.clip(np.searchsorted(times, moments), 1, len(times) - 1)
    before = after - 1
    start, end = times[before], times[after]
    share = (moments - start) / (end - start)
    long = end - start > GAP
    meeting = np.clip((moments - end) / np.minimum(MEET, end - start) + 1, 0, 1)
    share = np.where(long, meeting * meeting * (3 - 2 * meeting), share).astype(np.float32)[:, None, None]
    held = points[before]
    if long.any():
        faded = np.clip((moments - start)[long] / FADE, 0, 1)[:, None, None].astype(np.float32)
        held[long] += faded * (_at_rest(points, held[long]) - held[long])
    return np.asarray(held + share * (points[after] - held), np.float32)


def _at_rest(readings: Series, held: Array) -> Array:
    """The performance's usual expression in the poses of `held` (M, 478, 3)."""
    points = readings[np.unique(np.linspace(0, len(readings) - 1, USUAL).round().astype(int))]
    first = points[0]
    fit = align(first[lm.RIGID], points[:, lm.RIGID])
    upright = ((points - fit.target[:, None]) @ fit.rotation) / fit.scale[:, None, None] + fit.source
    usual = np.median(upright, axis=0)
    back = align(first[lm.RIGID], held[:, lm.RIGID])
    turned = (usual - back.source) @ back.rotation.transpose(0, 2, 1)
    return np.asarray(back.scale[:, None, None] * turned + back.target[:, None], np.float32)
