"""Frames, samples, notes, what fits, and the way back from a length: the browser's agree with the server's."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from tests.ui.test_music import at_random, case, section
from vannilli_app.music.lengths import LIMITS, bars_within, note_lengths
from vannilli_app.music.tempo import FRAME_RATES, SAMPLE_RATES, Section

CASES = at_random(600)


def exact(pair: dict[str, str]) -> Fraction:
    return Fraction(int(pair["n"]), int(pair["d"]))


def test_frames_and_samples_are_the_same(ask: Any) -> None:
    found = ask(
        "lengths.js",
        "[...lengths.FRAME_RATES, ...lengths.SAMPLE_RATES]"
        ".map(({ rate }) => [lengths.countOf(given.part, rate), lengths.countAt(given.part, { n: 1n, d: 1n }, rate)])",
        CASES,
        "given.part = section(given)",
    )
    rates = [*FRAME_RATES.values(), *map(Fraction, SAMPLE_RATES)]
    for given, counted in zip(CASES, found, strict=True):
        ours = section(given)
        assert counted == [[ours.frames(rate), ours.frame_at(1, rate)] for rate in rates], given


def test_the_frame_rates_are_the_same(ask: Any) -> None:
    [found] = ask("lengths.js", "lengths.FRAME_RATES", [None])
    assert {one["name"]: exact(one["rate"]) for one in found} == FRAME_RATES


def test_notes_last_as_long(ask: Any) -> None:
    for given, notes in zip(CASES, ask("lengths.js", "lengths.noteLengths(given)", CASES), strict=True):
        assert [
            (row["note"], exact(row["straight"]), exact(row["dotted"]), exact(row["triplet"]))
            for row in notes
        ] == [
            (note.name, note.straight, note.dotted, note.triplet) for note in note_lengths(section(given))
        ], given


def test_the_same_bars_fit(ask: Any) -> None:
    [limits] = ask("lengths.js", "lengths.LIMITS", [None])
    assert limits == [{"name": one.name, "least": one.least, "most": one.most} for one in LIMITS]
    found = ask(
        "lengths.js",
        "lengths.LIMITS.map((limit) => lengths.barsWithin(given.part.barSeconds, limit))",
        CASES,
        "given.part = section(given)",
    )
    for given, fitting in zip(CASES, found, strict=True):
        ours = [bars_within(section(given).bar_seconds, limit) for limit in LIMITS]
        assert fitting == [bars and [float(end) for end in bars] for bars in ours], given


@pytest.mark.parametrize(
    ("bars", "seconds", "bpm", "is_exact"),
    [
        ("8", "15", "128", True),
        ("4", "15", "64", True),
        ("8", "14", "137.143", False),
        ("16", "15", None, None),
        ("8", "0", None, None),
    ],
)
def test_the_tempo_at_which_bars_last_so_long(
    ask: Any, bars: str, seconds: str, bpm: str | None, is_exact: bool | None
) -> None:
    [found] = ask(
        "lengths.js",
        "lengths.tempoFor(given.tempo, decimal(given.seconds))",
        [{"tempo": case("140", bars, "4/4"), "seconds": seconds}],
    )
    if bpm is None:
        assert found is None
        return
    assert (found["bpm"], found["exact"]) == (bpm, is_exact)
    assert exact(found["seconds"]) == Section.parse(bpm, bars).exact_seconds


def test_no_tempo_of_three_decimals_is_nearer(ask: Any) -> None:
    wanted = [
        {"tempo": given, "seconds": f"{3 + index % 29}.{index % 10}"} for index, given in enumerate(CASES)
    ]
    found = ask("lengths.js", "lengths.tempoFor(given.tempo, decimal(given.seconds))", wanted)
    met = [(ask_, answer) for ask_, answer in zip(wanted, found, strict=True) if answer]
    assert len(met) > 50
    for asked, answer in met:
        bpm = Decimal(answer["bpm"])
        wished = section(asked["tempo"]).beats * 60 / Fraction(asked["seconds"])
        assert abs(Fraction(bpm) - wished) <= Fraction(1, 2000)
        assert answer["exact"] == (wished == bpm)


@pytest.mark.parametrize(
    ("seconds", "bars"), [("14", "8"), ("13.7", "8"), ("5", "3"), ("0.5", None), ("99", None)]
)
def test_the_bars_nearest_to_a_length(ask: Any, seconds: str, bars: str | None) -> None:
    asked = {"tempo": case("140", "8", "4/4"), "seconds": seconds}
    assert ask("lengths.js", "lengths.barsFor(given.tempo, decimal(given.seconds))", [asked]) == [bars]


@pytest.mark.parametrize(
    ("beats", "bars"), [("32", "8"), ("30", "7.5"), ("3", "1"), ("0.2", None), ("140", None)]
)
def test_the_bars_nearest_to_so_many_beats(ask: Any, beats: str, bars: str | None) -> None:
    asked = {"tempo": case("140", "8", "4/4"), "beats": beats}
    assert ask("lengths.js", "lengths.barsForBeats(given.tempo, decimal(given.beats))", [asked]) == [bars]
