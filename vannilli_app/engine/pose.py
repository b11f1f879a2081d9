"""Where a head is: similarities between sets of points, and soft limits on them."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from vannilli_app.engine.array import Array

KNEE = 0.6  # up to this share of a limit a movement passes unchanged


@dataclass(frozen=True)
class Similarity:
    """x -> scale * rotation @ (x - source) + target, for N moments: (N,), (N, 3, 3), (3,), (N, 3)."""

    scale: Array
    rotation: Array
    source: Array
    target: Array


def joined(runs: Sequence[Similarity]) -> Similarity:
    """Similarities of runs of moments from one source, as those of all their moments."""
    return Similarity(
        np.concatenate([run.scale for run in runs]),
        np.concatenate([run.rotation for run in runs]),
        runs[0].source,
        np.concatenate([run.target for run in runs]),
    )


def align(still: Array, moving: Array) -> Similarity:
    """The best similarities from `still` (K, 3) to each of `moving` (N, K, 3).

    Formula: Umeyama, "Least-squares estimation of transformation parameters", PAMI 1991, for all N at once.
    """
    source, target = still.mean(0), moving.mean(1)
    a, b = still - source, moving - target[:, None]
    u, singular, vt = np.linalg.svd(np.einsum("nki,kj->nij", b, a))
    signs = np.ones((len(moving), 3))
    signs[:, 2] = np.sign(np.linalg.det(u @ vt))
    rotation = (u * signs[:, None]) @ vt
    scale = (singular * signs).sum(1) / (a**2).sum()
    return Similarity(scale, rotation, source, target)


def soft_limit(value: Array, low: Array | float, high: Array | float) -> Array:
    """`value` held between `low` < 0 and `high` > 0: unchanged near zero, bent smoothly towards the limit."""
    limit = np.where(value < 0, -np.asarray(low), np.asarray(high))
    size = np.abs(value)
    knee, room = KNEE * limit, (1 - KNEE) * limit
    bent = knee + room * np.tanh((size - knee) / room)
    return np.asarray(np.sign(value) * np.where(size <= knee, size, bent))


def limit_rotation(rotation: Array, gain: Array, low: Array, high: Array) -> Array:
    """Rotations (N, 3, 3), their turns about x, y, z `gain` times as far and held between `low` and `high` (3,),
    radians."""
    turns = np.stack([cv2.Rodrigues(r)[0][:, 0] for r in rotation.astype(np.float64)])
    return np.stack([cv2.Rodrigues(turn)[0] for turn in soft_limit(gain * turns, low, high)])
