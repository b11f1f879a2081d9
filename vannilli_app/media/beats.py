"""The tempo of a track, and where its beats and bars begin.

Onsets that repeat give the tempo (autocorrelation, drawn a little to the middle of the range); the phase of the pulse
over the whole track makes it exact; dynamic programming lays the beats (Ellis, "Beat Tracking by Dynamic Programming",
2007), so that a band without a click is followed too.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from vannilli_app.errors import Invalid
from vannilli_app.media.onsets import RATE, STEP, WINDOW, Samples, listen, onsets

SLOWEST, FASTEST = 60.0, 200.0  # BPM, the bounds of a section
_SHORTEST = 4.0  # seconds
_PREFERRED, _OCTAVES = 115.0, 0.9  # where most music is, and how far from it
_EDGES_HZ = np.array([30, 90, 150, 250, 400, 630, 1000, 1600, 2500, 4000, 7900], np.float64)
_LOW_BANDS = 2  # of them, those of the kick and the bass
_RELATED = (1 / 3, 1 / 2, 2 / 3, 3 / 4, 4 / 3, 3 / 2, 2.0, 3.0)  # what a listener may count instead
_AUDIBLE = 0.02  # of the strongest repetition: below it nothing repeats
_TIGHTNESS = 400.0
_FAINT = 0.2  # of the median beat's onset
_HEARD_AFTER = WINDOW / RATE / 2 + 0.005  # seconds from a step's begin to the onset that it shows
_WEIGHTS = np.array([3, 3, 2, 1, 1, 1, 1, 1, 1, 1], np.float64)  # the beat is where the kick and the bass are


class NoBeat(Invalid):
    """No beat can be heard in this track. Type its tempo, or tap it."""

    code = "no_beat"


@dataclass(frozen=True, slots=True)
class Beats:
    """`bpm` counts the beats, 60 to 200; `beats` and `downbeats`, the firsts of the bars, are seconds.

    `confidence`, 0 to 1: how much of what repeats, repeats at this tempo. `alternatives`: what else may be counted,
    likeliest first.
    """

    bpm: float
    confidence: float
    beats: tuple[float, ...]
    downbeats: tuple[float, ...]
    alternatives: tuple[float, ...]


async def beats_of(path: Path, beats_per_bar: int = 4, *, most_seconds: float | None = None) -> Beats:
    """The beats of a file's first sound, of its first `most_seconds` only where that is given. Raises NoBeat,
    MediaFailed."""
    sound = await listen(path, most_seconds)
    return await asyncio.to_thread(find, sound, beats_per_bar)


def find(sound: Samples, beats_per_bar: int = 4) -> Beats:
    """The beats of mono sound at `RATE`, `beats_per_bar` in a bar. Raises NoBeat for silence and for less than 4 s."""
    if sound.size < _SHORTEST * RATE:
        raise NoBeat
    bands = np.maximum(0, onsets(sound, _EDGES_HZ))
    pulse = gaussian_filter1d(_WEIGHTS @ bands, 2.0)
    repeats = _repetition(pulse)
    coarse = _likeliest(repeats)
    bpm = _exactly(pulse, coarse)
    at = _lay(pulse, 60 / bpm / STEP)
    times = at * STEP + _HEARD_AFTER
    first = _first_of_bar(bands, at, beats_per_bar)
    return Beats(
        bpm=round(bpm, 2),
        confidence=_strength(repeats, bpm),
        beats=tuple(np.round(times, 4).tolist()),
        downbeats=tuple(np.round(times[first::beats_per_bar], 4).tolist()),
        alternatives=_alternatives(repeats, bpm),
    )


def _repetition(pulse: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much the onsets are like themselves so many steps later, 1 at 0. Raises NoBeat."""
    centred = pulse - pulse.mean()
    size = 1 << (2 * pulse.size - 1).bit_length()
    power = np.abs(np.fft.rfft(centred, size)) ** 2
    likeness = np.fft.irfft(power, size)[: round(8.2 * 60 / SLOWEST / STEP)]
    if likeness[0] < 1e-6:
        raise NoBeat
    overlap = 1 - np.arange(likeness.size) / pulse.size
    return np.asarray(likeness / likeness[0] / np.maximum(overlap, 0.2))


def _strength(repeats: NDArray[np.float64], bpm: float) -> float:
    """How much repeats after a beat and two, after a bar of three or four, and after two bars."""
    beat = 60 / bpm / STEP
    after = {
        n: float(repeats[round(beat * n) - 1 : round(beat * n) + 2].max(initial=0.0))
        for n in (1, 2, 3, 4, 6, 8)
    }
    found = (after[1], after[2], max(after[3], after[4]), max(after[6], after[8]))
    return float(np.clip(np.mean(found), 0, 1))


def _liking(bpm: float) -> float:
    return float(np.exp(-0.5 * (np.log2(bpm / _PREFERRED) / _OCTAVES) ** 2))


def _likeliest(repeats: NDArray[np.float64]) -> float:
    tempos = np.geomspace(SLOWEST, FASTEST, 400)
    scores = [_strength(repeats, bpm) * _liking(bpm) for bpm in tempos]
    if max(scores) < _AUDIBLE:
        raise NoBeat
    return float(tempos[int(np.argmax(scores))])


def _exactly(pulse: NDArray[np.float64], bpm: float) -> float:
    """The tempo near `bpm` at which the onsets and their off-beats agree most in phase over the whole track."""
    size = 1 << (16 * pulse.size - 1).bit_length()
    spectrum = np.abs(np.fft.rfft(pulse - pulse.mean(), size))
    tempos = np.arange(0.98 * bpm, 1.02 * bpm, 0.005)
    per_bin = 60 / (size * STEP)
    pull = sum(spectrum[np.round(tempos * harmonic / per_bin).astype(int)] for harmonic in (1, 2, 4))
    return float(np.clip(tempos[int(np.argmax(pull))], SLOWEST, FASTEST))


def _lay(pulse: NDArray[np.float64], beat: float) -> NDArray[np.float64]:
    """The steps of the beats: on strong onsets, and about `beat` steps apart."""
    smooth = gaussian_filter1d(pulse, beat / 32)
    smooth /= smooth.std() + 1e-12
    lags = np.arange(round(beat / 2), round(beat * 2) + 1)
    cost = -_TIGHTNESS * np.log(lags / beat) ** 2
    score, before = smooth.copy(), np.full(pulse.size, -1)
    for step in range(lags[0], pulse.size):
        reach = lags[: np.searchsorted(lags, step, side="right")]
        candidates = score[step - reach] + cost[: reach.size]
        best = int(np.argmax(candidates))
        if candidates[best] > 0:
            score[step] += candidates[best]
            before[step] = step - reach[best]
    tail = max(0, pulse.size - round(beat))
    laid = [tail + int(np.argmax(score[tail:]))]
    while before[laid[-1]] >= 0:
        laid.append(int(before[laid[-1]]))
    return _heard(smooth, np.array(laid[::-1]))


def _heard(smooth: NDArray[np.float64], beats: NDArray[np.int_]) -> NDArray[np.float64]:
    """Without those before the music begins and after it has ended."""
    loud = np.flatnonzero(smooth[beats] > _FAINT * np.median(smooth[beats]))
    return np.asarray(beats[loud[0] : loud[-1] + 1], np.float64) if loud.size else beats.astype(np.float64)


def _first_of_bar(bands: NDArray[np.float64], beats: NDArray[np.float64], beats_per_bar: int) -> int:
    """Which of the first beats begins a bar: where bass and kick come in, and where the harmony changes."""
    steps = np.clip(beats.astype(int), 0, bands.shape[1] - 1)
    near = np.stack([bands[:, np.clip(steps + shift, 0, bands.shape[1] - 1)] for shift in range(-4, 5)]).max(
        0
    )
    weight = near[:_LOW_BANDS].sum(axis=0) + near.mean(axis=0)
    weight[:1] *= 1 + beats_per_bar  # music tends to begin at a bar
    means = [
        weight[phase::beats_per_bar].mean() if phase < weight.size else 0.0 for phase in range(beats_per_bar)
    ]
    return int(np.argmax(means))


def _alternatives(repeats: NDArray[np.float64], bpm: float) -> tuple[float, ...]:
    related = [bpm * ratio for ratio in _RELATED if SLOWEST - 0.5 <= bpm * ratio <= FASTEST + 0.5]
    return tuple(
        round(one, 2) for one in sorted(related, key=lambda one: -_strength(repeats, one) * _liking(one))
    )
