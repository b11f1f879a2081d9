"""A loop without a seam: what is heard and seen at its end leads back to its beginning."""

from fractions import Fraction
from heapq import merge
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

BEND_SECONDS = 0.01
_AROUND = 4096  # samples of the loop's other end that the encoder hears before and after it
_BLOCK = 1024  # samples in a packet of AAC


def seamless(sound: NDArray[np.float32], samples: int, rate: int) -> NDArray[np.float32]:
    """Sound (samples x channels) that may be played round and round, in exactly `samples`; without a click.

    Its last 10 ms are bent towards its first sample, which moves what is heard by less than any fade. Then the whole is
    resampled as one period of itself: a video lasts whole frames, and music does not.
    """
    bent = sound.astype(np.float64)
    length = min(round(BEND_SECONDS * rate), len(bent))
    rise = (1 - np.cos(np.pi * np.arange(1, length + 1) / length)) / 2
    bent[-length:] += np.outer(rise, bent[0] - bent[-1])
    if samples != len(bent):
        bent = np.fft.irfft(np.fft.rfft(bent, axis=0), samples, axis=0) * (samples / len(bent))
    return np.asarray(np.clip(bent, -1, 1), np.float32)


def dissolve(frames: int, over: int, fps: Fraction) -> str:
    """The filters that turn a film's first `frames` frames, `[whole]` and `[again]`, into a loop `[loop]`.

    Its last `over` frames dissolve into its first ones played backwards, so that the next one is the first again.
    """
    begin = f"trim=start_frame=1:end_frame={over + 1},reverse,setpts=PTS-STARTPTS,fps={fps}"
    seconds, offset = float(over / fps), float((frames - over) / fps)
    return (
        f"[whole]trim=end_frame={frames},setpts=PTS-STARTPTS,fps={fps}[film];[again]{begin}[back];"
        f"[film][back]xfade=transition=fade:duration={seconds:.6f}:offset={offset:.6f},"
        f"trim=end_frame={frames},setpts=PTS-STARTPTS,format=yuv420p[loop]"
    )


def lay_under(film: Path, sound: NDArray[np.float32], rate: int, dst: Path) -> None:
    """Put a seamless sound under a film that is as long, as AAC in an MP4.

    An encoder that hears nothing before its first sample and after its last lets both ring, which clicks. So it hears
    the loop go round; what is before the beginning gets negative times, which players do not play, and what follows the
    end is dropped.
    """
    with (
        av.open(str(film)) as source,
        av.open(str(dst), "w", "mp4", options={"movflags": "faststart"}) as made,
    ):
        picture = made.add_stream_from_template(source.streams.video[0])
        encoder = made.add_stream("aac", rate=rate, layout="stereo" if sound.shape[1] == 2 else "mono")
        encoder.bit_rate, encoder.options = 320_000, {"aac_coder": "fast"}
        heard = [packet for packet in _encoded(encoder, sound, rate) if _at(packet) * rate < len(sound)]
        heard[-1].duration = len(sound) - round(_at(heard[-1]) * rate)
        seen = [packet for packet in source.demux(video=0) if packet.dts is not None]
        for packet in seen:
            packet.stream = picture
        for packet in merge(heard, seen, key=_at):
            made.mux(packet)


def _at(packet: Any) -> Fraction:
    """When a packet is decoded, in seconds."""
    return Fraction(packet.dts * packet.time_base)


def _encoded(encoder: av.AudioStream, sound: NDArray[np.float32], rate: int) -> list[Any]:
    around = min(_AROUND, len(sound))
    heard = np.concatenate([sound[-around:], sound, sound[:around]])
    packets: list[Any] = []
    for at in range(0, len(heard), _BLOCK):
        block = np.ascontiguousarray(heard[at : at + _BLOCK].T)
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=encoder.layout.name)
        frame.sample_rate, frame.pts, frame.time_base = rate, at - around, Fraction(1, rate)
        packets += encoder.encode(frame)
    return packets + list(encoder.encode())
