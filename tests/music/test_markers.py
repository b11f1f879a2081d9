import csv
import io
from decimal import Decimal

import mido
import pytest

from vannilli_app.music.markers import bar_table, canvas_loop, edit_list, tempo_map
from vannilli_app.music.tempo import BeatUnit, Meter, Section

HOOK = Section(Decimal("93.5"), Decimal("2.5"), Meter.parse("7/8"))


def test_the_table_has_every_bar_line_in_seconds_frames_and_samples() -> None:
    rows = list(csv.reader(io.StringIO(bar_table(HOOK, 30))))
    assert rows[0] == ["Bar", "Seconds", "Frame at 30 fps", "Sample at 48 kHz"]
    assert [row[0] for row in rows[1:]] == ["1", "2", "3", "End"]
    assert rows[1][1:] == ["0.000000", "0", "0"]
    assert [float(row[1]) for row in rows[2:]] == pytest.approx(
        [210 / 93.5, 420 / 93.5, 525 / 93.5], abs=1e-6
    )
    assert [int(row[2]) for row in rows[2:]] == [67, 135, 168]
    assert [int(row[3]) for row in rows[2:]] == [107_807, 215_615, 269_519]


def test_the_edit_list_has_a_marker_at_each_bar_lines_timecode() -> None:
    lines = edit_list(Section(Decimal(140), Decimal(3)), 30, title="Night\nBus").split("\r\n")
    assert lines[:2] == ["TITLE: Night Bus", "FCM: NON-DROP FRAME"]
    events = [line.split() for line in lines if line[:3].isdigit()]
    assert [event[4] for event in events] == ["01:00:00:00", "01:00:01:21", "01:00:03:13"]
    assert [event[5] for event in events] == ["01:00:00:01", "01:00:01:22", "01:00:03:14"]
    assert [line for line in lines if "|M:" in line][1] == " |C:ResolveColorYellow |M:Bar 2 |D:1"


@pytest.mark.parametrize("unit", list(BeatUnit))
def test_a_daw_reads_the_tempo_map(unit: BeatUnit) -> None:
    section = Section(Decimal("93.5"), Decimal("4.5"), Meter.parse("6/8", unit))
    file = mido.MidiFile(file=io.BytesIO(tempo_map(section)))
    at, markers = 0.0, []
    for message in file:
        at += message.time
        if message.type == "marker":
            markers.append((message.text, at))
    assert [name for name, _ in markers] == ["Bar 1", "Bar 2", "Bar 3", "Bar 4", "Bar 5"]
    bar = float(section.bar_seconds)
    assert [time for _, time in markers] == pytest.approx([n * bar for n in range(5)], abs=1e-4)
    assert at == pytest.approx(4.5 * bar, abs=1e-4)


@pytest.mark.parametrize(
    ("bpm", "bars", "signature", "expected"),
    [
        ("140", "8", "4/4", (206, 1)),  # 4 bars: 6.857 s
        ("120", "4", "4/4", (240, 1)),  # 8 s to the frame
        ("60", "32", "4/4", (240, 1)),
        ("200", "1", "4/4", (36, 3)),  # 1.2 s, three times
        ("60", "2", "12/4", (240, 1)),  # a bar of 12 s: eight beats
        ("60", "1", "5/4", (150, 1)),
    ],
)
def test_a_canvas_has_whole_bars_in_three_to_eight_seconds(
    bpm: str, bars: str, signature: str, expected: tuple[int, int]
) -> None:
    section = Section(Decimal(bpm), Decimal(bars), Meter.parse(signature))
    frames, times = canvas_loop(section, 30)
    assert (frames, times) == expected
    assert 90 <= frames * times <= 240


def test_every_section_has_a_canvas() -> None:
    for bpm in ("60", "93.5", "140", "200"):
        for bars in ("1", "1.5", "2", "7.5", "32"):
            for signature in ("2/2", "3/4", "4/4", "5/4", "7/8", "9/8", "12/8", "16/4"):
                frames, times = canvas_loop(Section(Decimal(bpm), Decimal(bars), Meter.parse(signature)), 30)
                assert 90 <= frames * times <= 240, (bpm, bars, signature)
