"""Where the track lies in a recorded performance, heard through the microphone.

Onsets in bands of pitch survive a phone's loudspeaker, the room and a voice on top; the waveform does not. So the
onset envelopes of both are correlated first, and the waveforms only refine the best lag, by the generalised
cross-correlation with phase transform (Knapp and Carter, 1976).
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vannilli_app.media import ffmpeg
from vannilli_app.media.probe import probe

RATE = 16_000
_HOP = 80
_WINDOW = 512
_BANDS = np.geomspace(200.0, 6000.0, 25)
_REFINE_SECONDS = 0.012
# Robust deviations above what chance gives: measured on unrelated music, whose best lag reaches 5 to 7.
_CHANCE, _CERTAIN = 8.0, 20.0
_TRUSTED = 0.25

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Offset:
    """What is heard at `t` in the track is heard at `t + seconds` in the performance.

    `confidence` is 0 to 1. `bleed`: heard by the microphone. `clock`: not heard (headphones), so the recorder's
    own clock is believed and the confidence is that of the listening.
    """

    seconds: float
    confidence: float
    method: Literal["bleed", "clock"]


async def align(
    track: Path, performance: Path, *, clock_seconds: float = 0.0, search_seconds: float = 5.0
) -> Offset:
    """Find the track in the performance within `search_seconds` around the recorder's own `clock_seconds`.

    Raises `Unreadable` when a file cannot be read, `MediaFailed`.
    """
    infos = [await probe(path) for path in (track, performance)]
    if not all(info.has_audio for info in infos):
        return Offset(clock_seconds, 0.0, "clock")
    heard = estimate(
        await _listen(track), await _listen(performance), around=clock_seconds, within=search_seconds
    )
    return heard if heard.confidence >= _TRUSTED else Offset(clock_seconds, heard.confidence, "clock")


def estimate(track: Samples, performance: Samples, *, around: float, within: float) -> Offset:
    """The likeliest offset within `within` seconds around `around`, of mono sound at `RATE`."""
    step = _HOP / RATE
    scores = _correlate(_onsets(track), _onsets(performance))
    lags = np.arange(scores.size) - (_frames(track) - 1)
    near = np.abs(lags * step - around) <= within
    if not near.any() or not scores.any():
        return Offset(around, 0.0, "bleed")
    centre = float(np.median(scores))
    spread = float(np.median(np.abs(scores - centre))) * 1.4826 + 1e-12
    best = int(np.flatnonzero(near)[np.argmax(scores[near])])
    height = (float(scores[best]) - centre) / spread
    confidence = float(np.clip((height - _CHANCE) / (_CERTAIN - _CHANCE), 0, 1))
    return Offset(_refine(track, performance, float(lags[best]) * step), confidence, "bleed")


async def _listen(path: Path) -> Samples:
    with tempfile.TemporaryDirectory(prefix="vannilli-") as folder:
        raw = Path(folder) / "sound"
        arguments = [*ffmpeg.source(path), "-map", "0:a:0", "-af", "aresample=async=1:first_pts=0"]
        await ffmpeg.run([*arguments, "-ac", "1", "-ar", str(RATE), "-f", "f32le", ffmpeg.target(raw)])
        return np.fromfile(raw, np.float32)


def _frames(sound: Samples) -> int:
    return 1 + max(0, sound.size - _WINDOW) // _HOP


def _onsets(sound: Samples) -> NDArray[np.float32]:
    """Bands x frames: how much louder each band became, in log amplitude, around its local mean."""
    padded = np.pad(sound, (0, max(0, _WINDOW - sound.size)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    spectrum = np.abs(np.fft.rfft(windows * np.hanning(_WINDOW).astype(np.float32), axis=1))
    edges = np.searchsorted(np.fft.rfftfreq(_WINDOW, 1 / RATE), _BANDS)
    edges = np.maximum.accumulate(np.maximum(edges, np.arange(edges.size) + edges[0]))
    bands = np.add.reduceat(spectrum, edges, axis=1)[:, :-1].T
    loud = np.log1p(100 * bands / (float(bands.max()) + 1e-9))
    rise = np.maximum(0, np.diff(loud, axis=1, prepend=loud[:, :1]))
    rise -= _local_mean(rise)
    return np.asarray(rise / (rise.std(axis=1, keepdims=True) + 1e-9), np.float32)


def _local_mean(rows: NDArray[np.floating]) -> NDArray[np.float64]:
    """Of each row, over half a second; beyond the ends it is silent."""
    half = round(0.25 * RATE / _HOP)
    sums = np.cumsum(np.pad(rows, ((0, 0), (half + 1, half))), axis=1, dtype=np.float64)
    return np.asarray((sums[:, 2 * half + 1 :] - sums[:, : -2 * half - 1]) / (2 * half + 1))


def _correlate(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float64]:
    """Summed over the bands: entry k is the likeness at lag k - (frames of `one` - 1)."""
    length = one.shape[1] + other.shape[1] - 1
    size = _power_of_two(length)
    product = (np.conj(np.fft.rfft(one, size, axis=1)) * np.fft.rfft(other, size, axis=1)).sum(axis=0)
    return np.asarray(np.roll(np.fft.irfft(product, size), one.shape[1] - 1)[:length], np.float64)


def _refine(track: Samples, performance: Samples, coarse: float) -> float:
    """The lag of the waveforms near `coarse`, to a fraction of a millisecond."""
    size = _power_of_two(track.size + performance.size)
    cross = np.conj(np.fft.rfft(track, size)) * np.fft.rfft(performance, size)
    pitch = np.fft.rfftfreq(size, 1 / RATE)
    band = (pitch > _BANDS[0]) & (pitch < _BANDS[-1])
    likeness = np.fft.irfft(np.where(band, cross / (np.abs(cross) + 1e-9), 0), size)
    lags = np.arange(round((coarse - _REFINE_SECONDS) * RATE), round((coarse + _REFINE_SECONDS) * RATE) + 1)
    return float(lags[np.argmax(likeness[lags % size])]) / RATE


def _power_of_two(least: int) -> int:
    return 1 << (least - 1).bit_length()
