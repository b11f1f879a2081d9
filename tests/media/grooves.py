"""Grooves of known tempo in many styles, synthesised: where each beat lies is known to the sample."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import signal

RATE = 16_000
Sound = NDArray[np.float64]


@dataclass(frozen=True)
class Groove:
    """A style's name, its tempo, and the sound; beat n of `beats_per_bar` lies at `lead + n * 60 / bpm` seconds."""

    name: str
    bpm: float
    sound: NDArray[np.float32]
    lead: float
    beats_per_bar: int


@dataclass(frozen=True)
class Hit:
    """Something that is played in every bar, at these places in beats."""

    voice: Callable[[np.random.Generator], Sound]
    at: tuple[float, ...]
    gain: float = 1.0


def _noise(random: np.random.Generator, seconds: float, decay: float, low: float, high: float) -> Sound:
    t = np.arange(round(seconds * RATE)) / RATE
    band = signal.butter(2, [low, high], "band", fs=RATE, output="sos")
    return np.asarray(signal.sosfilt(band, random.normal(size=t.size)) * np.exp(-t / decay))


def kick(_: np.random.Generator) -> Sound:
    t = np.arange(round(0.3 * RATE)) / RATE
    return np.asarray(1.4 * np.sin(2 * np.pi * (50 * t + 3 * (1 - np.exp(-30 * t)))) * np.exp(-10 * t))


def snare(random: np.random.Generator) -> Sound:
    return _noise(random, 0.2, 0.06, 300, 7000) * 1.2


def clap(random: np.random.Generator) -> Sound:
    return _noise(random, 0.2, 0.08, 900, 4000) * 1.4


def hat(random: np.random.Generator) -> Sound:
    return _noise(random, 0.06, 0.02, 5000, 7800) * 0.7


def shaker(random: np.random.Generator) -> Sound:
    soft = _noise(random, 0.08, 0.03, 3500, 7800)
    return soft * np.minimum(1, np.arange(soft.size) / (0.015 * RATE)) * 0.6


def rim(_: np.random.Generator) -> Sound:
    t = np.arange(round(0.05 * RATE)) / RATE
    return np.asarray(np.sin(2 * np.pi * 1700 * t) * np.exp(-t / 0.008))


def note(
    semitones: float, seconds: float = 0.4, attack: float = 0.004
) -> Callable[[np.random.Generator], Sound]:
    def play(_: np.random.Generator) -> Sound:
        t = np.arange(round(seconds * RATE)) / RATE
        pitch = 110 * 2 ** (semitones / 12)
        tone = sum(np.sin(2 * np.pi * pitch * k * t) / k**1.5 for k in range(1, 6))
        end = np.clip((seconds - t) / 0.03, 0, 1)
        return np.asarray(0.4 * tone * np.minimum(1, t / attack) * np.exp(-2 * t / seconds) * end)

    return play


def chord(
    *semitones: float, seconds: float = 0.5, attack: float = 0.01
) -> Callable[[np.random.Generator], Sound]:
    notes = [note(one, seconds, attack) for one in semitones]
    return lambda random: np.asarray(sum(one(random) for one in notes) * 0.6)


EIGHTHS = tuple(n / 2 for n in range(8))
SIXTEENTHS = tuple(n / 4 for n in range(16))
SWUNG = tuple(n + part for n in range(4) for part in (0, 2 / 3))
BASS = Hit(note(-12), (0, 1.5, 2.5))
MINOR, MAJOR = (0, 3, 7), (0, 4, 7)

STYLES: dict[str, tuple[int, tuple[Hit, ...]]] = {
    "house": (
        4,
        (
            Hit(kick, (0, 1, 2, 3)),
            Hit(clap, (1, 3)),
            Hit(hat, (0.5, 1.5, 2.5, 3.5)),
            Hit(chord(*MINOR), (0.5, 2.5)),
        ),
    ),
    "rock": (
        4,
        (Hit(kick, (0, 2, 2.5)), Hit(snare, (1, 3)), Hit(hat, EIGHTHS), Hit(note(-12), EIGHTHS, 0.7)),
    ),
    "boom bap": (4, (Hit(kick, (0, 0.75, 2.5)), Hit(snare, (1, 3)), Hit(hat, SWUNG, 0.8), BASS)),
    "trap": (
        4,
        (
            Hit(kick, (0, 0.75, 2.25)),
            Hit(clap, (2,)),
            Hit(hat, SIXTEENTHS, 0.7),
            Hit(note(-24, 1.2), (0, 2.25)),
        ),
    ),
    "drum and bass": (
        4,
        (Hit(kick, (0, 2.5)), Hit(snare, (1, 3)), Hit(hat, EIGHTHS), Hit(shaker, SIXTEENTHS), BASS),
    ),
    "waltz": (
        3,
        (Hit(kick, (0,)), Hit(note(-12, 0.8), (0,)), Hit(chord(*MAJOR), (1, 2)), Hit(shaker, (1, 2))),
    ),
    "shuffle": (4, (Hit(kick, (0, 2)), Hit(snare, (1, 3)), Hit(hat, SWUNG), Hit(note(-12), SWUNG, 0.7))),
    "reggae": (
        4,
        (
            Hit(kick, (2,)),
            Hit(rim, (2,)),
            Hit(chord(*MINOR, seconds=0.2), (0.5, 1.5, 2.5, 3.5)),
            Hit(hat, EIGHTHS, 0.6),
            Hit(note(-12), (0, 0.75, 2)),
        ),
    ),
    "ballad": (
        4,
        (
            Hit(chord(*MAJOR, seconds=1.8, attack=0.02), (0,)),
            Hit(note(12), (0, 1, 2, 3), 0.6),
            Hit(note(16), (0.5, 1.5, 2.5, 3.5), 0.5),
        ),
    ),
    "arpeggio": (
        4,
        (
            Hit(note(0), (0, 2)),
            Hit(note(3), (0.5, 2.5)),
            Hit(note(7), (1, 3)),
            Hit(note(12), (1.5, 3.5)),
            Hit(note(-12, 1.5), (0,)),
        ),
    ),
    "bossa": (
        4,
        (
            Hit(kick, (0, 1.5, 2, 3.5), 0.8),
            Hit(rim, (0, 1.5, 3)),
            Hit(shaker, EIGHTHS),
            Hit(chord(*MAJOR), (0, 1.5, 2.5)),
        ),
    ),
    "techno": (
        4,
        (
            Hit(kick, (0, 1, 2, 3)),
            Hit(hat, (0.5, 1.5, 2.5, 3.5)),
            Hit(shaker, SIXTEENTHS),
            Hit(note(-12, 0.15), (0.25, 0.5, 0.75, 1.25, 1.5, 1.75, 2.25, 2.5, 2.75, 3.25, 3.5, 3.75)),
        ),
    ),
    "ukulele": (4, (Hit(chord(*MAJOR, seconds=0.3), (0, 1, 1.5, 2.5, 3, 3.5)), Hit(clap, (1, 3), 0.5))),
    "metal": (
        4,
        (
            Hit(kick, EIGHTHS),
            Hit(snare, (1, 3)),
            Hit(chord(-12, -5, seconds=0.2), SIXTEENTHS, 0.8),
            Hit(hat, (0, 1, 2, 3)),
        ),
    ),
    "click": (4, (Hit(rim, (0, 1, 2, 3)), Hit(rim, (0,)))),
}


def groove(
    style: str, bpm: float, *, bars: int = 8, lead: float = 0.3, loose: float = 0.0, seed: int = 1
) -> Groove:
    """So many bars of a style. `loose`: the players' standard deviation in seconds, of every hit."""
    beats_per_bar, hits = STYLES[style]
    random = np.random.default_rng(seed)
    beat = 60 / bpm
    sound = np.zeros(round((lead + bars * beats_per_bar * beat + 0.5) * RATE))
    for bar in range(bars):
        for hit in hits:
            for place in hit.at:
                _put(
                    sound, hit, lead + (bar * beats_per_bar + place) * beat + random.normal() * loose, random
                )
    sound += 0.001 * random.normal(size=sound.size)
    return Groove(style, bpm, np.asarray(sound / np.abs(sound).max() * 0.7, np.float32), lead, beats_per_bar)


def _put(sound: Sound, hit: Hit, seconds: float, random: np.random.Generator) -> None:
    played = hit.voice(random) * hit.gain * random.uniform(0.85, 1.0)
    start = max(0, round(seconds * RATE))
    room = sound[start : start + played.size]
    room += played[: room.size]
