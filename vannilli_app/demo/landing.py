"""The clips of the first page: the demo's video and the performance that made it, small enough to load on a phone."""

import asyncio
from pathlib import Path

from vannilli_app.demo.inputs import Inputs
from vannilli_app.media import ffmpeg

SECONDS = 8  # four bars at 120: loops on a bar line
WIDTH = {"final": 540, "performance": 270}


def renew(final: Path, inputs: Inputs, folder: Path) -> None:
    """Write final.mp4, performance.mp4 (both silent loops) and thumbnail.jpg into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(_renew({"final": final, "performance": inputs.performance.path}, folder))


async def _renew(clips: dict[str, Path], folder: Path) -> None:
    for name, clip in clips.items():
        await ffmpeg.run(
            [
                *ffmpeg.source(clip, "-t", str(SECONDS)),
                *("-an", "-map_metadata", "-1", "-vf", f"scale={WIDTH[name]}:-2:flags=lanczos,fps=30"),
                *("-c:v", "libx264", "-preset", "slow", "-crf", "27", "-pix_fmt", "yuv420p"),
                *("-movflags", "+faststart", ffmpeg.target(folder / f"{name}.mp4")),
            ]
        )
    still = ["-frames:v", "1", "-update", "1", "-vf", f"scale={WIDTH['final']}:-2", "-q:v", "4"]
    await ffmpeg.run([*ffmpeg.source(clips["final"]), *still, ffmpeg.target(folder / "thumbnail.jpg")])
