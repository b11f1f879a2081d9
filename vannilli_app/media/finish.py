"""From a rendered performance and the cut track to what the artist gets."""

import asyncio
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

import av

from vannilli_app.media import ffmpeg
from vannilli_app.media.checks import SHORT_BY
from vannilli_app.media.ffmpeg import MediaFailed
from vannilli_app.media.grid import on_grid
from vannilli_app.media.marking import NOTICE, Marking, mark
from vannilli_app.media.probe import probe
from vannilli_app.words import _

Aspect = Literal["9:16", "16:9", "1:1"]

WATERMARK = "AI Generated - Not for Commercial Use"
FONTS = Path(__file__).parent / "fonts"
FULL_HD = 1920 * 1080
PREVIEW_SIDE = 480
GIF_BYTES = 3_000_000
GIF_SECONDS = 6
GIF_FPS = 10
_GIF_SIDES = (320, 240, 160, 120)
# At this rate the simple search keeps the waveform best: drums correlate 0.9996 with the track, else 0.992.
_AUDIO = ("-c:a", "aac", "-b:a", "320k", "-aac_coder", "fast")


@dataclass(frozen=True, slots=True)
class FinishedFiles:
    """What was made. Sides in px and `duration` in seconds are those of `final`."""

    final: Path
    preview: Path
    gif: Path
    thumbnail: Path
    width: int
    height: int
    frames: int
    duration: Fraction


def delivery_size(aspect: Aspect, short_side: int) -> tuple[int, int]:
    """Width and height in px of a finished video whose shorter side is 720, 1080 or 2160."""
    across, down = (int(part) for part in aspect.split(":"))
    return _sized(across, down, short_side)


async def finish(
    video: Path,
    track: Path,
    folder: Path,
    *,
    size: tuple[int, int],
    fps: Fraction,
    frames: int,
    watermark: bool,
    marking: Marking,
    on_progress: ffmpeg.Progress | None = None,
) -> FinishedFiles:
    """Put the untouched track under the picture, and make preview, GIF and thumbnail, all in `folder`.

    `video` is scaled to cover `size` and cropped; its sound is dropped. It is cut to `frames` frames at `fps`, its
    last frame held for up to 0.5 s. `track` is the section's WAV: it begins with the first frame and is encoded
    once. With `watermark` every file carries `WATERMARK`; preview and GIF say "Preview" in any case. Every file is
    marked as made by AI, for machines, by `marking`.
    Raises `MediaFailed`, `DiskFull`, `Unreadable`.
    """
    rendered = await probe(video)
    length = Fraction(frames) / fps
    if rendered.duration < length - SHORT_BY:
        raise MediaFailed(_("The video came back too short. Try again."))
    made = FinishedFiles(
        folder / "final.mp4",
        folder / "preview.mp4",
        folder / "preview.gif",
        folder / "thumbnail.jpg",
        *size,
        frames,
        length,
    )
    arguments = [*ffmpeg.source(video), *ffmpeg.source(track), *ffmpeg.NOTHING_ELSE]
    arguments += ["-filter_complex", _graph(made, on_grid(fps, rendered.fps), fps, watermark)]
    arguments += _final(made, fps) + _preview(made, fps) + _thumbnail(made)
    await ffmpeg.run(arguments, frames=frames, on_progress=on_progress, folder=FONTS)
    await asyncio.to_thread(_assert_exact, made)
    await make_gif(made.preview, made.gif)
    await mark((made.final, made.preview, made.gif, made.thumbnail), marking)
    return made


async def make_gif(video: Path, dst: Path) -> None:
    """The first seconds of a video as an endless GIF of at most 320 px a side and about 3 MB."""
    for side in _GIF_SIDES:
        shrink = f"fps={GIF_FPS},scale={side}:{side}:force_original_aspect_ratio=decrease:flags=lanczos"
        colours = "split[a][b];[a]palettegen=max_colors=128:stats_mode=diff[p]"
        graph = f"{shrink},{colours};[b][p]paletteuse=dither=bayer:bayer_scale=4:diff_mode=rectangle"
        arguments = [*ffmpeg.source(video, "-t", str(GIF_SECONDS)), "-an", "-vf", graph, ffmpeg.target(dst)]
        await ffmpeg.run(arguments)
        if (await asyncio.to_thread(dst.stat)).st_size <= GIF_BYTES:
            return


def _sized(width: int, height: int, short_side: int) -> tuple[int, int]:
    """Even sides of this shape."""
    unit = Fraction(short_side, min(width, height))
    return 2 * round(width * unit / 2), 2 * round(height * unit / 2)


def _graph(made: FinishedFiles, gridded: str, fps: Fraction, watermark: bool) -> str:
    """One reading of the picture, split into final, preview and thumbnail."""
    width, height = made.width, made.height
    hold = f"tpad=stop_mode=clone:stop={round((SHORT_BY + 1) * fps)}"
    cover = (
        f"scale={width}:{height}:force_original_aspect_ratio=increase:flags=lanczos:out_color_matrix=bt709"
    )
    whole = f"{gridded},{hold},trim=end_frame={made.frames},{cover}:out_range=tv"
    whole += f",crop={width}:{height},setsar=1,format=yuv420p"
    if watermark:
        whole += "," + _strip(WATERMARK, width, height, bottom=True)
    small = _sized(width, height, PREVIEW_SIDE)
    preview = f"scale={small[0]}:{small[1]}:flags=area,{_strip('Preview', *small, bottom=False)}"
    picked = f"select=eq(n\\,{made.frames // 3}),scale='min(iw,1080)':-2,format=yuvj420p"
    return (
        f"[0:v:0]{whole},split=3[final][a][b];[a]{preview}[preview];[b]{picked}[thumbnail];"
        f"[1:a:0]apad=whole_dur={float(made.duration):.6f},asplit[sound][soft]"
    )


def _strip(text: str, width: int, height: int, *, bottom: bool) -> str:
    """Words on a translucent band, sized to be read on a phone whatever the shape of the picture."""
    size = round(min(width * 0.040, height * 0.050))
    edge = round(min(width, height) * 0.035)
    y = f"h-{edge}-{size}" if bottom else f"{edge}"
    return (
        f"drawtext=fontfile=watermark.ttf:text='{text}':fontsize={size}:fontcolor=white@0.92:"
        f"x=(w-text_w)/2:y={y}:y_align=font:box=1:boxcolor=black@0.42:boxborderw={round(size * 0.35)}|{width}"
    )


def _final(made: FinishedFiles, fps: Fraction) -> list[str]:
    # Above 1080 the picture is enlarged: there is no fine detail that a slower search would find.
    preset = "veryfast" if made.width * made.height <= FULL_HD else "superfast"
    picture = ["-map", "[final]", "-preset", preset, "-crf", "18", *h264(fps)]
    return [*picture, "-map", "[sound]", *_AUDIO, *_mp4(made), ffmpeg.target(made.final)]


def _preview(made: FinishedFiles, fps: Fraction) -> list[str]:
    picture = ["-map", "[preview]", "-preset", "superfast", "-crf", "27", *h264(fps)]
    return [
        *picture,
        "-map",
        "[soft]",
        "-c:a",
        "aac",
        "-b:a",
        "96k",
        *_mp4(made),
        ffmpeg.target(made.preview),
    ]


def _thumbnail(made: FinishedFiles) -> list[str]:
    return [
        "-map",
        "[thumbnail]",
        "-frames:v",
        "1",
        "-update",
        "1",
        "-q:v",
        "3",
        ffmpeg.target(made.thumbnail),
    ]


def h264(fps: Fraction) -> list[str]:
    """The encoder of everything that is delivered, and how its colours are coded."""
    # Whole ticks a frame, so that a video of 23.976 frames a second does not drift.
    ticks = fps.numerator if fps.numerator >= 1000 else fps.numerator * 1000
    colours = [
        "-colorspace",
        "bt709",
        "-color_primaries",
        "bt709",
        "-color_trc",
        "bt709",
        "-color_range",
        "tv",
    ]
    return [
        *(
            "-c:v",
            "libx264",
            "-profile:v",
            "high",
            "-threads",
            str(ffmpeg.THREADS),
            "-g",
            str(round(2 * fps)),
        ),
        *("-r", str(fps), "-video_track_timescale", str(ticks), *colours),
    ]


def _mp4(made: FinishedFiles) -> list[str]:
    tags = ["-metadata", f"comment={NOTICE}", "-metadata", f"description={NOTICE}"]
    return ["-t", f"{float(made.duration):.6f}", "-movflags", "+faststart", *tags]


def _assert_exact(made: FinishedFiles) -> None:
    """A video of another length would be out of time: rather none than that one."""
    with av.open(str(made.final)) as container:
        counted = sum(1 for packet in container.demux(video=0) if packet.size)
    if counted != made.frames:
        raise MediaFailed from RuntimeError(f"{counted} frames instead of {made.frames}")
