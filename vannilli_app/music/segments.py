"""Cutting a section that is longer than a provider takes into pieces, on the lines where music may be cut.

Pieces meet on bar lines; only where a single bar is longer than the provider takes, on the beats within it. Every line
is rounded from its absolute time, like all lines of a section, so nothing drifts however many pieces there are.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

from vannilli_app.errors import Invalid
from vannilli_app.music.tempo import Section
from vannilli_app.words import _


@dataclass(frozen=True, slots=True)
class Piece:
    """Frames `first_frame` to `first_frame + frames` of the section, made from `take_frames` frames of the performance.

    What is sent begins at `take_first`, on the same grid: before the piece where it had to be lengthened to what the
    provider takes at least, and before 0 or after the section's end only where the whole section is shorter than that.
    """

    first_frame: int
    frames: int
    take_first: int
    take_frames: int

    @property
    def end(self) -> int:
        return self.first_frame + self.frames


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a section in a musician's terms: from `first` to `end`, counted in bars from its start, which last
    `seconds`."""

    first: Fraction
    end: Fraction
    seconds: Fraction


def plan(
    section: Section, *, fps: int, min_seconds: float, max_seconds: float, crossfade: bool = False
) -> list[Piece]:
    """The fewest pieces of at most `max_seconds` that make the section, as even as their lines allow.

    With `crossfade` each has a handle of half a beat where it meets another. `min_seconds` gives way where no whole
    number of frames lies between both. Raises Invalid when not even one beat fits.
    """
    total, most = section.frames(fps), floor(max_seconds * fps)
    least = min(ceil(min_seconds * fps), most)
    if total <= most:
        return [lengthened(0, total, total, least)]
    handle = crossfade_frames(section, fps) // 2 if crossfade else 0
    longest = most - 2 * handle
    cuts = _even_cuts(_lines(section, fps, longest), longest)
    return [lengthened(first, end - first, total, least, handle) for first, end in pairwise(cuts)]


def crossfade_frames(section: Section, fps: int) -> int:
    """How long pieces dissolve into each other: a beat, to an even number of frames."""
    return beat_lines(section, fps)[1] // 2 * 2


def lengthened(first_frame: int, frames: int, total: int, least: int, handle: int = 0) -> Piece:
    """A piece of a section of `total` frames, with the performance around it: `handle` frames of it on both sides, as
    far as there are, and more where it is shorter than `least` frames, what comes before it first, then what comes
    after."""
    start, end = max(0, first_frame - handle), min(total, first_frame + frames + handle)
    missing = max(least - (end - start), 0)
    before = min(missing, start)
    after = min(missing - before, total - end)
    beyond = missing - before - after  # the whole section is too short
    return Piece(first_frame, frames, start - before - beyond // 2, end - start + missing)


def span(section: Section, *, fps: int, first_frame: int, frames: int) -> Span:
    """What a piece is in bars: exact, since pieces begin and end on beat lines."""
    frames_of, beats = beat_lines(section, fps), [*_beats(section), section.beats]
    first, end = (
        beats[min(range(len(beats)), key=lambda index: abs(frames_of[index] - frame))]
        for frame in (first_frame, first_frame + frames)
    )
    in_bar = section.meter.beats_per_bar
    return Span(first / in_bar, end / in_bar, (end - first) / in_bar * section.bar_seconds)


def usable_until(section: Section, *, fps: int, first_frame: int, frames: int) -> int | None:
    """The last beat line within the first `frames` frames of a piece, or None when there is none after its start.

    A result that came back shorter than asked is used up to there.
    """
    if frames <= 0:
        return None
    lines = beat_lines(section, fps)
    last = lines[bisect_right(lines, first_frame + frames) - 1]
    return last if last > first_frame else None


def beat_lines(section: Section, fps: int) -> list[int]:
    """The frame at which each beat begins and, last, at which the section ends.

    Beats are counted anew from every bar line, as they are clicked: the fourth quarter of a 7/8 bar is cut short.
    """
    return [_frame(section, beat, fps) for beat in _beats(section)] + [section.frames(fps)]


def _beats(section: Section) -> list[Fraction]:
    """Where each beat of the section begins, in beats."""
    in_bar = section.meter.beats_per_bar
    beats = [bar * in_bar + beat for bar in range(ceil(section.bars)) for beat in range(ceil(in_bar))]
    return [beat for beat in beats if beat < section.beats]


def _lines(section: Section, fps: int, most: int) -> list[int]:
    """Where the section may be cut: every bar line, and the beats of bars that do not fit."""
    bars = section.bar_lines(fps)
    beats = beat_lines(section, fps)
    lines = set(bars)
    for first, end in pairwise(bars):
        if end - first > most:
            lines.update(beats[bisect_right(beats, first) : bisect_left(beats, end)])
    return sorted(lines)


def _even_cuts(lines: list[int], most: int) -> list[int]:
    """The fewest cuts, each as near to its even share as lets the rest be made in as few pieces as are left."""
    fewest = _fewest_from(lines, most)
    cuts = [0]
    total, pieces = lines[-1], fewest[0]
    for made in range(1, pieces):
        wished = Fraction(total * made, pieces)
        there = [
            index
            for index in range(bisect_right(lines, cuts[-1]), bisect_right(lines, cuts[-1] + most))
            if fewest[index] <= pieces - made
        ]
        cuts.append(min((lines[index] for index in there), key=lambda line: (abs(line - wished), line)))
    return [*cuts, total]


def _fewest_from(lines: list[int], most: int) -> list[int]:
    """For each line, the fewest pieces from there to the end: the farthest line that fits is always best."""
    fewest = [0] * len(lines)
    for index in range(len(lines) - 2, -1, -1):
        farthest = bisect_right(lines, lines[index] + most) - 1
        if farthest == index:
            raise Invalid(_("Not even one beat of this section fits. Choose a faster tempo."))
        fewest[index] = 1 + fewest[farthest]
    return fewest


def _frame(section: Section, beat: Fraction, fps: int) -> int:
    """The frame nearest to a beat (0 is the first), halves up."""
    return floor(beat * 60 / Fraction(section.bpm) * fps + Fraction(1, 2))
