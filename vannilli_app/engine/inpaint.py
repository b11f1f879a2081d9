"""Fills holes in a picture from all around, softly: nothing is invented, nothing streaks."""

import cv2
import numpy as np

from vannilli_app.engine.array import Array

NEAR = 12.0  # how much more a near colour counts than the mean of many far ones


def fill(picture: Array, hole: Array) -> Array:
    """`picture` (H, W, 3) uint8 with the pixels where `hole` (H, W) is true painted in from the others.

    Formula: push-pull (Gortler et al., "The Lumigraph", 1996): every level of a pyramid is the weighted mean of what
    is known, and what a level does not know comes from the next coarser one.
    """
    weight = 1 - hole.astype(np.float32)
    levels: list[tuple[Array, Array]] = [(picture.astype(np.float32) * weight[..., None], weight)]
    while min(levels[-1][1].shape) > 2:
        levels.append((cv2.pyrDown(levels[-1][0]), cv2.pyrDown(levels[-1][1])))
    coarsest, weight = levels.pop()
    colour: Array = coarsest / np.maximum(weight, 1e-3)[..., None]
    for known, weight in reversed(levels):
        colour = cv2.pyrUp(colour, dstsize=(known.shape[1], known.shape[0]))
        share = np.clip(NEAR * weight, 0, 1)[..., None]
        colour = share * (known / np.maximum(weight, 1e-3)[..., None]) + (1 - share) * colour
    return np.clip(np.round(colour), 0, 255).astype(np.uint8)
