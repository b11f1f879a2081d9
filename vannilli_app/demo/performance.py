"""The demo's driver clip: the drawn performer sings in time, by known curves, filmed by the project's own animator."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from vannilli_app.demo import performer
from vannilli_app.demo.track import Track
from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.array import Array
from vannilli_app.engine.drawn_mouth import DrawnMouth
from vannilli_app.engine.encode import Encoder
from vannilli_app.engine.portrait import Portrait
from vannilli_app.engine.puppet import Puppet
from vannilli_app.engine.retarget import Move

FPS = Fraction(30)
# How wide each eighth of two bars is sung; 0 is a rest.
SYLLABLES = (1.0, 0.45, 0.8, 0.0, 0.9, 0.55, 0.0, 0.7, 1.0, 0.0, 0.6, 0.85, 0.0, 0.9, 0.5, 0.0)
BLINK = 0.2  # seconds
JAW_DROP = 0.13  # of the face's height, at an opening of 1
SWAY = 11.0  # degrees to either side
NOD = 4.0  # degrees on each beat


@dataclass(frozen=True)
class Curves:
    """What the face does at each frame, (N,) each: jaw 0 to 1, blink 0 to 1 (shut), yaw and pitch in degrees."""

    jaw: Array
    blink: Array
    yaw: Array
    pitch: Array


@dataclass(frozen=True)
class Performance:
    """A rendered clip and the curves it was made by."""

    path: Path
    fps: Fraction
    frames: int
    curves: Curves


def curves(bpm: float, seconds: float, fps: Fraction = FPS) -> Curves:
    """The movements to a song of `bpm` whose first beat is at 0 s."""
    t = np.arange(round(seconds * fps)) / float(fps)
    beats = t * bpm / 60
    eighth = np.floor(beats * 2).astype(int)
    width = np.array(SYLLABLES)[eighth % len(SYLLABLES)]
    jaw = width * np.sin(np.pi * (beats * 2 - eighth)) ** 1.2
    # A blink at the end of each bar, and in between on every second one.
    blink = np.zeros_like(t)
    for middle in (*np.arange(3.75, beats[-1] + 4, 4), *np.arange(5.75, beats[-1] + 4, 8)):
        away = np.abs(t - middle * 60 / bpm) / (BLINK / 2)
        blink = np.maximum(blink, np.cos(np.pi / 2 * np.minimum(away, 1)).clip(0) ** 0.7)
    yaw = SWAY * np.sin(2 * np.pi * beats / 8)
    pitch = NOD * np.exp(-((beats % 1) / 0.35)) + 1.5 * np.sin(2 * np.pi * beats / 16)
    return Curves(jaw, blink, yaw, pitch)


def write(
    path: Path,
    track: Track,
    *,
    size: tuple[int, int] = performer.SIZE,
    seconds: float | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Performance:
    """Renders the performer singing to `track` as an MP4 with the song as its sound.

    `seconds` shortens it. `on_progress(done, total)` is called for each frame.
    """
    plan = curves(track.bpm, min(seconds or track.seconds, track.seconds))
    portrait = Portrait.of(performer.draw(size), size)
    assert portrait.points is not None, "the drawn performer has a face"
    puppet = Puppet(portrait, portrait.points)
    inside = DrawnMouth(portrait.still, portrait.points)
    weights = jaw_weights(puppet.points)
    frames = len(plan.jaw)
    with Encoder(path, size, FPS, audio=track.path) as encoder:
        for index in range(frames):
            encoder.put(puppet.draw(_move(puppet.points, weights, plan, index), inside))
            if on_progress:
                on_progress(index + 1, frames)
    return Performance(path, FPS, frames, plan)


def _move(points: Array, weights: Array, plan: Curves, index: int) -> Move:
    expression = points.copy()
    height = float(lm.face_height(points))
    expression[:, 1] += weights * (JAW_DROP * height * plan.jaw[index])
    yaw, pitch = np.radians([plan.yaw[index], plan.pitch[index]])
    rotation = cv2.Rodrigues(np.array([pitch, yaw, 0.15 * yaw]))[0].astype(np.float32)
    travel = height * np.array([0.25 * np.sin(yaw), 0.3 * np.sin(pitch), 0], np.float32)
    closing = np.repeat(plan.blink[index], 2)
    return Move.of(expression, closing, 1.0, rotation, travel, points[lm.RIGID].mean(0))


def jaw_weights(points: Array) -> Array:
    """(478,): how far each point goes down with the jaw, 1 for the chin and the middle of the lower lip."""
    left, right = points[lm.MOUTH_RIGHT, 0], points[lm.MOUTH_LEFT, 0]
    middle, half = (left + right) / 2, (right - left) / 2
    seam = points[lm.MOUTH_TOP, 1]
    aside = np.abs(points[:, 0] - middle)
    below = np.clip((points[:, 1] - seam) / (0.35 * (points[lm.CHIN, 1] - seam)), 0, 1)
    weights = below * below * (3 - 2 * below) * np.exp(-((aside / (2.6 * half)) ** 4))
    lower = lm.LIPS_INNER[11:] + lm.LIPS_OUTER[11:]
    upper = lm.LIPS_INNER[:11] + lm.LIPS_OUTER[:11]
    weights[lower] = 0.15 + 0.85 * np.clip(1 - (aside[lower] / (1.05 * half)) ** 2, 0, 1)
    weights[upper] = 0.15 * np.clip(aside[upper] / half, 0, 1) ** 2 - 0.05
    return np.asarray(weights, np.float32)
