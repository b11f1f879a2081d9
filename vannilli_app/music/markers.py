"""A section's bar lines as editors and DAWs import them: CSV, an EDL with markers, a MIDI tempo map. Pure.

The section begins at zero, as the delivered video does. The calculator writes its own for songs of several sections
(`ui/browser/{markers,midi}.js`).
"""

import csv
import io
from fractions import Fraction
from math import ceil

import mido

from vannilli_app.music.segments import beat_lines
from vannilli_app.music.tempo import Section

TICKS_A_QUARTER = 960
HOUR = 3600  # seconds: where timelines begin by custom
_SAMPLE_RATE = 48_000


def bar_table(section: Section, fps: int) -> str:
    """Comma-separated: each bar line, and the section's end, in seconds, frames and samples at 48 kHz."""
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow(["Bar", "Seconds", f"Frame at {fps} fps", "Sample at 48 kHz"])
    frames, samples = section.bar_lines(fps), section.bar_lines(_SAMPLE_RATE)
    names = [*(str(number) for number in range(1, len(frames))), "End"]
    starts = [bar * section.bar_seconds for bar in range(len(frames) - 1)] + [section.exact_seconds]
    for name, start, frame, sample in zip(names, starts, frames, samples, strict=True):
        rows.writerow([name, f"{float(start):.6f}", frame, sample])
    return table.getvalue()


def edit_list(section: Section, fps: int, *, title: str) -> str:
    """A CMX 3600 edit decision list of one clip with a marker on each bar line, as DaVinci Resolve reads it."""
    frames = section.bar_lines(fps)
    lines = [f"TITLE: {_line(title)}", "FCM: NON-DROP FRAME", ""]
    for number, frame in enumerate(frames[:-1], start=1):
        one, next_one = (_timecode(HOUR * fps + at, fps) for at in (frame, frame + 1))
        lines += [
            f"{number:03d}  001      V     C        {one} {next_one} {one} {next_one}",
            f" |C:ResolveColorYellow |M:Bar {number} |D:1",
            "",
        ]
    return "\r\n".join(lines)


def tempo_map(section: Section) -> bytes:
    """A standard MIDI file of type 0 without notes: tempo, time signature and a marker on each bar line."""
    meter = section.meter
    quarters = Fraction(4 * meter.numerator, meter.denominator)
    track = mido.MidiTrack()
    track.append(mido.MetaMessage("set_tempo", tempo=round(section.bar_seconds / quarters * 1_000_000)))
    track.append(
        mido.MetaMessage(
            "time_signature",
            numerator=meter.numerator,
            denominator=meter.denominator,
            clocks_per_click=96 // meter.denominator,
        )
    )
    at = 0
    for bar in range(ceil(section.bars)):
        tick = round(bar * quarters * TICKS_A_QUARTER)
        track.append(mido.MetaMessage("marker", text=f"Bar {bar + 1}", time=tick - at))
        at = tick
    end = round(Fraction(section.bars) * quarters * TICKS_A_QUARTER)
    track.append(mido.MetaMessage("end_of_track", time=end - at))
    file = mido.MidiFile(type=0, ticks_per_beat=TICKS_A_QUARTER)
    file.tracks.append(track)
    written = io.BytesIO()
    file.save(file=written)
    return written.getvalue()


def canvas_loop(section: Section, fps: int, *, least: int = 3, most: int = 8) -> tuple[int, int]:
    """How many frames from the section's start loop within `least` to `most` seconds, and how often they are played.

    As many whole bars as fit; beats where a single bar is too long; a section that is too short is played again.
    """
    lines = [line for line in section.bar_lines(fps) if line <= most * fps]
    frames = max(lines)
    if frames < least * fps < section.frames(fps):
        frames = max(line for line in beat_lines(section, fps) if line <= most * fps)
    return frames, max(1, ceil(Fraction(least * fps, frames)))


def _timecode(frame: int, fps: int) -> str:
    seconds, rest = divmod(frame, fps)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{rest:02d}"


def _line(words: str) -> str:
    return " ".join(words.split())
