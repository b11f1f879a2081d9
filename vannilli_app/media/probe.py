"""What a file is, decided by decoding it, never by its name or its header's word."""

import asyncio
import json
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from vannilli_app.errors import Invalid
from vannilli_app.media import limited
from vannilli_app.words import N_, _

WALL_SECONDS = 20
MEMORY_BYTES = 380 << 20  # with its code the child stays below 500 MB
CPU_SECONDS = 30

REASONS = {
    "missing": N_("There is no such file. Choose it again."),
    "empty": N_("That file is empty. Choose it again, or record another take."),
    "not_media": N_("That file is not a video, a track or a picture that can be read. Choose another one."),
    "broken": N_("That file is damaged or was cut off. Export it again, or choose another one."),
    "unknown_codec": N_(
        "That file is packed in a way that cannot be read here. Export it as an ordinary MP4, JPEG or WAV."
    ),
    "film_too_large": N_("That video has too large a picture. Export it in 4K or less."),
    "oddly_turned": N_("That video is turned by an odd angle. Export it upright."),
    "picture_too_large": N_("That picture is too large. Use one of at most 50 megapixels."),
    "too_much": N_("That file takes too long to read. Export it as an ordinary MP4, JPEG or WAV."),
}


class Unreadable(Invalid):
    """That file cannot be read. Choose another one."""

    code = "asset_invalid"

    def __init__(self, reason: str) -> None:
        super().__init__(_(REASONS[reason]))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What was found in a file.

    Sides are in px as shown, after `rotation` (degrees, as stored). `duration` is in seconds, exact on the
    file's own clock; `fps` is the average. What a kind of file does not have is 0 or "".
    """

    kind: Literal["video", "audio", "image"]
    container: str
    size_bytes: int
    video_codec: str = ""
    audio_codec: str = ""
    width: int = 0
    height: int = 0
    rotation: int = 0
    fps: Fraction = Fraction(0)
    frames: int = 0
    duration: Fraction = Fraction(0)
    sample_rate: int = 0
    channels: int = 0

    @property
    def has_audio(self) -> bool:
        return bool(self.audio_codec)


async def probe(path: Path) -> MediaInfo:
    """What the file is. Raises `Unreadable` with a sentence; takes at most 20 s."""
    try:
        ended = await limited.reader(
            *_program(path),
            wall_seconds=WALL_SECONDS,
            cpu_seconds=CPU_SECONDS,
            memory_bytes=MEMORY_BYTES,
        )
    except TimeoutError:
        raise Unreadable("too_much") from None
    if ended.status:
        raise _failure(ended)
    return _read(json.loads(ended.said))


def probe_now(path: Path) -> MediaInfo:
    """The same for a program without an event loop."""
    return asyncio.run(probe(path))


def _program(path: Path) -> tuple[str, str]:
    return "vannilli_app.media.probe_child", str(path.resolve())


def _failure(ended: limited.Ended) -> Exception:
    """A child that died by a signal met its limits or a decoder's fault; anything else is our own mistake."""
    if ended.status < 0:
        return Unreadable("too_much")
    return RuntimeError(f"the probe ended with {ended.status}: {ended.trouble}")


def _read(found: dict[str, Any]) -> MediaInfo:
    if reason := found.get("error"):
        raise Unreadable(reason)
    for name in ("fps", "duration"):
        found[name] = Fraction(found.get(name, 0))
    return MediaInfo(**found)
