"""Joining what providers made into one picture: every part at its exact place on the grid of frames."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from vannilli_app.media import ffmpeg
from vannilli_app.media.checks import SHORT_BY
from vannilli_app.media.ffmpeg import MediaFailed
from vannilli_app.media.grid import on_grid
from vannilli_app.media.probe import probe
from vannilli_app.words import _


@dataclass(frozen=True, slots=True)
class Part:
    """A clip of which `frames` are used, after its first `skip_frames`, both counted at the rate of the join."""

    path: Path
    skip_frames: int
    frames: int


async def join(
    parts: Sequence[Part],
    dst: Path,
    *,
    size: tuple[int, int],
    fps: Fraction,
    crossfade: int = 0,
    on_progress: ffmpeg.Progress | None = None,
) -> int:
    """Put parts one after the other without sound, each scaled to cover `size` (width, height) and cropped; returns
    the frames.

    Where both parts reach beyond the line they meet on, they dissolve into each other around it, over `crossfade`
    frames or as many as there are. A part's own rate and colours may be others. One that ends up to 0.5 s early holds
    its last frame. The result is nearly lossless, since it is encoded once more. Raises `MediaFailed`, `Unreadable`.
    """
    rates, lengths = [], []
    for part in parts:
        found = await probe(part.path)
        if found.duration < Fraction(part.skip_frames + part.frames) / fps - SHORT_BY:
            raise MediaFailed(_("A part of the video came back too short. Try again."))
        rates.append(found.fps)
        lengths.append(int(found.duration * fps + Fraction(1, 1000)))
    frames = sum(part.frames for part in parts)
    arguments = [argument for part in parts for argument in ffmpeg.source(part.path)]
    reach = _reach(parts, lengths, crossfade)
    chains = [
        _chain(index, part, size, fps, rates[index], reach[index], reach[index + 1])
        for index, part in enumerate(parts)
    ]
    graph = ";".join([*chains, _dissolved(parts, reach, fps) if any(reach) else _in_a_row(len(parts))])
    arguments += ["-filter_complex", graph, "-map", "[whole]", "-an", *ffmpeg.NOTHING_ELSE]
    arguments += ["-c:v", "libx264", "-preset", "veryfast", "-crf", "12", "-threads", str(ffmpeg.THREADS)]
    arguments += ["-r", str(fps), "-frames:v", str(frames), ffmpeg.target(dst)]
    # No bound that would fit all: every part has a decoder of its own, 500 MB in 4K.
    await ffmpeg.run(arguments, frames=frames, on_progress=on_progress, memory_bytes=0)
    made = await asyncio.to_thread(_frames_of, dst)
    if made != frames:
        raise MediaFailed from RuntimeError(f"{made} frames instead of {frames}")
    return frames


def _reach(parts: Sequence[Part], lengths: Sequence[int], crossfade: int) -> list[int]:
    """How many frames the parts reach beyond each line they meet on, on both sides of it; 0 at both ends."""
    there = [
        min(crossfade // 2, one_length - one.skip_frames - one.frames, other.skip_frames)
        for one, one_length, other in zip(parts, lengths, parts[1:], strict=False)
    ]
    return [0, *(max(0, frames) for frames in there), 0]


def _in_a_row(parts: int) -> str:
    return "".join(f"[part{index}]" for index in range(parts)) + f"concat=n={parts}:v=1:a=0[whole]"


def _dissolved(parts: Sequence[Part], reach: Sequence[int], fps: Fraction) -> str:
    """Two at a time: what is joined so far, and the next part."""
    steps, line = [], 0
    for index in range(1, len(parts)):
        line += parts[index - 1].frames
        before = "part0" if index == 1 else f"whole{index - 1}"
        after = "whole" if index == len(parts) - 1 else f"whole{index}"
        over, offset = float(2 * reach[index] / fps), float((line - reach[index]) / fps)
        how = (
            f"xfade=transition=fade:duration={over:.6f}:offset={offset:.6f}"
            if reach[index]
            else "concat=n=2:v=1:a=0"
        )
        steps.append(f"[{before}][part{index}]{how},fps={fps}[{after}]")
    return ";".join(steps)


def _chain(
    index: int, part: Part, size: tuple[int, int], fps: Fraction, rate: Fraction, before: int, after: int
) -> str:
    """One part on the grid, with the frames `before` and `after` it that are dissolved: its own frames nearest to each
    of the grid's times."""
    width, height = size
    start, end = part.skip_frames - before, part.skip_frames + part.frames + after
    hold = f"tpad=stop_mode=clone:stop={round((SHORT_BY + 1) * fps)}"
    cut = f"trim=start_frame={start}:end_frame={end},setpts=PTS-STARTPTS"
    cover = f"scale={width}:{height}:force_original_aspect_ratio=increase:flags=bicubic"
    # One way of coding colours for all, or the later parts would be shown by the first one's.
    cover += f":out_color_matrix=bt709:out_range=tv,crop={width}:{height}"
    return f"[{index}:v:0]{on_grid(fps, rate)},{hold},{cut},{cover},setsar=1,format=yuv420p,fps={fps}[part{index}]"


def _frames_of(path: Path) -> int:
    """Of a video that we made ourselves: counted, not decoded, which takes seconds."""
    with av.open(str(path)) as container:
        return sum(1 for packet in container.demux(video=0) if packet.size)
