"""What fits where, and how long each note lasts. The browser repeats it in lengths.js."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from vannilli_app.music.tempo import MAX_BARS, MIN_BARS, BeatUnit, Section
from vannilli_app.words import N_

_SHARES = (1, 2, 4, 8, 16, 32, 64)


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a place takes a clip, in seconds."""

    name: str
    least: int
    most: int


LIMITS = (
    Limit(N_("Spotify Canvas"), 3, 8),
    Limit(N_("One render of 10 s"), 0, 10),
    Limit(N_("One render of 30 s"), 0, 30),
)


@dataclass(frozen=True, slots=True)
class Note:
    """One note of a tempo, such as `1/8`: its lengths in seconds."""

    name: str
    straight: Fraction
    dotted: Fraction
    triplet: Fraction


def bars_within(bar_seconds: Fraction, limit: Limit) -> tuple[Decimal, Decimal] | None:
    """The fewest and the most bars, in halves, that a place takes; None when it takes none."""
    fewest = max(2 * MIN_BARS, ceil(2 * limit.least / bar_seconds))
    most = min(2 * MAX_BARS, floor(2 * limit.most / bar_seconds))
    return (Decimal(fewest) / 2, Decimal(most) / 2) if fewest <= most else None


def note_lengths(section: Section) -> list[Note]:
    """From the whole note to the 64th, straight, dotted and in triplets."""
    whole = 4 * 60 / Fraction(section.bpm) / _quarters_counted(section)
    return [
        Note(f"1/{share}", whole / share, whole / share * Fraction(3, 2), whole / share * Fraction(2, 3))
        for share in _SHARES
    ]


def _quarters_counted(section: Section) -> Fraction:
    match section.meter.beat_unit:
        case BeatUnit.QUARTER:
            return Fraction(1)
        case BeatUnit.DOTTED_QUARTER:
            return Fraction(3, 2)
        case BeatUnit.DENOMINATOR:
            return Fraction(4, section.meter.denominator)
