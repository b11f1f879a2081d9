"""The demo's three files: a picture, a song and a driver clip that belong together."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2

from vannilli_app.demo import character, performance, performer, track
from vannilli_app.demo.performance import Performance
from vannilli_app.demo.track import Track


@dataclass(frozen=True)
class Inputs:
    """Where the picture (PNG), the song (WAV) and the driver clip (MP4) are, and what is known of them."""

    image: Path
    track: Track
    performance: Performance


def write(
    folder: Path,
    *,
    bpm: float = 120.0,
    bars: int = 8,
    image_size: tuple[int, int] = character.SIZE,
    clip_size: tuple[int, int] = performer.SIZE,
    seconds: float | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Inputs:
    """Writes character.png, track.wav and performance.mp4 into `folder`, in 4/4 at `bpm`.

    `seconds` makes the clip shorter than the song. `on_progress(done, total)` counts the clip's frames, which take
    nearly all of the time: about half of the clip's length.
    """
    folder.mkdir(parents=True, exist_ok=True)
    image = folder / "character.png"
    cv2.imwrite(str(image), character.draw(image_size))
    song = track.write(folder / "track.wav", bpm=bpm, bars=bars)
    clip = performance.write(
        folder / "performance.mp4", song, size=clip_size, seconds=seconds, on_progress=on_progress
    )
    return Inputs(image, song, clip)
