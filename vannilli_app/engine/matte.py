"""Cuts a person out of a still: the layer that moves, and the background that is seen behind it."""

from dataclasses import dataclass

import cv2
import numpy as np

from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.array import Array
from vannilli_app.engine.inpaint import fill
from vannilli_app.engine.models import Model

SIDE = 256
LEAST, MOST = 0.05, 0.92  # share of the picture a person may cover for the cut to be believed
MOST_CORRECTION = 24  # levels
HALO = 11  # pixels of the small picture
FILL_SIDE = 480  # pixels of the longer side; what is filled in is out of focus anyway


@dataclass(frozen=True)
class Layers:
    """`person` (H, W, 3) with its `alpha` (H, W), and `background` (H, W, 3) with the person painted out; uint8."""

    person: Array
    alpha: Array
    background: Array


def cut(still: Array, points: Array) -> Layers | None:
    """The layers of a still with a face at `points`, or None when no person can be told apart."""
    alpha = _alpha(still, points)
    if not LEAST < float(alpha.mean()) < MOST:
        return None
    background = _background(still, alpha)
    return Layers(_person(still, alpha, background), np.round(alpha * 255).astype(np.uint8), background)


def _alpha(still: Array, points: Array) -> Array:
    height, width = still.shape[:2]
    network = Model("selfie_segmentation.tflite")
    small = cv2.resize(still, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    rgb = cv2.cvtColor(small, cv2.COLOR_BGR2RGB).astype(np.float32) / 255
    likely = next(iter(network(rgb).values())).reshape(SIDE, SIDE)
    alpha = np.clip((cv2.resize(likely, (width, height), interpolation=cv2.INTER_CUBIC) - 0.35) / 0.3, 0, 1)
    alpha = guided(cv2.cvtColor(still, cv2.COLOR_BGR2GRAY).astype(np.float32) / 255, alpha, width // 90)
    # A little of the background goes with the person: better than leaving their edge behind.
    edge = 2 * (width // 240) + 1
    alpha = cv2.dilate(np.clip((alpha - 0.15) / 0.7, 0, 1), np.ones((edge, edge), np.uint8))
    alpha = cv2.GaussianBlur(alpha, (0, 0), width / 720)
    face = np.zeros((height, width), np.float32)
    cv2.fillConvexPoly(face, cv2.convexHull(points[lm.OVAL, :2].astype(np.int32)), 1.0)
    return np.asarray(np.clip(np.maximum(alpha, cv2.GaussianBlur(face, (0, 0), width / 180)), 0, 1))


def guided(guide: Array, mask: Array, radius: int) -> Array:
    """`mask` with its edges drawn to those of `guide` (He, Sun, Tang, "Guided image filtering", 2010)."""
    size = (2 * radius + 1, 2 * radius + 1)

    def mean(x: Array) -> Array:
        return cv2.blur(x, size)

    guide_mean, mask_mean = mean(guide), mean(mask)
    slope = (mean(guide * mask) - guide_mean * mask_mean) / (mean(guide * guide) - guide_mean**2 + 1e-3)
    return np.asarray(np.clip(mean(slope) * guide + mean(mask_mean - slope * guide_mean), 0, 1))


def _background(still: Array, alpha: Array) -> Array:
    height, width = still.shape[:2]
    scale = min(1.0, FILL_SIDE / max(height, width))
    small = cv2.resize(still, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    person = (
        cv2.resize(alpha, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_AREA) > 0.02
    ) * np.uint8(255)
    # What lies close to the edge is half person, half shadow: it is painted out too, but blends in softly.
    hole = cv2.dilate(person, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (HALO, HALO)))
    filled = cv2.resize(fill(small, hole > 0), (width, height), interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(cv2.dilate(person, np.ones((3, 3), np.uint8)), (0, 0), HALO / 6)
    share = np.clip(cv2.resize(soft, (width, height)).astype(np.float32) / 160, 0, 1)[..., None]
    return np.asarray(np.round(filled * share + still * (1 - share)), np.uint8)


def _person(still: Array, alpha: Array, background: Array) -> Array:
    """The person's own colours at the soft edge: laid over the background they give the still again."""
    share = alpha[..., None]
    own = (still - (1 - share) * background) / np.maximum(share, 0.3)
    # The background is a guess: where it asks for much, the still is the better answer.
    corrected = still + np.clip(own - still, -MOST_CORRECTION, MOST_CORRECTION)
    return np.asarray(np.clip(np.round(corrected), 0, 255), np.uint8)
