"""Cutting a section for a provider: whole, on the music's lines, in as few pieces as can be."""

from bisect import bisect_right
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from vannilli_app.errors import Invalid
from vannilli_app.music.segments import Piece, beat_lines, crossfade_frames, lengthened, plan, usable_until
from vannilli_app.music.tempo import DENOMINATORS, MAX_NUMERATOR, BeatUnit, Section

FPS = 30
SMALL = 150  # lines, up to which every way of cutting is tried

sections = st.builds(
    Section.parse,
    bpm=st.one_of(st.integers(60, 200), st.decimals("60", "200", places=3)),
    bars=st.integers(2, 64).map(lambda halves: halves / 2),
    time_signature=st.builds("{}/{}".format, st.integers(1, MAX_NUMERATOR), st.sampled_from(DENOMINATORS)),
    beat_unit=st.sampled_from(list(BeatUnit)),
)
rates = st.sampled_from([24, 25, 30, 60])
least_seconds = st.one_of(st.sampled_from([0.0, 3.0]), st.floats(0, 4.9))
most_seconds = st.one_of(st.sampled_from([5.0, 10.0, 30.0]), st.floats(5, 192))


def cuttable(section: Section, fps: int, most_seconds: float) -> list[int]:
    """Where a section may be cut, in the words of the rule: bar lines, and beats in bars that are too long."""
    lines = set(section.bar_lines(fps))
    for first, end in pairwise(section.bar_lines(fps)):
        if end - first > most_seconds * fps:
            lines |= {line for line in beat_lines(section, fps) if first < line < end}
    return sorted(lines)


@settings(max_examples=300, deadline=None)
@given(section=sections, fps=rates, least=least_seconds, most=most_seconds)
def test_every_plan_is_whole_and_within_its_limits(
    section: Section, fps: int, least: float, most: float
) -> None:
    pieces = plan(section, fps=fps, min_seconds=least, max_seconds=most)
    total = section.frames(fps)
    assert [piece.first_frame for piece in pieces] == [0, *(piece.end for piece in pieces[:-1])]
    assert pieces[-1].end == total
    for piece in pieces:
        assert 0 < piece.frames <= piece.take_frames <= most * fps
        assert piece.take_frames >= least * fps
        assert piece.take_first <= piece.first_frame
        assert piece.take_first + piece.take_frames >= piece.end
        if total >= least * fps:  # the performance surely reaches over the whole section
            assert piece.take_first >= 0
            assert piece.take_first + piece.take_frames <= total


@settings(max_examples=300, deadline=None)
@given(section=sections, fps=rates, most=most_seconds)
def test_cuts_lie_on_bars_and_on_beats_only_where_a_bar_does_not_fit(
    section: Section, fps: int, most: float
) -> None:
    pieces = plan(section, fps=fps, min_seconds=0, max_seconds=most)
    assert {piece.first_frame for piece in pieces} <= set(cuttable(section, fps, most))


@settings(max_examples=300, deadline=None)
@given(section=sections, fps=rates, most=most_seconds)
def test_the_pieces_are_as_few_as_when_each_is_as_long_as_can_be(
    section: Section, fps: int, most: float
) -> None:
    lines = cuttable(section, fps, most)
    count, line = 0, 0
    while line < lines[-1]:
        line = lines[bisect_right(lines, line + most * fps) - 1]
        count += 1
    assert len(plan(section, fps=fps, min_seconds=0, max_seconds=most)) == count


@settings(max_examples=100, deadline=None)
@given(section=sections, fps=rates, most=st.floats(5, 60))
def test_no_other_plan_has_fewer_pieces_or_is_more_even(section: Section, fps: int, most: float) -> None:
    """Against a search of every way to cut: the longest that the shortest of so many pieces up to a line can be."""
    lines = cuttable(section, fps, most)
    assume(len(lines) <= SMALL)
    shortest, count = {0: section.frames(fps)}, 0
    while lines[-1] not in shortest:
        reached: dict[int, int] = {}
        for first, least in shortest.items():
            for line in lines[bisect_right(lines, first) : bisect_right(lines, first + most * fps)]:
                reached[line] = max(reached.get(line, 0), min(least, line - first))
        shortest, count = reached, count + 1
    pieces = plan(section, fps=fps, min_seconds=0, max_seconds=most)
    assert len(pieces) == count
    # A frame less, since equal bars differ by one in their rounded lengths.
    assert min(piece.frames for piece in pieces) >= shortest[lines[-1]] - 1


@settings(max_examples=300, deadline=None)
@given(section=sections, fps=rates)
def test_every_bar_line_is_a_beat_line(section: Section, fps: int) -> None:
    assert set(section.bar_lines(fps)) <= set(beat_lines(section, fps))
    assert beat_lines(section, fps) == sorted(beat_lines(section, fps))


def test_thirty_two_bars_at_sixty_are_five_pieces_of_whole_bars() -> None:
    pieces = plan(Section.parse(60, 32), fps=FPS, min_seconds=3, max_seconds=30)
    assert [piece.frames / FPS for piece in pieces] == [24, 28, 24, 28, 24]


def test_thirty_two_bars_of_twelve_eight_at_sixty_are_seven_pieces() -> None:
    """192 s: five bars of six seconds fit into 30 s."""
    pieces = plan(Section.parse(60, 32, "12/8"), fps=FPS, min_seconds=3, max_seconds=30)
    assert [piece.frames / FPS for piece in pieces] == [30, 24, 30, 24, 30, 24, 30]


def test_a_rest_is_not_left_over_when_the_pieces_can_be_even() -> None:
    """32 s with 30 s at most: not 28 and 4. The shorter a rest, the more of what is made for it is thrown away."""
    pieces = plan(Section.parse(60, 8), fps=FPS, min_seconds=3, max_seconds=30)
    assert [piece.frames / FPS for piece in pieces] == [16, 16]


def test_bars_are_rounded_from_their_absolute_time() -> None:
    """At 140 BPM a bar has 51.43 frames: bar 3 ends at 154, not at 3 times 51."""
    pieces = plan(Section.parse(140, 6), fps=FPS, min_seconds=0, max_seconds=6)
    assert [(piece.first_frame, piece.frames) for piece in pieces] == [(0, 154), (154, 155)]


def test_a_bar_that_does_not_fit_is_cut_on_its_beats() -> None:
    section = Section.parse(60, 1, "12/8")  # one bar of six seconds
    pieces = plan(section, fps=FPS, min_seconds=0, max_seconds=5)
    assert [piece.frames / FPS for piece in pieces] == [3, 3]


def test_beats_are_counted_anew_from_every_bar_line() -> None:
    section = Section.parse(60, 2, "7/8")  # three and a half seconds a bar
    assert beat_lines(section, FPS) == [0, 30, 60, 90, 105, 135, 165, 195, 210]
    assert beat_lines(Section.parse(60, 1.5, "7/8"), FPS) == [0, 30, 60, 90, 105, 135, 158]


@settings(max_examples=100, deadline=None)
@given(section=sections, fps=rates, most=st.sampled_from([5.0, 10.0, 30.0]))
def test_pieces_that_dissolve_have_half_a_beat_more_where_they_meet(
    section: Section, fps: int, most: float
) -> None:
    pieces = plan(section, fps=fps, min_seconds=3, max_seconds=most, crossfade=True)
    handle = crossfade_frames(section, fps) // 2
    assert pieces[0].first_frame == 0
    assert pieces[-1].end == section.frames(fps)
    for one, other in pairwise(pieces):
        assert one.end == other.first_frame
        assert one.take_first + one.take_frames >= min(one.end + handle, section.frames(fps))
        assert other.take_first <= max(other.first_frame - handle, 0)
    assert all(piece.take_frames <= most * fps for piece in pieces)


def test_a_short_section_is_lengthened_on_both_sides() -> None:
    assert lengthened(0, 36, 36, 90) == Piece(0, 36, -27, 90)


def test_a_short_piece_takes_what_comes_before_it_and_then_what_comes_after() -> None:
    assert lengthened(200, 40, 240, 90) == Piece(200, 40, 150, 90)
    assert lengthened(20, 40, 240, 90) == Piece(20, 40, 0, 90)


def test_lengthening_never_goes_beyond_what_the_provider_takes() -> None:
    (piece,) = plan(Section.parse(60, 1, "2/4"), fps=FPS, min_seconds=5.01, max_seconds=5.01)
    assert piece.take_frames == 150


def test_a_short_result_is_used_up_to_its_last_beat() -> None:
    section = Section.parse(120, 4)  # a beat is 15 frames
    assert usable_until(section, fps=FPS, first_frame=60, frames=44) == 90
    assert usable_until(section, fps=FPS, first_frame=60, frames=45) == 105
    assert usable_until(section, fps=FPS, first_frame=60, frames=14) is None
    assert usable_until(section, fps=FPS, first_frame=0, frames=-5) is None
    assert usable_until(section, fps=FPS, first_frame=60, frames=0) is None


def test_a_short_result_is_used_up_to_a_bar_line_between_its_beats() -> None:
    section = Section.parse(60, 2, "7/8")
    assert usable_until(section, fps=FPS, first_frame=0, frames=119) == 105


@given(section=sections, fps=rates, part=st.fractions(0, 1))
def test_what_is_usable_ends_less_than_a_beat_before_what_came(
    section: Section, fps: int, part: Fraction
) -> None:
    came = int(section.frames(fps) * part)
    until = usable_until(section, fps=fps, first_frame=0, frames=came)
    beat = 60 / Fraction(section.bpm) * fps
    assert came - (until or 0) < beat + 1
    assert until is None or 0 < until <= came


def test_where_not_even_a_beat_fits_it_says_so() -> None:
    with pytest.raises(Invalid):
        plan(Section.parse(60, 4), fps=FPS, min_seconds=0, max_seconds=0.5)
