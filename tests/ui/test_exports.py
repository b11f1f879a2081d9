"""The calculator's downloads, opened by other people's programs."""

import csv
import io
from base64 import b64decode
from fractions import Fraction
from math import ceil
from typing import Any

import mido
import numpy as np
import pytest
import soundfile

from tests.ui.test_music import case, section

SONG = [
    case("140", "8", "4/4"),
    case("93.5", "2.5", "6/8", "dotted_quarter"),
    case("120", "2", "7/8"),
    case("90", "1", "7/8", "denominator"),
]
SECTIONS = [section(given) for given in SONG]
STARTS = [sum((one.exact_seconds for one in SECTIONS[:index]), Fraction()) for index in range(len(SONG) + 1)]


@pytest.fixture(scope="module")
def made(ask: Any) -> Any:
    """`made(module, expression of the song)`: the file's bytes."""

    def make(module: str, expression: str) -> bytes:
        [encoded] = ask(
            module, f"Buffer.from({expression}).toString('base64')", [SONG], "const song = timeline(given)"
        )
        return b64decode(encoded)

    return make


def test_a_daw_reads_the_tempo_map(made: Any) -> None:
    file = mido.MidiFile(file=io.BytesIO(made("midi.js", "midi.tempoMap(song)")))
    assert (file.type, file.ticks_per_beat, len(file.tracks)) == (0, 960, 1)
    seconds, heard = 0.0, []
    for message in file:
        seconds += message.time
        heard.append((message.type, seconds, message))
    tempos = [(at, message) for kind, at, message in heard if kind == "set_tempo"]
    signatures = [message for kind, _, message in heard if kind == "time_signature"]
    markers = [(at, message.text) for kind, at, message in heard if kind == "marker"]
    for (at, message), ours, start in zip(tempos, SECTIONS, STARTS, strict=False):
        assert at == pytest.approx(float(start), abs=1e-4)
        quarters = Fraction(4 * ours.meter.numerator, ours.meter.denominator)
        assert message.tempo == pytest.approx(float(ours.bar_seconds / quarters * 1_000_000), abs=0.5)
    assert [(one.numerator, one.denominator) for one in signatures] == [(4, 4), (6, 8), (7, 8), (7, 8)]
    assert [name for _, name in markers] == ["1 Hook", "2 Short Hook", "3 Short Hook", "4 Short Hook"]
    assert seconds == pytest.approx(float(STARTS[-1]), abs=1e-4)


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_the_click_track_is_as_long_as_the_song_and_clicks_on_the_beat(made: Any, rate: int) -> None:
    samples, read_rate = soundfile.read(
        io.BytesIO(made("click_wav.js", f"click_wav.clickTrack(song, {rate})"))
    )
    assert (read_rate, samples.ndim) == (rate, 1)
    assert len(samples) == round(STARTS[-1] * rate)
    loud = np.flatnonzero((np.abs(samples[1:]) > 0.4) & (np.abs(samples[:-1]) < 0.05)) + 1
    beats = []
    for ours, start in zip(SECTIONS, STARTS, strict=False):
        per_bar = ours.meter.beats_per_bar
        beat = 60 / Fraction(ours.bpm)
        for bar in range(int(ours.bars) + 1):
            beats += [
                start + (bar * per_bar + count) * beat
                for count in range(int(per_bar) + 1)
                if count < per_bar and bar * per_bar + count < ours.beats
            ]
    expected = [round(at * rate) for at in beats]
    assert np.abs(samples[expected]).min() > 0.4
    assert set(expected) - {0} <= set(loud.tolist())
    accents = [round(start * rate) for start in STARTS[:-1]]
    assert np.abs(samples[accents]).min() > 0.7


def test_audition_and_reaper_find_their_columns_and_every_bar_line(made: Any) -> None:
    audition = list(
        csv.reader(io.StringIO(made("markers.js", "markers.auditionMarkers(song)").decode()), delimiter="\t")
    )
    assert audition[0] == ["Name", "Start", "Duration", "Time Format", "Type", "Description"]
    assert audition[1] == ["1 Hook", "0:00.000", "0:13.714", "decimal", "Cue", "8 bars of 4/4 at 140 BPM"]
    assert audition[3] == ["1.2", "0:01.714", "0:00.000", "decimal", "Cue", ""]
    reaper = list(csv.reader(io.StringIO(made("markers.js", "markers.reaperMarkers(song)").decode())))
    assert reaper[0] == ["#", "Name", "Start", "End", "Length"]
    assert reaper[1] == ["R1", "1 Hook, 8 bars of 4/4 at 140 BPM", "0:00.000", "0:13.714", "0:13.714"]
    assert reaper[3] == ["M2", "1.2", "0:01.714", "", ""]
    lines = [
        start + bar * ours.bar_seconds
        for ours, start in zip(SECTIONS, STARTS, strict=False)
        for bar in range(ceil(ours.bars))
    ]
    marked = [row[2] for row in reaper[1:] if row[0].startswith("M")]
    assert [_seconds(mark) for mark in marked] == [pytest.approx(float(line), abs=0.0006) for line in lines]
    cues = [row[1] for row in audition[1:] if "." in row[0]]
    assert cues == marked


def _seconds(mark: str) -> float:
    minutes, seconds = mark.split(":")
    return 60 * int(minutes) + float(seconds)


def test_sections_in_an_address_come_back_and_nonsense_is_left_out(ask: Any) -> None:
    [text] = ask("address.js", "address.rowsAsText(given)", [SONG])
    assert text == "140_8_4-4,93.5_2.5_6-8_dotted_quarter,120_2_7-8,90_1_7-8_denominator"
    assert ask("address.js", "address.rowsIn(given)", [text]) == [SONG]
    assert ask("address.js", "address.rowsIn(given)", ["", None, "140,x_y_z,500_8_4-4", "140_8_4-4,,"]) == [
        [],
        [],
        [],
        [SONG[0]],
    ]
