"""Files that mean harm, or that decoders have fallen over, each with what a person is told of it.

Most are a good file with a few bytes changed. A case gives the bytes; `code` and `sentence` are one of the findings.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tests.media import makers
from vannilli_app.media.checks import Kind

NOT_READ = {
    "driver_video": "Your performance cannot be read. Choose an MP4, MOV or WebM video.",
    "target_image": "Your picture cannot be read. Choose a JPEG, PNG or WebP picture.",
    "audio": "Your track cannot be read. Choose an MP3, WAV, FLAC, M4A or OGG file.",
}
EMPTY = "That file is empty. Choose it again, or record another take."
BROKEN = "That file is damaged or was cut off. Export it again, or choose another one."
UNKNOWN_CODEC = (
    "That file is packed in a way that cannot be read here. Export it as an ordinary MP4, JPEG or WAV."
)
FILM_TOO_LARGE = "That video has too large a picture. Export it in 4K or less."
PICTURE_TOO_LARGE = "That picture is too large. Use one of at most 50 megapixels."
ODDLY_TURNED = "That video is turned by an odd angle. Export it upright."
TOO_MUCH = "That file takes too long to read. Export it as an ordinary MP4, JPEG or WAV."


@dataclass(frozen=True)
class Case:
    name: str
    kind: Kind
    make: Callable[[], bytes]
    code: str
    sentence: str


CASES: dict[str, Case] = {}

Make = Callable[[], bytes]


def case(kind: Kind, sentence: str = "", code: str = "unreadable") -> Callable[[Make], Make]:
    """A file that is brought as one kind; without a sentence it is simply nothing that can be read."""

    def add(make: Make) -> Make:
        name = make.__name__
        assert name not in CASES, name
        CASES[name] = Case(name, kind, make, code, sentence or NOT_READ[kind])
        return make

    return add


@cache
def encoded(suffix: str, *arguments: object) -> bytes:
    """What the encoder makes of these arguments."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"made{suffix}"
        makers.ffmpeg(*arguments, path)
        return path.read_bytes()


@cache
def film(suffix: str = ".mp4", **values: object) -> bytes:
    """A good performance of one second, and sound under it."""
    wanted = {"frames": 30, "size": (360, 480), "sound": makers.music(1)}
    if suffix == ".webm":
        wanted |= {"codec": "libvpx", "sound_codec": "libopus", "live": True}
    with TemporaryDirectory() as folder:
        return makers.film(Path(folder) / f"film{suffix}", **(wanted | values)).read_bytes()  # type: ignore[arg-type]


@cache
def song(channels: int = 2) -> bytes:
    """A good track of one second, as WAV."""
    with TemporaryDirectory() as folder:
        sound = np.stack([makers.music(1)] * channels, axis=1)
        return makers.wav(Path(folder) / "song.wav", sound).read_bytes()
