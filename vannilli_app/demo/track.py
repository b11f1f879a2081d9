"""The demo's song: a synthesised groove of known tempo with drums, bass and chords."""

import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vannilli_app.engine.array import Array

RATE = 44_100
BEATS_A_BAR = 4
# A minor, F, C, G: the notes of each bar's chord as semitones above A2 (110 Hz).
CHORDS = ((0, 3, 7, 12), (-4, 0, 3, 8), (3, 7, 10, 15), (-2, 2, 5, 10))
BASS_EIGHTHS = (1, 0, 1, 1, 0, 1, 0, 1)
PEAK = 0.7  # of full scale


@dataclass(frozen=True)
class Track:
    """A rendered song: its WAV file, tempo, length in seconds and the times of its beats, the first at 0 s."""

    path: Path
    bpm: float
    seconds: float
    beats: Array


def write(path: Path, *, bpm: float = 120.0, bars: int = 8) -> Track:
    """Writes `bars` bars in 4/4 at `bpm` as a 44.1 kHz 16-bit stereo WAV file; the same bytes at every call."""
    samples = synthesise(bpm, bars)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.round(samples * 32767).astype("<i2").tobytes())
    beats = np.arange(bars * BEATS_A_BAR) * 60 / bpm
    return Track(path, bpm, len(samples) / RATE, beats)


def synthesise(bpm: float, bars: int) -> Array:
    """The song's samples (N, 2), float32 between -1 and 1."""
    beat = 60 / bpm
    song = np.zeros((round(bars * BEATS_A_BAR * beat * RATE), 2), np.float32)
    kick, snare, hat, open_hat = _kick(), _snare(), _hat(0.03), _hat(0.12)
    for bar in range(bars):
        start = bar * BEATS_A_BAR * beat
        chord = CHORDS[bar % len(CHORDS)]
        _mix(song, _pad(chord, BEATS_A_BAR * beat), start, 0.16)
        for eighth, played in enumerate(BASS_EIGHTHS):
            at = start + eighth * beat / 2
            if played:
                _mix(song, _bass(chord[0] - 12, beat / 2), at, 0.42)
            _mix(song, open_hat if eighth % 4 == 3 else hat, at, 0.20, pan=0.3)
        for number in range(BEATS_A_BAR):
            at = start + number * beat
            _mix(song, kick, at, 0.95)
            if number % 2:
                _mix(song, snare, at, 0.55)
            _mix(song, _pluck(chord[number] + 24, beat), at + beat / 2, 0.16, pan=-0.4)
    return np.asarray(song * (PEAK / np.abs(song).max()), np.float32)


def _mix(song: Array, sound: Array, at: float, gain: float, pan: float = 0.0) -> None:
    """Adds a mono sound at a time in seconds; `pan` is -1 (left) to 1 (right)."""
    start = round(at * RATE)
    length = max(0, min(len(sound), len(song) - start))
    sides = np.array([min(1.0, 1 - pan), min(1.0, 1 + pan)], np.float32) * np.float32(gain)
    song[start : start + length] += sound[:length, None] * sides


def _time(seconds: float) -> Array:
    return np.arange(round(seconds * RATE), dtype=np.float32) / np.float32(RATE)


def _pitch(semitones: float) -> float:
    return float(110.0 * 2 ** (semitones / 12))


def _kick() -> Array:
    t = _time(0.35)
    # A sine that falls from 150 to 48 Hz; the first milliseconds click.
    phase = 48 * t + (150 - 48) / 28 * (1 - np.exp(-28 * t))
    return np.asarray(np.sin(2 * np.pi * phase) * np.exp(-9 * t) + 0.5 * np.exp(-900 * t), np.float32)


def _noise(count: int, seed: int) -> Array:
    return np.random.default_rng(seed).uniform(-1, 1, count).astype(np.float32)


def _snare() -> Array:
    t = _time(0.25)
    body = np.sin(2 * np.pi * 190 * t) * np.exp(-28 * t)
    return np.asarray(0.5 * body + 0.8 * _noise(len(t), 1) * np.exp(-17 * t), np.float32)


def _hat(decay: float) -> Array:
    t = _time(5 * decay)
    bright = np.diff(_noise(len(t) + 2, 2), 2)  # twice differenced: only the highs are left
    return np.asarray(0.4 * bright * np.exp(-t / decay), np.float32)


def _bass(semitones: float, seconds: float) -> Array:
    t = _time(seconds * 0.92)
    tone = sum(np.sin(2 * np.pi * _pitch(semitones) * n * t) / n**1.6 for n in range(1, 6))
    return np.asarray(tone * np.minimum(1, 200 * t) * np.exp(-3 * t) * _release(t, 0.02), np.float32)


def _pad(semitones: Sequence[float], seconds: float) -> Array:
    t = _time(seconds)
    tone = np.zeros_like(t)
    for note in semitones:
        for detune in (0.997, 1.003):
            pitch = _pitch(note + 12) * detune
            tone += sum(np.sin(2 * np.pi * pitch * n * t) / n**2 for n in range(1, 5))
    swell = np.minimum(1, t / 0.08) * _release(t, 0.1)
    return np.asarray(tone * swell / len(semitones), np.float32)


def _pluck(semitones: float, seconds: float) -> Array:
    t = _time(seconds)
    tone = np.sin(
        2 * np.pi * _pitch(semitones) * t + 1.5 * np.exp(-9 * t) * np.sin(4 * np.pi * _pitch(semitones) * t)
    )
    return np.asarray(tone * np.exp(-7 * t) * np.minimum(1, 400 * t) * _release(t, 0.02), np.float32)


def _release(t: Array, seconds: float) -> Array:
    return np.asarray(np.clip((t[-1] - t) / seconds, 0, 1))
