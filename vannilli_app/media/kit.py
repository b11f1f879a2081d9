"""The release kit of a finished video: its other shapes, loops, a cover, and its bar lines, in one archive."""

import asyncio
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from vannilli_app.media import ffmpeg, seam
from vannilli_app.media.finish import Aspect, delivery_size, h264
from vannilli_app.media.marking import Marking, mark
from vannilli_app.media.probe import MediaInfo, probe

ASPECTS: tuple[Aspect, ...] = ("9:16", "16:9", "1:1")
MOST_SIDE = 1080  # of the shorter: what the platforms take
CANVAS: Aspect = "9:16"
_VIDEO = ("-preset", "veryfast", "-crf", "19")
_COVER_PICKED_FROM = 30

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Video:
    """A finished video: its file, its sound before it was packed (where that is gone, the file again), its shape, and
    the exact length of its music in seconds.

    At `fps`, a beat has `beat` frames and the whole `frames`; its first `canvas` frames are whole bars, to be played
    `canvas_times` times.
    """

    file: Path
    sound: Path
    aspect: Aspect
    seconds: Fraction
    fps: int
    frames: int
    beat: int
    canvas: int
    canvas_times: int


async def pack(
    video: Video,
    dst: Path,
    marking: Marking,
    texts: Mapping[str, str | bytes],
    on_progress: Progress = lambda _share: None,
) -> None:
    """Make the kit and write it to `dst` as a ZIP, with `texts` by their names. Every picture and film in it is marked
    like the video itself.

    `on_progress` hears 0 to 1. Raises `MediaFailed`, `DiskFull`, `Unreadable`.
    """
    info = await probe(video.file)
    with tempfile.TemporaryDirectory(prefix="vannilli-kit-") as name:
        folder = Path(name)
        others = [aspect for aspect in ASPECTS if aspect != video.aspect]
        steps = [
            *((_rendition, folder / f"{_plain(aspect)}.mp4", aspect) for aspect in others),
            (_canvas, folder / "canvas.mp4", CANVAS),
            (_loop, folder / "loop.mp4", video.aspect),
            (_cover, folder / "cover.jpg", video.aspect),
        ]
        for number, (step, path, aspect) in enumerate(steps):
            on_progress(number / len(steps))
            await step(video, info, path, aspect)
        made = [path for _, path, _ in steps]
        await mark(made, marking)
        files = {path.name: path for path in made} | {f"{_plain(video.aspect)}.mp4": video.file}
        await asyncio.to_thread(_zip, dst, files, texts)


async def _rendition(video: Video, info: MediaInfo, path: Path, aspect: Aspect) -> None:
    """The whole picture in another shape, on its own blurred; the sound as it is."""
    shape = _shaped(*delivery_size(aspect, _short_side(info)))
    arguments = [*ffmpeg.source(video.file), "-filter_complex", f"[0:v:0]{shape}[made]", "-map", "[made]"]
    arguments += ["-map", "0:a:0", *ffmpeg.NOTHING_ELSE, *_VIDEO, *h264(Fraction(video.fps))]
    await ffmpeg.run([*arguments, "-c:a", "copy", "-movflags", "+faststart", ffmpeg.target(path)])


async def _canvas(video: Video, info: MediaInfo, path: Path, aspect: Aspect) -> None:
    """Spotify's Canvas: whole bars in 3 to 8 seconds, upright, silent, round and round."""
    more = video.canvas_times - 1
    again = f",loop=loop={more}:size={video.canvas},setpts=N/{video.fps}/TB" if more else ""
    shape = _shaped(*delivery_size(aspect, _short_side(info)))
    graph = f"{_looped(video, video.canvas)};[loop]{shape}{again}[made]"
    arguments = [*ffmpeg.source(video.file), "-filter_complex", graph, "-map", "[made]", "-an"]
    arguments += [*ffmpeg.NOTHING_ELSE, *_VIDEO, *h264(Fraction(video.fps)), "-movflags", "+faststart"]
    await ffmpeg.run([*arguments, ffmpeg.target(path)])


async def _loop(video: Video, info: MediaInfo, path: Path, _aspect: Aspect) -> None:
    """The whole section with its sound, to be played round and round."""
    sound, film = path.with_suffix(".f32"), path.with_suffix(".film.mp4")
    decode = ["-map", "0:a:0", "-ar", str(info.sample_rate), "-ac", str(info.channels), "-f", "f32le"]
    await ffmpeg.run([*ffmpeg.source(video.sound), *decode, ffmpeg.target(sound)])
    arguments = [*ffmpeg.source(video.file), "-filter_complex", _looped(video, video.frames)]
    arguments += ["-map", "[loop]", "-an", *ffmpeg.NOTHING_ELSE, *_VIDEO, *h264(Fraction(video.fps))]
    await ffmpeg.run([*arguments, ffmpeg.target(film)])
    await asyncio.to_thread(_sounded, video, info, sound, film, path)


async def _cover(video: Video, info: MediaInfo, path: Path, aspect: Aspect) -> None:
    """The frame that stands for the others best."""
    width, height = delivery_size(aspect, _short_side(info))
    picked = f"fps=5,scale={width}:{height},thumbnail=n={_COVER_PICKED_FROM},format=yuvj420p"
    arguments = [*ffmpeg.source(video.file), "-an", "-vf", picked, "-frames:v", "1", "-update", "1"]
    await ffmpeg.run([*arguments, "-q:v", "2", ffmpeg.target(path)])


def _looped(video: Video, frames: int) -> str:
    """The first frames as a loop, its seam as long as a beat, or a quarter of a short one."""
    over = max(1, min(video.beat, frames // 4))
    return f"[0:v:0]split[whole][again];{seam.dissolve(frames, over, Fraction(video.fps))}"


def _sounded(video: Video, info: MediaInfo, sound: Path, film: Path, dst: Path) -> None:
    rate = info.sample_rate
    heard = np.fromfile(sound, np.float32).reshape(-1, info.channels)[: round(video.seconds * rate)]
    samples = round(Fraction(video.frames, video.fps) * rate)
    seam.lay_under(film, seam.seamless(heard, samples, rate), rate, dst)


def _shaped(width: int, height: int) -> str:
    """The whole picture within these sides, on its own, blurred and darker, where it does not reach them."""
    inside = f"scale={width}:{height}:force_original_aspect_ratio=decrease:force_divisible_by=2:flags=lanczos"
    small = (width // 16, height // 16)
    behind = f"scale={small[0]}:{small[1]}:force_original_aspect_ratio=increase,crop={small[0]}:{small[1]}"
    behind += f",gblur=sigma=3,eq=brightness=-0.12,scale={width}:{height}:flags=bicubic"
    return (
        f"split[a][b];[a]{behind}[behind];[b]{inside}[inside];[behind][inside]overlay=(W-w)/2:(H-h)/2,"
        "setsar=1,format=yuv420p"
    )


def _short_side(info: MediaInfo) -> int:
    return min(info.width, info.height, MOST_SIDE)


def _plain(aspect: str) -> str:
    return aspect.replace(":", "x")


def _zip(dst: Path, files: dict[str, Path], texts: Mapping[str, str | bytes]) -> None:
    """Films do not shrink: they are only put together."""
    with zipfile.ZipFile(dst, "w", zipfile.ZIP_STORED) as archive:
        for name, path in sorted(files.items()):
            archive.write(path, name)
        for name, text in texts.items():
            archive.writestr(name, text, zipfile.ZIP_DEFLATED)
