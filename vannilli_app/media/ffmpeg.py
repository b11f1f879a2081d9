"""The ffmpeg of the wheel imageio-ffmpeg, run with care."""

import asyncio
import subprocess
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

import imageio_ffmpeg

from vannilli_app.errors import VannilliError
from vannilli_app.media import CODECS, FORMATS, limited

THREADS = 2
# Far beyond what one video in 4K takes, however long: a file that was made to be endless ends here.
MEMORY_BYTES, CPU_SECONDS = 4 << 30, 2 * 3600
_TAIL_LINES = 20
# What a file says beside picture and sound is left behind: places, names, titles of chapters.
NOTHING_ELSE = ("-map_metadata", "-1", "-map_chapters", "-1")

Progress = Callable[[float], None]


class MediaFailed(VannilliError):
    """The video could not be made. Try again; if it happens again, try another take."""

    code = "media_failed"


class DiskFull(MediaFailed):
    """There is no room left to make the video. Try again later."""

    code = "disk_full"


def source(path: Path, *options: str) -> list[str]:
    """The arguments that read one file, and nothing that it may point to."""
    guard = [
        "-protocol_whitelist",
        "file",
        "-format_whitelist",
        FORMATS,
        "-codec_whitelist",
        CODECS,
        "-threads",
        str(THREADS),
    ]
    return [*guard, *options, "-i", f"file:{path.resolve()}"]


def until(seconds: float) -> str:
    """The filter that ends sound by its timestamps. It belongs before one that fills gaps with silence: two packets of
    a stranger's may be years apart, and an end behind the filling would not keep it from being made."""
    return f"atrim=end={seconds:.6f}"


def target(path: Path) -> str:
    """The argument that names a file to write, whatever characters are in its name."""
    return f"file:{path.resolve()}"


async def run(
    arguments: Sequence[str],
    *,
    frames: int = 0,
    on_progress: Progress | None = None,
    folder: Path | None = None,
    cpu_seconds: int = CPU_SECONDS,
    memory_bytes: int = MEMORY_BYTES,
) -> None:
    """Run ffmpeg to its end, in `folder`, within bounds of time and of memory (0: none). Cancelling kills it.

    `on_progress` hears the share of `frames` written so far, 0 to 1, in the caller's event loop. Raises
    `DiskFull` or `MediaFailed`, whose `__cause__` holds the last lines that ffmpeg said.
    """
    options = ["-hide_banner", "-nostdin", "-y", "-loglevel", "error", "-progress", "pipe:1"]
    options += ["-stats_period", "0.2", "-filter_complex_threads", str(THREADS)]
    process = await asyncio.create_subprocess_exec(
        *limited.command(
            [_program(), *options, *arguments], memory_bytes=memory_bytes, cpu_seconds=cpu_seconds
        ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        said, _ = await asyncio.gather(
            _tail(process.stderr), _follow(process.stdout, frames, on_progress or _nobody)
        )
        status = await process.wait()
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if status:
        kind = DiskFull if "No space left on device" in said else MediaFailed
        raise kind from RuntimeError(f"ffmpeg ended with {status}: {said}")


@cache
def _program() -> str:
    return str(Path(imageio_ffmpeg.get_ffmpeg_exe()).resolve())


async def _tail(stream: asyncio.StreamReader) -> str:
    lines: deque[str] = deque(maxlen=_TAIL_LINES)
    async for line in stream:
        lines.append(line.decode(errors="replace").strip())
    return "\n".join(lines)


async def _follow(stream: asyncio.StreamReader, frames: int, on_progress: Progress) -> None:
    async for line in stream:
        name, _, value = line.decode(errors="replace").strip().partition("=")
        if name == "frame" and frames and value.isdigit():
            on_progress(min(1.0, int(value) / frames))


def _nobody(_share: float) -> None:
    """Nobody listens."""
