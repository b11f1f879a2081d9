"""The animator: a still picture performs what a driver clip performs, on the CPU."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

import cv2

from vannilli_app.engine import driver as drivers
from vannilli_app.engine import landmarks as lm
from vannilli_app.engine import movement
from vannilli_app.engine.array import Array
from vannilli_app.engine.beat import Beat
from vannilli_app.engine.encode import Encoder
from vannilli_app.engine.mouth import Kind, choose
from vannilli_app.engine.portrait import Portrait
from vannilli_app.engine.progress import Progress
from vannilli_app.engine.puppet import Puppet
from vannilli_app.engine.reader import duration
from vannilli_app.engine.retarget import Retarget
from vannilli_app.engine.scene import Scene
from vannilli_app.engine.spool import measured
from vannilli_app.engine.tracker import Place
from vannilli_app.engine.twin import drawn

DRAFT_SIDE = 480  # pixels of the shorter side
DRAFT_RATE = Fraction(15)  # pictures of the clip a second that a draft looks at
LEAST_SEEN = 0.5  # share of the clip in which a face must be seen for its performance to be used
WATCHING = 0.2  # share of the work that is done when the clip has been watched


@dataclass(frozen=True)
class Animation:
    """What came of it: length in seconds and frames, seconds made per second of work, and how it was made."""

    seconds: float
    frames: int
    realtime_factor: float
    mode: Literal["face", "scene"]


@dataclass(frozen=True)
class Style:
    """How it is asked for; see `animate`."""

    bpm: float | None = None
    beats_per_bar: float = 4
    accent: float | None = None
    mouth: Kind = "auto"
    face: Place | None = None
    performer: Place | None = None

    def beat(self, fps: Fraction, usually: float) -> Beat | None:
        """What the camera plays along to, with the strength `usually` when none was asked for."""
        strength = usually if self.accent is None else self.accent
        return Beat(self.bpm, float(fps), strength, self.beats_per_bar) if self.bpm and strength else None


@dataclass(frozen=True)
class Take:
    """A render's frames, ready to be drawn in any order."""

    frames: int
    mode: Literal["face", "scene"]
    draw: Callable[[int], Array]


def animate(
    image: Path,
    driver: Path,
    out: Path,
    *,
    size: tuple[int, int] = (720, 1280),
    fps: Fraction = Fraction(30),
    frames: int | None = None,
    bpm: float | None = None,
    beats_per_bar: float = 4,
    accent: float | None = None,
    mouth: Kind = "auto",
    face: Place | None = None,
    performer: Place | None = None,
    audio: Path | None = None,
    draft: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Animation:
    """Writes an MP4 (H.264, constant rate, AAC when `audio` is given) in which `image` performs `driver`.

    `size` is (width, height) in pixels, both even. `frames` is the exact length, by default that of the
    driver; a shorter driver holds its last moment. With `bpm` the camera plays along, the first downbeat at
    0 s: `accent` says how strongly, 1 by default for a scene, 0 for a face. `mouth` says what is seen between
    the lips: the performer's own, or a drawn one; "auto" draws it for drawn and modelled figures. Of several faces
    the largest is moved, and the largest performs: or the `face` at a place of the picture, and the `performer` who
    is first seen at a place of the clip. `audio` is cut or padded with silence to the picture's length. A `draft`
    looks at fewer pictures of the clip, and has at most 480 pixels on its shorter side.
    Without a human face in the image, or in most of the driver, the picture moves as a scene.

    `on_progress(done, total)`, in frames, is called several times a second, `should_stop` at least as often,
    both in the calling thread. No network is used. `out` appears only when it is complete.
    Raises ImageUnreadable, DriverUnreadable, DriverTooShort, SoundUnreadable (all Invalid) and Cancelled.
    """
    started = time.monotonic()
    cv2.setNumThreads(1)  # whole frames are drawn side by side: cheaper than splitting each
    progress = Progress(on_progress, should_stop)
    style = Style(bpm, beats_per_bar, accent, mouth, face, performer)
    rate = min(fps, DRAFT_RATE) if draft else fps
    size = _draft_size(size) if draft else size
    take = _take(image, driver, size, fps, frames, style, progress, rate)
    pictures = drawn(take.draw, take.frames, size)
    with Encoder(out, size, fps, audio=audio, draft=draft) as encoder, closing(pictures):
        for index, picture in enumerate(pictures):
            encoder.put(picture)
            progress.reach(take.frames * WATCHING + (index + 1) * (1 - WATCHING), take.frames)
    seconds = float(take.frames / fps)
    return Animation(seconds, take.frames, seconds / (time.monotonic() - started), take.mode)


def _draft_size(size: tuple[int, int]) -> tuple[int, int]:
    scale = min(DRAFT_SIDE / min(size), 1.0)
    width, height = (round(side * scale / 2) * 2 for side in size)
    return width, height


def _take(
    image: Path,
    clip: Path,
    size: tuple[int, int],
    fps: Fraction,
    frames: int | None,
    style: Style,
    progress: Progress,
    rate: Fraction,
) -> Take:
    total = frames or max(1, round(duration(clip) * fps))

    def watched(seconds: float) -> None:
        progress.reach(min(seconds * float(fps), total) * WATCHING, total)

    def performed(seconds: float) -> None:
        watched(seconds)
        if staging.done() and staging.result()[1] is None:
            raise _NoFaceError

    watched(0)
    performance = None
    with ThreadPoolExecutor(1) as beside, suppress(_NoFaceError):
        staging = beside.submit(_staged, image, size, style.face)
        performance = drivers.watch(clip, fps, frames, performed, rate, style.performer)
    portrait, puppet = staging.result()
    if puppet and performance and performance.seen >= LEAST_SEEN:
        return _face_take(puppet, performance, fps, style)
    moved = movement.watch(clip, fps, frames, watched)
    view = Scene(portrait.still, moved, float(fps), style.beat(fps, usually=1.0))
    return Take(len(moved), "scene", view.draw)


class _NoFaceError(Exception):
    """The picture has no face: nobody need watch the performer's to its end."""


def _staged(image: Path, size: tuple[int, int], face: Place | None) -> tuple[Portrait, Puppet | None]:
    portrait = Portrait.read(image, size, face)
    return portrait, Puppet(portrait, portrait.points) if portrait.points is not None else None


def _face_take(puppet: Puppet, performance: drivers.Driver, fps: Fraction, style: Style) -> Take:
    still, points = puppet.still, puppet.points
    moves = Retarget(performance.points, points, float(fps), (still.shape[1], still.shape[0]))
    shut = performance.shot(int(measured(lm.mouth_openness, performance.points).argmin()))
    inside = choose(style.mouth, still, points, shut)
    beat = style.beat(fps, usually=0.0)

    def draw(index: int) -> Array:
        zoom = beat.nod(index) if beat else 1.0
        return puppet.draw(moves.move(index), inside, performance.shot(index), zoom)

    return Take(len(moves), "face", draw)
