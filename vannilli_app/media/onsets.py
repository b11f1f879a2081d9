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
_AT_ONCE = 4000  # windows whose spectrum is held, in some 20 MB
_CPU_SECONDS = 120  # two hours of music take a tenth of it

Samples = NDArray[np.float32]


async def listen(path: Path, most_seconds: float | None = None) -> Samples:
    """The first sound of a file, mono at `RATE`, to its end or for `most_seconds`: a stranger's file may last for
    hours, or say so. Raises MediaFailed."""
    filled, end = "aresample=async=1:first_pts=0", []
    if most_seconds is not None:
        filled, end = f"{ffmpeg.until(most_seconds)},{filled}", ["-t", f"{most_seconds:.3f}"]
    with tempfile.TemporaryDirectory(prefix="vannilli-") as folder:
        raw = Path(folder) / "sound"
        arguments = [*ffmpeg.source(path), "-map", "0:a:0", "-af", filled, *end, "-ac", "1", "-ar", str(RATE)]
        await ffmpeg.run([*arguments, "-f", "f32le", ffmpeg.target(raw)], cpu_seconds=_CPU_SECONDS)
        return np.fromfile(raw, np.float32)


def steps_of(sound: Samples) -> int:
    """How many steps `onsets` gives."""
    return 1 + max(0, sound.size - WINDOW) // HOP


def onsets(sound: Samples, edges_hz: NDArray[np.floating]) -> NDArray[np.float64]:
    """Bands x steps: how much louder each band between two edges became, in log amplitude, around its local mean."""
    padded = np.pad(sound, (0, max(0, WINDOW - sound.size)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    edges = np.searchsorted(np.fft.rfftfreq(WINDOW, 1 / RATE), edges_hz)
    edges = np.maximum.accumulate(np.maximum(edges, np.arange(edges.size) + edges[0]))
    pieces = [_bands(windows[at : at + _AT_ONCE], edges) for at in range(0, len(windows), _AT_ONCE)]
    bands = np.concatenate(pieces).T
    loud = np.log1p(100 * bands / (float(bands.max()) + 1e-9))
    rise = np.maximum(0, np.diff(loud, axis=1, prepend=loud[:, :1]))
    return np.asarray(rise - _local_mean(rise), np.float64)


def _bands(windows: NDArray[np.float32], edges: NDArray[np.integer]) -> NDArray[np.floating]:
    """How loud each band is in each window."""
    spectrum = np.abs(np.fft.rfft(windows * np.hanning(WINDOW).astype(np.float32), axis=1))
    return np.asarray(np.add.reduceat(spectrum, edges, axis=1)[:, :-1])


def _local_mean(rows: NDArray[np.floating]) -> NDArray[np.float64]:
    """Of each row, over half a second; beyond the ends it is silent."""
    half = round(_LOCALLY / STEP)
    sums = np.cumsum(np.pad(rows, ((0, 0), (half + 1, half))), axis=1, dtype=np.float64)
    return np.asarray((sums[:, 2 * half + 1 :] - sums[:, : -2 * half - 1]) / (2 * half + 1))
