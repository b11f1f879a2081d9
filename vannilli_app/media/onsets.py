"""Where sound begins: how much louder each band of pitch becomes, step by step."""

import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vannilli_app.media import ffmpeg

RATE = 16_000
HOP = 80
STEP = HOP / RATE  # seconds
WINDOW = 512
_LOCALLY = 0.25  # seconds to each side

Samples = NDArray[np.float32]


async def listen(path: Path, most_seconds: float | None = None) -> Samples:
    """The first sound of a file, mono at `RATE`, to its end or for `most_seconds`. Raises MediaFailed."""
    end = [] if most_seconds is None else ["-t", f"{most_seconds:.3f}"]
    with tempfile.TemporaryDirectory(prefix="vannilli-") as folder:
        raw = Path(folder) / "sound"
        arguments = [*ffmpeg.source(path), "-map", "0:a:0", "-af", "aresample=async=1:first_pts=0"]
        await ffmpeg.run([*arguments, *end, "-ac", "1", "-ar", str(RATE), "-f", "f32le", ffmpeg.target(raw)])
        return np.fromfile(raw, np.float32)


def steps_of(sound: Samples) -> int:
    """How many steps `onsets` gives."""
    return 1 + max(0, sound.size - WINDOW) // HOP


def onsets(sound: Samples, edges_hz: NDArray[np.floating]) -> NDArray[np.float64]:
    """Bands x steps: how much louder each band between two edges became, in log amplitude, around its local mean."""
    padded = np.pad(sound, (0, max(0, WINDOW - sound.size)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    spectrum = np.abs(np.fft.rfft(windows * np.hanning(WINDOW).astype(np.float32), axis=1))
    edges = np.searchsorted(np.fft.rfftfreq(WINDOW, 1 / RATE), edges_hz)
    edges = np.maximum.accumulate(np.maximum(edges, np.arange(edges.size) + edges[0]))
    bands = np.add.reduceat(spectrum, edges, axis=1)[:, :-1].T
    loud = np.log1p(100 * bands / (float(bands.max()) + 1e-9))
    rise = np.maximum(0, np.diff(loud, axis=1, prepend=loud[:, :1]))
    return np.asarray(rise - _local_mean(rise), np.float64)


def _local_mean(rows: NDArray[np.floating]) -> NDArray[np.float64]:
    """Of each row, over half a second; beyond the ends it is silent."""
    half = round(_LOCALLY / STEP)
    sums = np.cumsum(np.pad(rows, ((0, 0), (half + 1, half))), axis=1, dtype=np.float64)
    return np.asarray((sums[:, 2 * half + 1 :] - sums[:, : -2 * half - 1]) / (2 * half + 1))
