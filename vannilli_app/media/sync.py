"""Where the track lies in a recorded performance, heard through the microphone.

Onsets in bands of pitch survive a phone's loudspeaker, the room and a voice on top; the waveform does not. So the
onset envelopes of both are correlated first, which finds the place to some hundredths of a second. Then the path from
the track to the microphone is estimated (its impulse response, by the averaged cross spectrum over the track's own:
the H1 estimator of Welch's method): its sharpest peak is the direct sound. Two devices' clocks differ by some parts in
a million, which would blur that peak: it is looked for along every drift that clocks have.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vannilli_app.media.onsets import RATE, STEP, Samples, listen, onsets, steps_of
from vannilli_app.media.probe import probe

_BANDS = np.geomspace(200.0, 6000.0, 25)
# Robust deviations above what chance gives: measured on unrelated music, whose best lag reaches 5 to 7.
_CHANCE, _CERTAIN = 8.0, 20.0
_AS_HIGH, _MOST_PEAKS, _APART = 0.7, 8, round(0.1 / STEP)  # of the best score; steps
_AS_LIKELY = (
    0.6  # of the likeliest, by onsets and clarity: what is played again is as likely, and the clock decides
)
TRUSTED = 0.25
_LATER = 1.0  # seconds that the track may last longer in the performance, by the room and the drift

_PIECE = RATE  # samples
_REACH = round(0.04 * RATE)  # samples to each side of the coarse lag
_MOST_DRIFT = 400e-6
_QUIET = 0.01  # of the track's mean spectrum: what it does not play says nothing
# The peak of the direct sound over the rest, in deviations: chance reaches 6 among so many lags and drifts.
_BLURRED, _SHARP = 7.0, 14.0
_AS_LOUD, _WIDE, _CLOSE = 0.8, round(0.001 * RATE), round(0.004 * RATE)  # of the highest peak; samples
_CLEAR = 0.4  # of the direct sound, over what comes before it: no room sounds before it was played
_NEARER = 0.1  # seconds that the clock must be nearer to one than to another that is as likely


@dataclass(frozen=True, slots=True)
class Offset:
    """What is heard at `t` in the track is heard at `seconds + t * (1 + drift)` in the performance.

    `confidence` is 0 to 1. `bleed`: heard by the microphone. `clock`: not heard (headphones), so the recorder's
    own clock is believed and the confidence is that of the listening.
    """

    seconds: float
    confidence: float
    method: Literal["bleed", "clock"]
    drift: float = 0.0

    @property
    def margin_ms(self) -> int:
        """How far off it may be: what `tests/media/test_sync.py` measures where the track was heard, else what a
        phone's loudspeaker is late by without its clock knowing."""
        return 5 if self.method == "bleed" else 200


async def align(
    track: Path, performance: Path, *, clock_seconds: float = 0.0, search_seconds: float = 5.0
) -> Offset:
    """Find the track in the performance within `search_seconds` around the recorder's own `clock_seconds`. No more of
    the performance is listened to than that needs; the track, all of it.

    Raises `Unreadable` when a file cannot be read, `MediaFailed`.
    """
    infos = [await probe(path) for path in (track, performance)]
    if not all(info.has_audio for info in infos):
        return Offset(clock_seconds, 0.0, "clock")
    played = await listen(track)
    ends = max(clock_seconds, 0.0) + search_seconds + played.size / RATE + _LATER
    caught = await listen(performance, ends)
    heard = await asyncio.to_thread(estimate, played, caught, around=clock_seconds, within=search_seconds)
    return heard if heard.confidence >= TRUSTED else Offset(clock_seconds, heard.confidence, "clock")


def estimate(track: Samples, performance: Samples, *, around: float, within: float) -> Offset:
    """The likeliest offset within `within` seconds around `around`, of mono sound at `RATE`."""
    scores = _correlate(_onsets(track), _onsets(performance))
    lags = np.arange(scores.size) - (steps_of(track) - 1)
    near = np.abs(lags * STEP - around) <= within
    if not near.any() or not scores.any():
        return Offset(around, 0.0, "bleed")
    centre = float(np.median(scores))
    spread = float(np.median(np.abs(scores - centre))) * 1.4826 + 1e-12
    places = _peaks(np.where(near, scores - centre, 0), np.abs(lags * STEP - around))
    sounds = [_direct_sound(track, performance, float(lags[place]) * STEP) for place in places]
    likeness = np.array([sound.peak for sound in sounds]) * (scores[places] - centre)
    likely = np.flatnonzero(likeness >= _AS_LIKELY * likeness.max())
    chosen = min(likely, key=lambda one: abs(sounds[one].seconds - around))
    place, sound = places[chosen], sounds[chosen]
    height = (float(scores[place]) - centre) / spread
    away = np.sort([abs(sounds[one].seconds - around) for one in likely])
    sure = min(
        (height - _CHANCE) / (_CERTAIN - _CHANCE),
        (sound.peak - _BLURRED) / (_SHARP - _BLURRED),
        sound.clear / _CLEAR,
        (away[1] - away[0]) / _NEARER if away.size > 1 else 1.0,
    )
    return Offset(sound.seconds, float(np.clip(sure, 0, 1)), "bleed", sound.drift)


def _peaks(scores: NDArray[np.float64], away: NDArray[np.float64]) -> list[int]:
    """The highest and what is nearly as high, for a loop is like itself a beat or a bar later; the nearest to the
    clock, which is `away` seconds."""
    left = scores.copy()
    least = _AS_HIGH * float(left.max())
    found: list[int] = []
    while (highest := int(np.argmax(left))) not in found and left[highest] >= least:
        found.append(highest)
        left[max(0, highest - _APART) : highest + _APART] = 0
    return sorted(found, key=lambda place: float(away[place]))[:_MOST_PEAKS]


@dataclass(frozen=True, slots=True)
class _Sound:
    """The direct sound: when it is heard in the performance, how it drifts, how far it stands out, in deviations, and
    how far (0 to 1) above all that is heard before it."""

    seconds: float
    drift: float
    peak: float
    clear: float


def _direct_sound(track: Samples, performance: Samples, coarse: float) -> _Sound:
    """The sharpest peak of the way from the track to the microphone around `coarse` seconds, over every drift."""
    middles, responses = _responses(track, performance, coarse)
    if not middles.size:
        return _Sound(coarse, 0.0, 0.0, 0.0)
    centre = float(middles.mean())
    span = float(np.abs(middles - centre).max())
    most = round(_MOST_DRIFT * span * RATE)
    best: NDArray[np.float64] = np.zeros(2 * _REACH + 1)
    shift = 0
    for tried in range(-most, most + 1):  # samples that the drift makes over half of the performance
        shifts = np.round(tried * (middles - centre) / span).astype(int) if span else np.zeros(1, int)
        heights = np.abs(_summed(responses, shifts))
        if heights.max() > best.max():
            best, shift = heights, tried
    at = _first_arrival(best)
    early = float(best[: max(0, at - _CLOSE)].max(initial=0.0))
    drift = shift / span / RATE if span else 0.0
    noise = float(responses.std()) * np.sqrt(len(responses)) + 1e-12
    peak = float(best[at])
    return _Sound(
        coarse + (at - _REACH) / RATE - drift * centre, drift, peak / noise, 1 - early / (peak + 1e-12)
    )


def _first_arrival(heights: NDArray[np.float64]) -> int:
    """The first peak that is about as high as the highest: a wall may be louder than the loudspeaker, but never
    sooner."""
    first = int(np.argmax(heights >= _AS_LOUD * heights.max()))
    return first + int(np.argmax(heights[first : first + _WIDE]))


def _responses(
    track: Samples, performance: Samples, coarse: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The middles of the pieces of the track that the performance has, in seconds of the track, and for each the part
    of the impulse response around `coarse` that it contributes: pieces x lags."""
    most = round(_MOST_DRIFT * track.size)
    keep = np.arange(-_REACH - most, _REACH + most + 1)
    shift = round(coarse * RATE)
    first, last = max(0, -shift), min(track.size, performance.size - shift)
    starts = np.arange(first, last - _PIECE + 1, _PIECE)
    if not starts.size:
        return np.empty(0), np.empty((0, keep.size))
    window = np.hanning(_PIECE).astype(np.float32)
    size = 2 * _PIECE
    played = np.fft.rfft(np.stack([track[at : at + _PIECE] * window for at in starts]), size)
    caught = np.fft.rfft(np.stack([performance[at + shift :][:_PIECE] * window for at in starts]), size)
    power = (np.abs(played) ** 2).mean(axis=0)
    pitch = np.fft.rfftfreq(size, 1 / RATE)
    band = (pitch > _BANDS[0]) & (pitch < _BANDS[-1])
    weight = band / (power + _QUIET * power[band].mean() + 1e-12)
    found = np.fft.irfft(np.conj(played) * caught * weight, size)[:, keep % size]
    return (starts + _PIECE / 2) / RATE, np.asarray(found)


def _summed(responses: NDArray[np.float64], shifts: NDArray[np.int_]) -> NDArray[np.float64]:
    """The responses within `_REACH` of their middle, each read so many lags later, and added up."""
    first = responses.shape[1] // 2 - _REACH
    total = np.zeros(2 * _REACH + 1)
    for response, shift in zip(responses, shifts, strict=True):
        total += response[first + shift : first + shift + total.size]
    return total


def _onsets(sound: Samples) -> NDArray[np.float32]:
    """Bands x steps, every band as loud as the others."""
    rise = onsets(sound, _BANDS)
    return np.asarray(rise / (rise.std(axis=1, keepdims=True) + 1e-9), np.float32)


def _correlate(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float64]:
    """Summed over the bands: entry k is the likeness at lag k - (steps of `one` - 1)."""
    length = one.shape[1] + other.shape[1] - 1
    size = _power_of_two(length)
    product = (np.conj(np.fft.rfft(one, size, axis=1)) * np.fft.rfft(other, size, axis=1)).sum(axis=0)
    return np.asarray(np.roll(np.fft.irfft(product, size), one.shape[1] - 1)[:length], np.float64)


def _power_of_two(least: int) -> int:
    return 1 << (least - 1).bit_length()
