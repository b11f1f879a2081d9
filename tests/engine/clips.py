"""Makes and reads small clips for the engine's tests."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np

from vannilli_app.engine.array import Array
from vannilli_app.engine.driver import watch
from vannilli_app.engine.landmarks import mouth_openness

TICK = Fraction(1, 1000)


def write(path: Path, pictures: Sequence[Array], times: Sequence[float]) -> Path:
    """RGB pictures at any times, in seconds: a clip of constant or varying rate."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"crf": "12", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = pictures[0].shape[1], pictures[0].shape[0], "yuv420p"
        stream.codec_context.time_base = TICK
        for picture, time in zip(pictures, times, strict=True):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = round(time / TICK), TICK
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def repeated(clip: Path, out: Path, times: int) -> Path:
    """A clip several times in a row, without its sound; nothing is encoded again."""
    with av.open(str(clip)) as source, av.open(str(out), "w") as container:
        theirs = source.streams.video[0]
        ours = container.add_stream_from_template(theirs)
        packets = [packet for packet in source.demux(theirs) if packet.dts is not None]
        moments = [(bytes(packet), packet.dts, packet.pts, packet.is_keyframe) for packet in packets]
        for turn in range(times):
            for content, dts, pts, key in moments:
                packet = av.Packet(content)
                packet.stream, packet.time_base, packet.is_keyframe = ours, theirs.time_base, key
                packet.dts, packet.pts = dts + turn * theirs.duration, pts + turn * theirs.duration
                container.mux(packet)
    return out


def read(path: Path) -> list[Array]:
    """All frames as RGB pictures."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def lengths(path: Path) -> tuple[float, float | None]:
    """Seconds of picture and of sound (None when there is none), as the file says."""
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        sounds = [float(s.duration * s.time_base) for s in container.streams.audio]
        return float(video.duration * video.time_base), (sounds or [None])[0]


def jaw(path: Path, frames: int, fps: Fraction = Fraction(30)) -> Array:
    """How wide the mouth of the clip's face is open at each frame, as the tracker sees it."""
    seen = watch(path, fps, frames, lambda seconds: None)
    assert seen.seen > 0.9
    return mouth_openness(seen.points[:])


def accents_off(path: Path, bpm: float, fps: Fraction) -> float:
    """How many frames the worst of a video's beat accents begins beside its beat; nothing else may move in it."""
    frames = [frame.astype(np.int16) for frame in read(path)]
    steps = np.array([np.abs(after - before).mean() for before, after in pairwise(frames)])
    beats = np.arange(60 / bpm, len(steps) / float(fps), 60 / bpm) * float(fps)
    begun = np.sort(np.argsort(-steps)[: len(beats)]) + 1
    return float(np.abs(begun - beats).max())


def correlation(a: Array, b: Array) -> float:
    return float(np.corrcoef(a, b)[0, 1])
