"""Tempo, metre and the length of a section.

A bar lasts as many beats as its metre holds of the note that the BPM counts; a beat lasts 60 / BPM seconds:
`bar_seconds = numerator * (4 / denominator) * 60 / bpm` for quarter notes (what every DAW does),
`numerator / 3 * 60 / bpm` for the dotted quarters of 6/8, 9/8 and 12/8. Everything is a `Fraction`, so that
16 bars at 120 are 32 seconds and never 32.000000000000004, which would be billed as 33.
"""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor

from vannilli_app.errors import Invalid
from vannilli_app.words import _, number

MIN_BPM, MAX_BPM = 60, 200
MIN_BARS, MAX_BARS = 1, 32
MAX_NUMERATOR = 32
DENOMINATORS = (2, 4, 8, 16)
COMMON_SIGNATURES = ("2/2", "2/4", "3/4", "4/4", "5/4", "6/8", "7/8", "9/8", "12/8")
BAR_PRESETS = (4, 8, 16, 32)

FRAME_RATES: dict[str, Fraction] = {
    "23.976": Fraction(24000, 1001),
    "24": Fraction(24),
    "25": Fraction(25),
    "29.97": Fraction(30000, 1001),
    "30": Fraction(30),
    "60": Fraction(60),
}
SAMPLE_RATES = (44_100, 48_000)

_PART_NAMES = ((4, "Short Hook"), (8, "Hook"), (16, "Verse"), (24, "Full Verse"))
PART_NAMES = (*(name for _, name in _PART_NAMES), "Extended Section")
_SIGNATURE = re.compile(r"\s*([0-9]{1,2})\s*/\s*([0-9]{1,2})\s*")

Number = str | int | float | Decimal


class BeatUnit(StrEnum):
    """The note that the BPM counts."""

    QUARTER = "quarter"
    DOTTED_QUARTER = "dotted_quarter"
    DENOMINATOR = "denominator"


@dataclass(frozen=True, slots=True)
class Meter:
    """A time signature and the note that the BPM counts in it.

    Raises `Invalid` `invalid_time_signature` unless the numerator is 1..32 and the denominator 2, 4, 8 or 16.
    """

    numerator: int = 4
    denominator: int = 4
    beat_unit: BeatUnit = BeatUnit.QUARTER

    def __post_init__(self) -> None:
        if not 1 <= self.numerator <= MAX_NUMERATOR or self.denominator not in DENOMINATORS:
            raise _unknown_signature(self.time_signature)

    @classmethod
    def parse(cls, time_signature: str, beat_unit: str = BeatUnit.QUARTER) -> "Meter":
        """A metre from text such as `7/8` and `dotted_quarter`. Raises `Invalid` like the class itself, and
        `validation_error` for a beat unit that there is not."""
        match = _SIGNATURE.fullmatch(time_signature)
        if match is None:
            raise _unknown_signature(time_signature)
        if beat_unit not in tuple(BeatUnit):
            raise Invalid(_("The tempo counts one of these notes: {notes}.", notes=", ".join(BeatUnit)))
        return cls(int(match[1]), int(match[2]), BeatUnit(beat_unit))

    @property
    def time_signature(self) -> str:
        return f"{self.numerator}/{self.denominator}"

    @property
    def beats_per_bar(self) -> Fraction:
        """Counted notes in a bar: 4 in 4/4; 7/2 quarters or 7 eighths in 7/8; 2 dotted quarters in 6/8."""
        match self.beat_unit:
            case BeatUnit.QUARTER:
                return Fraction(self.numerator * 4, self.denominator)
            case BeatUnit.DOTTED_QUARTER:
                return Fraction(self.numerator * 8, self.denominator * 3)
            case BeatUnit.DENOMINATOR:
                return Fraction(self.numerator)


FOUR_FOUR = Meter()


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a song at one tempo: 60 to 200 BPM with up to three decimals, 1 to 32 bars in halves.

    Raises `Invalid` `bpm_out_of_range` or `bars_out_of_range`. How many seconds a section may last is a
    setting: see `require_at_most`.
    """

    bpm: Decimal
    bars: Decimal
    meter: Meter = FOUR_FOUR

    def __post_init__(self) -> None:
        if not _within(self.bpm, MIN_BPM, MAX_BPM) or Fraction(self.bpm) * 1000 % 1:
            raise Invalid(
                _(
                    "The tempo goes from {least} to {most} BPM, with up to three decimals.",
                    least=MIN_BPM,
                    most=MAX_BPM,
                ),
                code="bpm_out_of_range",
            )
        if not _within(self.bars, MIN_BARS, MAX_BARS) or Fraction(self.bars) * 2 % 1:
            raise Invalid(
                _(
                    "A section has {least} to {most} bars, in whole or half bars.",
                    least=MIN_BARS,
                    most=MAX_BARS,
                ),
                code="bars_out_of_range",
            )

    @classmethod
    def parse(
        cls,
        bpm: Number,
        bars: Number,
        time_signature: str = FOUR_FOUR.time_signature,
        beat_unit: str = BeatUnit.QUARTER,
    ) -> "Section":
        """A section from what a person typed; what is no number is out of range. Raises like the classes."""
        return cls(_decimal(bpm), _decimal(bars), Meter.parse(time_signature, beat_unit))

    @property
    def bar_seconds(self) -> Fraction:
        """One whole bar, in seconds."""
        return self.meter.beats_per_bar * 60 / Fraction(self.bpm)

    @property
    def exact_seconds(self) -> Fraction:
        return Fraction(self.bars) * self.bar_seconds

    def begins_at(self, bar_one_seconds: Number, start_bar: Number) -> Fraction:
        """Where in a track the section begins, in seconds: `start_bar` 1 is the bar that sounds at
        `bar_one_seconds`."""
        return Fraction(_decimal(bar_one_seconds)) + Fraction(_decimal(start_bar) - 1) * self.bar_seconds

    @property
    def billed_seconds(self) -> int:
        """Always rounded up. One second is one credit."""
        return ceil(self.exact_seconds)

    @property
    def beats(self) -> Fraction:
        """Beats of the whole section, in the note that the BPM counts."""
        return Fraction(self.bars) * self.meter.beats_per_bar

    @property
    def part_name(self) -> str:
        return next((name for most, name in _PART_NAMES if self.bars <= most), PART_NAMES[-1])

    def frame_at(self, bar: Number, rate: Fraction | int) -> int:
        """The frame, or the sample, nearest to the start of `bar` (0 is the first) at `rate` per second.

        Each bar line is rounded from its absolute time, halves up: adding rounded bars would drift.
        """
        return floor(Fraction(_decimal(bar)) * self.bar_seconds * rate + Fraction(1, 2))

    def frames(self, rate: Fraction | int) -> int:
        """Frames, or samples, of the whole section at `rate` per second."""
        return self.frame_at(self.bars, rate)

    def bar_lines(self, rate: Fraction | int) -> list[int]:
        """Frame, or sample, at which each bar begins and, last, at which the section ends."""
        return [self.frame_at(bar, rate) for bar in range(ceil(self.bars))] + [self.frames(rate)]

    def require_at_most(self, seconds: int) -> None:
        """Raises `Invalid` `bars_out_of_range` when the section is longer than `seconds`."""
        if self.exact_seconds > seconds:
            raise Invalid(
                _(
                    "This section lasts {lasts} s and {most} s is the most. Take fewer bars or a faster tempo.",
                    lasts=number(f"{float(self.exact_seconds):.1f}"),
                    most=seconds,
                ),
                code="bars_out_of_range",
            )


def _unknown_signature(given: str) -> Invalid:
    return Invalid(
        _(
            "{given} is not a time signature that works here. Write one like 4/4, 3/4 or 6/8: 1 to {most} over 2, 4, 8 "
            "or 16.",
            given=given[:12],
            most=MAX_NUMERATOR,
        ),
        code="invalid_time_signature",
    )


def _within(value: Decimal, least: int, most: int) -> bool:
    return value.is_finite() and least <= value <= most


def _decimal(value: Number) -> Decimal:
    """As it is written: 93.3 is 93.3, not the float nearest to it."""
    try:
        return Decimal(str(value).strip())
    except InvalidOperation:
        return Decimal("NaN")
