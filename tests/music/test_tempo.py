from decimal import Decimal
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vannilli_app.errors import Invalid
from vannilli_app.music.tempo import (
    COMMON_SIGNATURES,
    DENOMINATORS,
    FRAME_RATES,
    SAMPLE_RATES,
    BeatUnit,
    Meter,
    Section,
)

meters = st.builds(
    Meter, st.integers(1, 32), st.sampled_from(DENOMINATORS), beat_unit=st.sampled_from(list(BeatUnit))
)
sections = st.builds(
    Section,
    bpm=st.decimals(60, 200, places=3),
    bars=st.integers(2, 64).map(lambda halves: Decimal(halves) / 2),
    meter=meters,
)
rates = st.sampled_from([*FRAME_RATES.values(), *map(Fraction, SAMPLE_RATES)])


@pytest.mark.parametrize(
    ("bpm", "bars", "signature", "exact", "billed"),
    [
        (140, 8, "4/4", Fraction(96, 7), 14),
        (120, 16, "4/4", Fraction(32), 32),
        (128, 4, "4/4", Fraction(15, 2), 8),
        (180, 8, "3/4", Fraction(8), 8),
        (140, 7, "4/4", Fraction(12), 12),
        (60, 32, "4/4", Fraction(128), 128),
        (128, 16, "4/4", Fraction(30), 30),
        (60, 32, "12/8", Fraction(192), 192),
        (93.5, 8.5, "4/4", Fraction(4080, 187), 22),
        ("60.001", 1, "4/4", Fraction(240_000, 60_001), 4),
        (120, 1, "2/2", Fraction(2), 2),
    ],
)
def test_the_length_of_a_section(bpm, bars, signature, exact, billed):
    section = Section.parse(bpm, bars, signature)
    assert section.exact_seconds == exact
    assert section.billed_seconds == billed


@pytest.mark.parametrize(
    ("signature", "beat_unit", "beats", "seconds"),
    [
        ("4/4", "quarter", 4, 2),
        ("7/8", "quarter", Fraction(7, 2), Fraction(7, 4)),
        ("7/8", "denominator", 7, Fraction(7, 2)),
        ("2/2", "denominator", 2, 1),
        ("6/8", "quarter", 3, Fraction(3, 2)),
        ("6/8", "dotted_quarter", 2, 1),
        ("9/8", "dotted_quarter", 3, Fraction(3, 2)),
        ("12/8", "dotted_quarter", 4, 2),
        ("5/16", "quarter", Fraction(5, 4), Fraction(5, 8)),
    ],
)
def test_a_bar_at_120_lasts_as_the_counted_note_says(signature, beat_unit, beats, seconds):
    section = Section.parse(120, 1, signature, beat_unit)
    assert section.beats == beats
    assert section.bar_seconds == seconds


@pytest.mark.parametrize(
    ("bars", "name"),
    [
        (1, "Short Hook"),
        (4, "Short Hook"),
        (4.5, "Hook"),
        (8, "Hook"),
        (8.5, "Verse"),
        (16, "Verse"),
        (17, "Full Verse"),
        (24, "Full Verse"),
        (24.5, "Extended Section"),
        (32, "Extended Section"),
    ],
)
def test_the_name_of_a_part(bars, name):
    assert Section.parse(140, bars).part_name == name


@pytest.mark.parametrize(
    "bpm", ["59.999", "200.001", 0, -140, "", "fast", "nan", "inf", "1e999999999", "93.5001"]
)
def test_a_tempo_outside_the_bounds(bpm):
    with pytest.raises(Invalid, match="60 to 200 BPM") as refused:
        Section.parse(bpm, 8)
    assert refused.value.code == "bpm_out_of_range"


@pytest.mark.parametrize("bars", [0.5, 0, -8, 32.5, 8.25, "", "many", "nan", "-inf", "1e-999999999"])
def test_bars_outside_the_bounds(bars):
    with pytest.raises(Invalid, match="whole or half bars") as refused:
        Section.parse(140, bars)
    assert refused.value.code == "bars_out_of_range"


@pytest.mark.parametrize(
    "signature", ["0/4", "33/4", "4/3", "4/0", "4/32", "4", "/", "", "-4/4", "4/4/4", "٤/4", "waltz"]
)
def test_a_time_signature_that_there_is_not(signature):
    with pytest.raises(Invalid, match="is not a time signature") as refused:
        Meter.parse(signature)
    assert refused.value.code == "invalid_time_signature"


def test_a_beat_unit_that_there_is_not():
    with pytest.raises(Invalid, match="quarter, dotted_quarter, denominator"):
        Meter.parse("4/4", "sixteenth")


@pytest.mark.parametrize("signature", COMMON_SIGNATURES)
def test_the_common_signatures_are_read_as_they_are_written(signature):
    assert Meter.parse(signature).time_signature == signature


def test_four_bars_at_140_in_frames_and_samples():
    section = Section.parse(140, 4)
    assert section.exact_seconds * 24 == Fraction(1152, 7)  # 164.57 frames
    assert section.bar_lines(Fraction(24)) == [0, 41, 82, 123, 165]
    assert section.frames(FRAME_RATES["23.976"]) == 164
    assert section.frames(44_100) == 302_400
    assert section.bar_lines(48_000) == [0, 82_286, 164_571, 246_857, 329_143]


def test_half_a_frame_is_rounded_up_at_even_and_odd_frames_alike():
    assert Section.parse(120, 1, "5/4").bar_lines(Fraction(1)) == [0, 3]
    assert Section.parse(120, 1.5, "3/4").frames(2) == 5


def test_a_half_bar_ends_the_grid():
    assert Section.parse(120, 2.5).bar_lines(Fraction(30)) == [0, 60, 120, 150]


def test_the_longest_section_is_the_callers_setting():
    section = Section.parse(60, 32, "7/4")
    section.require_at_most(224)
    with pytest.raises(Invalid, match=r"lasts 224\.0 s and 192 s is the most") as refused:
        section.require_at_most(192)
    assert refused.value.code == "bars_out_of_range"


@given(sections)
def test_bars_beats_and_seconds_are_one_exact_length(section):
    assert section.exact_seconds == Fraction(section.bars) * section.bar_seconds
    assert section.exact_seconds * Fraction(section.bpm) == section.beats * 60
    assert section.billed_seconds - 1 < section.exact_seconds <= section.billed_seconds


@given(sections, rates)
def test_bar_lines_never_drift(section, rate):
    lines = section.bar_lines(rate)
    assert len(lines) == ceil(section.bars) + 1
    assert lines == sorted(lines)
    ends = [*map(Fraction, range(ceil(section.bars))), Fraction(section.bars)]
    for bar, line in zip(ends, lines, strict=True):
        assert abs(line - bar * section.bar_seconds * rate) <= Fraction(1, 2)


@given(sections)
def test_what_is_written_reads_back_as_the_same_section(section):
    meter = section.meter
    again = Section.parse(str(section.bpm), float(section.bars), meter.time_signature, meter.beat_unit)
    assert again == section


@given(sections.filter(lambda s: s.meter.beat_unit is BeatUnit.QUARTER))
def test_quarters_follow_the_formula_of_every_daw(section):
    meter = section.meter
    assert section.bar_seconds == meter.numerator * Fraction(4, meter.denominator) * 60 / Fraction(
        section.bpm
    )
