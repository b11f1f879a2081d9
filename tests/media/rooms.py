"""What a microphone hears of a track that a loudspeaker plays in a room."""

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from vannilli_app.media.onsets import RATE


def caught(
    track: NDArray[np.float32], offset: float, *, decibels: float, drift: float, echo: float = 0.15
) -> NDArray[np.float32]:
    """The track `decibels` under full scale in a room with noise, under a voice, `offset` seconds late; the clock of
    the microphone is faster by the share `drift`. The room's echo has more energy than the direct sound."""
    random = np.random.default_rng(2)
    tail = np.arange(RATE // 3)
    room = random.normal(size=tail.size) * np.exp(-tail / (RATE / 15)) * (tail > RATE // 80) * echo
    room[0] = 1
    speaker = signal.butter(2, [400, 4000], "band", fs=RATE, output="sos")
    played = signal.sosfilt(speaker, signal.fftconvolve(track, room))
    t = np.arange(track.size + 3 * RATE) / RATE
    sound = np.interp((t - offset) / (1 + drift) * RATE, np.arange(played.size), played, left=0, right=0)
    sound *= 10 ** (decibels / 20) / (np.abs(track).max() or 1)
    voice = np.sin(2 * np.pi * 180 * t + 3 * np.sin(10 * np.pi * t)) * (np.sin(1.4 * np.pi * t) > 0)
    return np.asarray(sound + 0.2 * voice + 0.001 * random.normal(size=t.size), np.float32)
