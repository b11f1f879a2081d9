"""Moves a picture without a human face: its subject before its background, seen by a camera that plays along."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from vannilli_app.engine.array import Array
from vannilli_app.engine.beat import Beat
from vannilli_app.engine.inpaint import fill
from vannilli_app.engine.matte import guided
from vannilli_app.engine.movement import Movement

SHARE = 0.9  # how much of the clip's movement, in widths of the picture, the camera makes
MOST_SHIFT, MOST_TURN, MOST_ZOOM = 0.06, math.radians(4), 0.10
NEAR = 1.10  # enlarged by this much, so that no edge is seen
FAR = 0.35  # how much of the camera's movement the background shows
ROUND = 1.35  # how much of it the middle of a subject shows
CUT_SIDE = 224  # pixels in which the subject is told from its background
LEAST, MOST = 0.04, 0.75  # share of the picture a subject may cover for the cut to be believed
CALM = 0.5  # of the beat's strength when the clip is calm; a lively one has all of it


@dataclass(frozen=True)
class _Layers:
    """`subject` (H, W, 4), colours multiplied by its alpha, `background` (H, W, 3) without it, where its middle is.

    `edge` is how much of the camera's movement the subject's edge shows: all, or as little as a background when no
    subject could be told and the subject is the whole picture.
    """

    subject: Array
    background: Array
    middle: tuple[float, float]
    edge: float = 1.0


class Scene:
    """Draws a still (height, width, 3) seen by a camera that moves by `movement` and, with a `beat`, in its time."""

    def __init__(self, still: Array, movement: Movement, fps: float, beat: Beat | None = None) -> None:
        self._layers = _layers(still)
        self._movement, self._beat, self._fps = movement, beat, fps
        height, width = still.shape[:2]
        self._size = (width, height)
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        self._x, self._y = x, y
        middle = self._layers.middle
        away = ((x - middle[0]) / (0.4 * width)) ** 2 + ((y - middle[1]) / (0.4 * width)) ** 2
        self._bulge = np.exp(-away)

    def draw(self, index: int) -> Array:
        """The picture at moment `index`."""
        limits = np.array([MOST_SHIFT, MOST_SHIFT, MOST_TURN, MOST_ZOOM])
        x, y, turn, nearer = (limits * np.tanh(SHARE * self._movement.state[index] / limits)).tolist()
        time, lively = index / self._fps, float(self._movement.energy[index])
        # Even when nothing moves in the clip, the camera breathes.
        x += 0.012 * math.sin(time * 0.9)
        y += 0.008 * math.sin(time * 0.7 + 1)
        view = nod = 1.0
        if self._beat:
            much = CALM + (1 - CALM) * lively
            x += much * self._beat.sway(index)
            nod, view = 1 + much * (self._beat.nod(index) - 1), self._beat.view(index)
        near = NEAR * view
        behind = self._shot(
            (FAR * x, FAR * y), 0.5 * turn, near * math.exp(0.25 * nearer) * (1 + FAR * (nod - 1))
        )
        picture = cv2.warpAffine(
            self._layers.background,
            behind,
            self._size,
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT_101,
        )
        edge = self._layers.edge
        before = cv2.invertAffineTransform(
            self._shot((edge * x, edge * y), 0.8 * turn, near * math.exp(0.5 * nearer) * nod)
        ).astype(np.float32)
        map_x = before[0, 0] * self._x + before[0, 1] * self._y + before[0, 2]
        map_y = before[1, 0] * self._x + before[1, 1] * self._y + before[1, 2]
        # The subject is round: its middle comes further than its edge.
        map_x -= self._bulge * np.float32((ROUND - edge) * x * self._size[0])
        map_y -= self._bulge * np.float32((ROUND - edge) * y * self._size[0])
        subject = cv2.remap(
            self._layers.subject, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
        )
        through = cv2.cvtColor(cv2.bitwise_not(cv2.extractChannel(subject, 3)), cv2.COLOR_GRAY2BGR)
        picture = cv2.multiply(picture, through, scale=1 / 255)
        return np.asarray(cv2.add(cv2.cvtColor(subject, cv2.COLOR_BGRA2BGR), picture))

    def _shot(self, shift: tuple[float, float], turn: float, zoom: float) -> Array:
        """(2, 3): from the still to the picture, turned and enlarged about the subject's middle."""
        matrix: Array = cv2.getRotationMatrix2D(self._layers.middle, -math.degrees(turn), zoom)
        matrix[:, 2] += np.array(shift) * self._size[0]
        return np.asarray(matrix)


def _layers(still: Array) -> _Layers:
    height, width = still.shape[:2]
    scale = CUT_SIDE / max(height, width)
    small = cv2.resize(still, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    found = _subject(small)
    if found is None:
        whole = np.dstack([still, np.full(still.shape[:2], 255, np.uint8)])
        return _Layers(whole, still, (width / 2, 0.45 * height), FAR)
    alpha, middle = found
    soft = cv2.resize(alpha, (width, height), interpolation=cv2.INTER_CUBIC)
    soft = guided(cv2.cvtColor(still, cv2.COLOR_BGR2GRAY).astype(np.float32) / 255, soft, max(width // 90, 2))
    soft = np.clip((soft - 0.1) / 0.8, 0, 1)
    hole = cv2.dilate((alpha > 0.02).astype(np.uint8), np.ones((7, 7), np.uint8))
    filled = cv2.resize(fill(small, hole > 0), (width, height), interpolation=cv2.INTER_CUBIC)
    under = cv2.GaussianBlur(cv2.resize(hole.astype(np.float32), (width, height)), (0, 0), width / 180)[
        ..., None
    ]
    background = np.round(still + under * (filled.astype(np.float32) - still))
    colour = np.round(still * soft[..., None])
    subject = np.dstack([colour, np.round(255 * soft)]).astype(np.uint8)
    return _Layers(subject, background.astype(np.uint8), (middle[0] / scale, middle[1] / scale))


def _subject(small: Array) -> tuple[Array, tuple[float, float]] | None:
    """Where the subject of a small picture is (0 to 1), and its middle; None when none can be told."""
    rows, columns = small.shape[:2]
    mask: Array = np.zeros((rows, columns), np.uint8)
    inset = (columns // 8, rows // 8, columns * 3 // 4, rows * 7 // 8 - 1)
    cv2.setRNGSeed(1)  # grabCut draws lots
    cv2.grabCut(small, mask, inset, np.zeros((1, 65)), np.zeros((1, 65)), 3, cv2.GC_INIT_WITH_RECT)
    found = ((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)).astype(np.uint8)
    found = cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    count, labels, stats, centres = cv2.connectedComponentsWithStats(found)
    if count < 2:
        return None
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    found = cv2.morphologyEx((labels == largest).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    if not LEAST < float(found.mean()) < MOST:
        return None
    x, y = centres[largest].tolist()
    # Heads are in the upper half of whoever is before us.
    middle = (x, 0.5 * (y + int(stats[largest, cv2.CC_STAT_TOP])))
    return np.asarray(cv2.GaussianBlur(found.astype(np.float32), (0, 0), 1.2)), middle
