"""Putting a film on a grid of frames: which of its own frames is shown at each of the grid's instants."""

from fractions import Fraction


def on_grid(fps: Fraction, source_fps: Fraction, *, start_seconds: Fraction = Fraction(0)) -> str:
    """The filters that show, from `start_seconds` of the film on, at each instant of a grid of `fps` the nearest frame.

    FFmpeg's `fps` takes the last of the frames that fall to one place of the grid. Of a film that is faster than the
    grid that is up to half a place too new: sound would lag behind. Half the difference of both intervals makes it
    the nearest.
    """
    ahead = max(1 / fps - 1 / source_fps, Fraction(0)) / 2 if source_fps else Fraction(0)
    start = f"{float(start_seconds - ahead):.6f}"
    return f"fps={fps}:start_time={start}:round=near,setpts=PTS-STARTPTS"
