"""Reads a driver clip once, as a stream: upright pictures with their times."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.error
import numpy as np

from vannilli_app.engine.array import Array
from vannilli_app.errors import Invalid
from vannilli_app.words import _


class DriverUnreadable(Invalid):
    """This video cannot be read. Record it again, or save it as an MP4 file."""

    code = "driver_unreadable"


class DriverTooShort(Invalid):
    """This video is too short to take a performance from. Record at least one second."""

    code = "driver_too_short"


@dataclass(frozen=True)
class Picture:
    """One upright RGB picture of a clip and its time in seconds from the clip's start."""

    time: float
    rgb: Array


@contextmanager
def _opened(path: Path) -> Iterator[av.container.InputContainer]:
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise DriverUnreadable(_("There is no picture in this file. Choose a video of your face."))
            yield container
    except av.error.FFmpegError as error:
        raise DriverUnreadable from error


def duration(path: Path) -> float:
    """Seconds of picture that the file claims to hold, or 0 when it claims nothing.

    Raises DriverUnreadable.
    """
    with _opened(path) as container:
        stream = container.streams.video[0]
        if stream.duration and stream.time_base:
            return float(stream.duration * stream.time_base)
        return container.duration / av.time_base if container.duration else 0.0


def pictures(
    path: Path, fps: Fraction, *, longest_side: int, until: float | None = None
) -> Iterator[Picture]:
    """The clip's pictures in order, at most one for each 1/fps seconds, scaled to `longest_side` pixels.

    A clip of a lower or a varying rate gives fewer; whoever needs a grid interpolates between the times. The
    rotation that a phone writes beside the picture is carried out. Reading ends after `until` seconds. A file
    that breaks off is read up to the break.

    Raises DriverUnreadable when not one picture can be had.
    """
    with _opened(path) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        start = (container.start_time or 0) / av.time_base
        interval = float(1 / Fraction(stream.average_rate or fps))
        last_slot = -1
        time = 0.0
        for count, frame in enumerate(_decoded(container)):
            time = frame.time - start if frame.time is not None else count * interval
            if until is not None and time > until:
                break
            slot = round(max(time, 0.0) * float(fps))
            if slot <= last_slot:
                continue
            last_slot = slot
            yield Picture(max(time, 0.0), _upright(frame, longest_side))
        if last_slot < 0:
            raise DriverUnreadable


def _decoded(container: av.container.InputContainer) -> Iterator[av.VideoFrame]:
    read = False
    try:
        for frame in container.decode(video=0):
            yield frame
            read = True
    except av.error.FFmpegError:
        if not read:
            raise


def _upright(frame: av.VideoFrame, longest_side: int) -> Array:
    scale = min(1.0, longest_side / max(frame.width, frame.height))
    width, height = (max(2, round(side * scale / 2) * 2) for side in (frame.width, frame.height))
    # Scaled, and only then turned into colours: FFmpeg takes twice as long for both in one step at 720 by 1280.
    small = frame.reformat(width=width, height=height, interpolation="FAST_BILINEAR")
    rgb = small.to_ndarray(format="rgb24")
    # The display matrix turns counter-clockwise, as rot90 does.
    quarter_turns = round(frame.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(rgb, quarter_turns)) if quarter_turns else rgb
