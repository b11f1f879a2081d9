"""A performance of which every instant is known, brought all the way to the file that is delivered, and measured there.

Each frame carries its number, so each is a flash of its own; the track clicks on every bar. The camera's clock drifts
and its rate wavers, the microphone hears the track through a loudspeaker, and the section is made in pieces, each of
its own colour, so that the file shows where they meet.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise, product
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from tests.media import makers
from vannilli_app.media import cut, finish, join, sync
from vannilli_app.music.segments import Piece, plan
from vannilli_app.music.tempo import Meter, Section

RATE = 48_000
LATENCY, DRIFT = 0.2371, 200e-6
CLOCK_OFF = 0.03  # seconds by which the recorder noted it wrongly
TRACK_STARTS = Fraction(3, 4)  # of the section in the uploaded track, seconds
TAKES_SECONDS = 10.0  # of a provider at the most
SIZE = (180, 320)
ENDS_SECONDS = 2.0
CLICK = np.sin(2 * np.pi * 3000 * np.arange(480) / RATE) * np.exp(-np.arange(480) / 60)
COLOURS = ("0xC03020", "0x2030C0")

BPMS = ("60", "93.5", "140", "200")
RATES = (24, 25, 30)
METERS = ("4/4", "3/4", "7/8")


@dataclass(frozen=True)
class Case:
    """A section, how many frames a second it is delivered at, and how many the camera takes."""

    bpm: str
    time_signature: str
    fps: int
    bars: int = 32
    camera_fps: int = 30

    @property
    def section(self) -> Section:
        return Section(Decimal(self.bpm), Decimal(self.bars), Meter.parse(self.time_signature))


GRID = [Case(bpm, signature, fps) for bpm, fps, signature in product(BPMS, RATES, METERS)]


@dataclass(frozen=True)
class Measured:
    """What a delivered file says. `lags` are seconds that each frame of the first and the last two seconds comes later
    than the sound of the same instant; `off` is how many frames each change of piece is away from its bar line."""

    frames: int
    wanted: int
    lags: tuple[NDArray[np.float64], NDArray[np.float64]]
    off: list[float]

    @property
    def lag(self) -> float:
        """Flash against click: the larger of both ends' means, in seconds."""
        return max(abs(float(end.mean())) for end in self.lags)

    @property
    def worst(self) -> float:
        """Of any single frame, with what the grids of camera and file do not share."""
        return max(float(np.abs(end).max()) for end in self.lags)


async def deliver(case: Case, folder: Path) -> Measured:
    """Film it, bring it through every step that a video takes, and measure the file."""
    section, fps = case.section, Fraction(case.fps)
    times = _perform(folder, section, case.camera_fps)
    sound, take = folder / "sound.wav", folder / "take.mp4"
    await cut.cut_track(
        folder / "track.wav", sound, start_seconds=TRACK_STARTS, seconds=section.exact_seconds
    )
    heard = await sync.align(sound, take, clock_seconds=LATENCY + CLOCK_OFF)
    assert heard.method == "bleed"
    await cut.prepare_driver(
        take,
        folder / "driver.mp4",
        start_seconds=Fraction(heard.seconds).limit_denominator(100_000),
        stretch=1 + Fraction(heard.drift).limit_denominator(1_000_000),
        seconds=Fraction(section.frames(case.fps), case.fps),
        fps=fps,
    )
    pieces = plan(section, fps=case.fps, min_seconds=3, max_seconds=TAKES_SECONDS)
    parts = [_made(folder, number, piece) for number, piece in enumerate(pieces)]
    await join.join(parts, folder / "whole.mp4", size=SIZE, fps=fps)
    files = await finish.finish(
        folder / "whole.mp4",
        sound,
        folder,
        size=SIZE,
        fps=fps,
        frames=section.frames(case.fps),
        watermark=False,
        marking=makers.marking(folder),
    )
    return _measure(files.final, case, times)


def _perform(folder: Path, section: Section, camera_fps: int) -> list[float]:
    """Write track and take; gives the instant of the section at which each frame was filmed."""
    random, length = np.random.default_rng(7), float(section.exact_seconds)
    before, after = np.zeros(round(TRACK_STARTS * RATE)), np.zeros(RATE)
    track = np.concatenate([before, _section_sound(section), after])
    makers.wav(folder / "track.wav", np.asarray(track, np.float32), RATE)
    frames = round((LATENCY + length * (1 + DRIFT) + 0.3) * camera_fps)
    filmed = np.arange(frames) / camera_fps + random.uniform(0, 0.002, frames)
    filmed[0] = 0
    at = np.arange(round(filmed[-1] * RATE)) / RATE
    bleed = np.interp((at - LATENCY) / (1 + DRIFT) + float(TRACK_STARTS), np.arange(track.size) / RATE, track)
    heard = 0.1 * bleed + 0.001 * random.normal(size=at.size)
    makers.film(folder / "take.mp4", times=filmed.tolist(), size=SIZE, sound=np.asarray(heard, np.float32))
    return list((filmed - LATENCY) / (1 + DRIFT))


def _section_sound(section: Section) -> NDArray[np.float64]:
    """A beat, and a click on every bar line."""
    sound = 0.4 * makers.music(float(section.exact_seconds), RATE, bpm=float(section.bpm)).astype(np.float64)
    for line in section.bar_lines(RATE)[:-1]:
        room = sound[line : line + CLICK.size]
        room += 0.6 * CLICK[: room.size]
    return sound


def _made(folder: Path, number: int, piece: Piece) -> join.Part:
    """What a provider makes of a piece: the performance itself, with the piece's colour across its top."""
    path = folder / f"piece-{number}.mp4"
    last = piece.take_first + piece.take_frames
    paint = f"drawbox=w=iw:h=ih/5:color={COLOURS[number % 2]}:t=fill"
    cut_out = f"trim=start_frame={piece.take_first}:end_frame={last},setpts=PTS-STARTPTS"
    encoder = ("-c:v", "libx264", "-preset", "ultrafast", "-an")
    makers.ffmpeg("-i", folder / "driver.mp4", "-vf", f"{cut_out},{paint}", *encoder, path)
    return join.Part(path, piece.first_frame - piece.take_first, piece.frames)


def _measure(final: Path, case: Case, times: list[float]) -> Measured:
    shown, filmed, reds = [], [], []
    with av.open(str(final)) as container:
        for frame in container.decode(video=0):
            picture = frame.to_ndarray(format="rgb24")
            shown.append(float(frame.time or 0))
            filmed.append(times[makers.number_of(picture)])
            reds.append(bool(picture[20, SIZE[0] // 2, 0] > picture[20, SIZE[0] // 2, 2]))
    late = np.array(shown) - np.array(filmed)
    lines = np.array([float(bar * case.section.bar_seconds) for bar in range(case.bars)])
    clicks = _clicks(final, lines)
    ends = np.array(shown) < ENDS_SECONDS, np.array(shown) >= shown[-1] - ENDS_SECONDS
    off = [
        float(np.abs(place - lines * case.fps).min())
        for place, (one, other) in enumerate(pairwise(reds), start=1)
        if one != other
    ]
    return Measured(
        frames=len(shown),
        wanted=case.section.frames(case.fps),
        lags=(late[ends[0]] - clicks[0], late[ends[1]] - clicks[-1]),
        off=off,
    )


def _clicks(final: Path, lines: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much later than its bar line each click is heard in the file, in seconds."""
    rate, sound = makers.sound(final)
    assert rate == RATE
    reach = round(0.02 * RATE)
    padded = np.pad(sound, reach)
    found = []
    for line in np.round(lines * RATE).astype(int):
        likeness = np.correlate(padded[line : line + 2 * reach + CLICK.size], CLICK, "valid")
        found.append((int(np.argmax(likeness)) - reach) / RATE)
    return np.array(found)
