"""A section in words and in an address, as the browser says it: lengths.js repeats what is here."""

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import floor

from vannilli_app import routes
from vannilli_app.errors import Invalid
from vannilli_app.music.price import dollars, quoted_tier
from vannilli_app.music.tempo import BeatUnit, Section
from vannilli_app.words import N_, _, at, money, ngettext, number

TITLE = N_("Tempo calculator: BPM and bars to exact seconds · Vannilli")
DESCRIPTION = N_(
    "BPM, bars and time signature to exact seconds, beats, frames and samples. Tap tempo, metronome, "
    "delay times, click track, tempo map and markers. Free, no account."
)

KEYS = ("bpm", "bars", "ts", "unit")
STANDARD = Section.parse(140, 8)

_A_PART = {
    "Short Hook": N_("a Short Hook"),
    "Hook": N_("a Hook"),
    "Verse": N_("a Verse"),
    "Full Verse": N_("a Full Verse"),
    "Extended Section": N_("an Extended Section"),
}
_DECIMAL = re.compile(r"\s*[0-9]{1,6}([.,][0-9]{0,9})?\s*")
_SIGNATURE = re.compile(r"[0-9]{1,2}[-/][0-9]{1,2}")


def asked(query: Mapping[str, str]) -> Section:
    """The section of an address such as `?bpm=140&bars=8&ts=4-4`; the standard one where it names none."""
    bpm, bars = query.get("bpm") or "140", query.get("bars") or "8"
    signature, unit = query.get("ts") or "4-4", query.get("unit") or BeatUnit.QUARTER
    if not (_DECIMAL.fullmatch(bpm) and _DECIMAL.fullmatch(bars) and _SIGNATURE.fullmatch(signature)):
        return STANDARD
    try:
        return Section.parse(bpm.replace(",", "."), bars.replace(",", "."), signature.replace("-", "/"), unit)
    except Invalid:
        return STANDARD


def address(section: Section, path: str = routes.CALCULATOR) -> str:
    """The path, in the language that holds here, that carries a section."""
    unit = section.meter.beat_unit
    counted = "" if unit is BeatUnit.QUARTER else f"&unit={unit}"
    signature = section.meter.time_signature.replace("/", "-")
    return f"{at(path)}?bpm={plain(section.bpm)}&bars={plain(section.bars)}&ts={signature}{counted}"


def picture(section: Section) -> str:
    """The path of a section's share image in the language that holds here."""
    unit = section.meter.beat_unit
    counted = "" if unit is BeatUnit.QUARTER else f"-{unit}"
    signature = section.meter.time_signature.replace("/", "-")
    name = f"{plain(section.bpm)}-{plain(section.bars)}-{signature}{counted}"
    return at(routes.SHARE_CALCULATOR).format(name=name)


def sentence(section: Section) -> str:
    """ "8 bars at 140: a Hook. Billed as 14 seconds, 14 credits ($3.50). A draft is free." """
    billed = section.billed_seconds
    return _(
        "{bars} at {bpm}: {part}. Billed as {seconds}, {credits} ({price}). A draft is free.",
        bars=counted_bars(section.bars),
        bpm=number(plain(section.bpm)),
        part=_(_A_PART[section.part_name]),
        seconds=ngettext("{n} second", "{n} seconds", billed),
        credits=ngettext("{n} credit", "{n} credits", billed),
        price=money(dollars(billed, quoted_tier(None))),
    )


def counted_bars(bars: Decimal) -> str:
    """ "1 bar", "8.5 bars"."""
    return _("{n} bar", n=1) if bars == 1 else _("{n} bars", n=number(plain(bars)))


def written(value: Fraction, places: int = 3) -> str:
    """At most so many decimals, halves up, without trailing zeros: 96/7 is "13.714"."""
    scaled = Decimal(floor(value * 10**places + Fraction(1, 2))).scaleb(-places)
    return plain(scaled)


def plain(value: Decimal) -> str:
    """Without trailing zeros and exponents."""
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
