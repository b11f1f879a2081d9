"""Cutting what an artist brings to the section: the performance on the frame grid, the track on its samples."""

from fractions import Fraction
from pathlib import Path

from vannilli_app.errors import Invalid
from vannilli_app.media import ffmpeg
from vannilli_app.media.checks import SHORT_BY
from vannilli_app.media.ffmpeg import MediaFailed
from vannilli_app.media.grid import on_grid
from vannilli_app.media.pictures import HEAD_BYTES, header
from vannilli_app.media.probe import Unreadable, probe
from vannilli_app.words import _

RATES = (44_100, 48_000)


async def prepare_driver(
    src: Path,
    dst: Path,
    *,
    start_seconds: Fraction,
    seconds: Fraction,
    fps: Fraction,
    stretch: Fraction = Fraction(1),
    max_side: int = 1920,
    may_hold: Fraction = SHORT_BY,
    on_progress: ffmpeg.Progress | None = None,
) -> int:
    """Cut a performance to one section: an upright H.264/AAC MP4 of constant `fps`; returns its frames.

    `start_seconds` is where the section begins in the recording; before its first frame (negative) that frame is
    held. `stretch` seconds of the recording are one second of the section, where their clocks differ. The length is
    `round(seconds * fps)` frames, of which `may_hold` seconds may be the last one, held. Its sound is kept as a sync
    reference. Sides are even, the longer one at most `max_side` px. Raises `Invalid` when the recording ends too early,
    `Unreadable`, `MediaFailed`.
    """
    info = await probe(src)
    frames = round(seconds * fps)
    if info.kind != "video" or (info.duration - start_seconds) / stretch < seconds - may_hold:
        raise Invalid(
            _("Your performance ends before the section does. Perform it to the end."), code="asset_invalid"
        )
    video = (
        f"setpts=PTS/{float(stretch):.9f},{on_grid(fps, info.fps * stretch, start_seconds=start_seconds / stretch)},"
        f"tpad=stop_mode=clone:stop_duration={_stamp(may_hold + 1)},{_fit(max_side)},format=yuv420p"
    )
    heard = ffmpeg.until(float(max(start_seconds, Fraction(0)) + seconds + 1))
    sound = (
        f"{heard},aresample=48000:async=1:first_pts=0,{_from(start_seconds)},apad=whole_dur={_stamp(seconds)}"
    )
    arguments = [*ffmpeg.source(src), "-map", "0:v:0", "-map", "0:a:0?", *ffmpeg.NOTHING_ELSE]
    arguments += ["-vf", video, "-frames:v", str(frames), "-r", str(fps)]
    arguments += ["-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-threads", str(ffmpeg.THREADS)]
    if info.has_audio:
        arguments += ["-af", sound, "-c:a", "aac", "-b:a", "160k", "-ac", "2"]
    arguments += ["-t", _stamp(Fraction(frames) / fps), "-movflags", "+faststart", ffmpeg.target(dst)]
    await ffmpeg.run(arguments, frames=frames, on_progress=on_progress)
    made = (await probe(dst)).frames
    if made != frames:
        raise MediaFailed from RuntimeError(f"{made} frames instead of {frames}")
    return frames


async def prepare_image(src: Path, dst: Path, *, max_side: int = 2160) -> None:
    """Write a picture anew, upright and without its metadata, as JPEG or PNG by the name of `dst`.

    What was transparent becomes black. The longer side is at most `max_side` px. Raises `Unreadable`.
    """
    if (await probe(src)).kind != "image":
        raise Unreadable("not_media")
    with src.open("rb") as file:
        found = header(file.read(HEAD_BYTES))
    assert found is not None
    opaque = [] if found.format == "jpeg" else ["format=gbrap", "premultiply=inplace=1"]
    box = f"scale=w='min(iw,{max_side})':h='min(ih,{max_side})'"
    look = "yuvj420p" if dst.suffix in {".jpg", ".jpeg"} else "rgb24"
    filters = [*opaque, f"{box}:force_original_aspect_ratio=decrease:flags=area"]
    arguments = [*ffmpeg.source(src, "-f", found.demuxer), *ffmpeg.NOTHING_ELSE, "-vf", ",".join(filters)]
    arguments += ["-pix_fmt", look, "-q:v", "2", "-frames:v", "1", "-update", "1", ffmpeg.target(dst)]
    await ffmpeg.run(arguments)


async def cut_track(src: Path, dst: Path, *, start_seconds: Fraction, seconds: Fraction) -> int:
    """Cut the section out of a track, to the sample: a 16-bit WAV of one or two channels; returns its samples.

    44.1 and 48 kHz stay as they are, other rates become 48 kHz. Both ends are rounded on the track's own grid of
    samples; where the track ends early there is silence. Raises `Unreadable`, `MediaFailed`.
    """
    info = await probe(src)
    if not info.has_audio:
        raise Unreadable("not_media")
    rate = info.sample_rate if info.sample_rate in RATES else RATES[-1]
    start, end = round(start_seconds * rate), round((start_seconds + seconds) * rate)
    cut = f"aresample={rate},atrim=start_sample={start}:end_sample={end},apad=whole_len={end - start}"
    arguments = [*ffmpeg.source(src), "-map", "0:a:0", *ffmpeg.NOTHING_ELSE, "-af", f"{cut},asetpts=N/SR/TB"]
    arguments += ["-ac", str(min(2, info.channels)), "-c:a", "pcm_s16le", "-bitexact", "-f", "wav"]
    await ffmpeg.run([*arguments, ffmpeg.target(dst)])
    return end - start


def _stamp(seconds: Fraction) -> str:
    """A time as FFmpeg reads it, to the microsecond, which is its own resolution."""
    return f"{float(seconds):.6f}"


def _from(start: Fraction) -> str:
    """The sound from `start`; a negative start has silence before it."""
    if start < 0:
        return f"adelay={float(-start * 1000):.3f}:all=1"
    return f"atrim=start={_stamp(start)},asetpts=PTS-STARTPTS"


def _fit(max_side: int) -> str:
    """Square pixels and even sides within `max_side`, the picture's shape kept."""
    box = f"w='min(iw*sar,{max_side})':h='min(ih,{max_side})'"
    return f"scale={box}:force_original_aspect_ratio=decrease:force_divisible_by=2:reset_sar=1:flags=bicubic"
