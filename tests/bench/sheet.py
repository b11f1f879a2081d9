"""A contact sheet of what the animator makes: figures do not tell what an eye sees.

    python -m tests.bench.sheet OUT.webp [PICTURE CLIP] [--size 432x768] [--height 320]

Above the clip, below the picture that performs it, at the same moments: at rest, mouth wide open, eyes half shut and
shut, turned to either side, and where it moves fastest. Without a picture and a clip they are the project's own.
"""

import argparse
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from vannilli_app import demo
from vannilli_app.engine import animate
from vannilli_app.engine import driver as drivers
from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.array import Array
from vannilli_app.engine.reader import pictures

FPS = Fraction(30)
SHAPE = 3 / 4  # of each picture on the sheet, width over height
MARGIN = 0.35  # of the face's height, round the face


def main() -> int:
    """Makes the sheet that the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.sheet", description="See how like it is.")
    parser.add_argument("out", type=Path, help="a .png, .jpg or .webp")
    parser.add_argument("picture", nargs="?", type=Path)
    parser.add_argument("clip", nargs="?", type=Path)
    parser.add_argument("--size", default="432x768", help="of the video, WIDTHxHEIGHT in pixels")
    parser.add_argument("--height", type=int, default=320, help="of each picture on the sheet, in pixels")
    asked = parser.parse_args()
    width, height = map(int, asked.size.split("x"))
    with tempfile.TemporaryDirectory(prefix="vannilli-sheet-") as name:
        work = Path(name)
        picture, clip = asked.picture, asked.clip
        if clip is None:
            own = demo.write(work, bpm=120, bars=4, image_size=(1080, 1920), clip_size=(432, 768))
            picture, clip = own.image, own.performance.path
        made = work / "made.mp4"
        animate(picture, clip, made, size=(width, height), fps=FPS)
        cv2.imwrite(str(asked.out), sheet(clip, made, asked.height), [cv2.IMWRITE_WEBP_QUALITY, 82])
    return 0


def sheet(clip: Path, made: Path, height: int) -> Array:
    """(2 * height, ?, 3) BGR: faces of the clip above, of the video below."""
    performed, moved = (
        drivers.watch(path, FPS, None, lambda seconds: None).points[:] for path in (clip, made)
    )
    moments = telling(performed)
    return np.vstack([_row(clip, performed, moments, height), _row(made, moved, moments, height)])


def telling(points: Array) -> list[int]:
    """The frames of a performance (N, 478, 3) in which it shows what is hard, each once."""
    jaw = lm.mouth_openness(points)
    eyes = np.mean([lm.eye_openness(points, eye) for eye in lm.EYES], axis=0)
    usual = np.percentile(eyes, 80)
    yaw = np.array([lm.head_angles(one)[1] for one in points])
    speed = np.abs(np.diff(jaw, prepend=jaw[0]))
    found = [
        0,
        jaw.argmax(),
        np.abs(eyes - usual / 2).argmin(),
        eyes.argmin(),
        yaw.argmin(),
        yaw.argmax(),
        speed.argmax(),
    ]
    return list(dict.fromkeys(map(int, found)))


def _row(path: Path, points: Array, moments: list[int], height: int) -> Array:
    """The frames of a video cut out where its face, with `points` of a picture 720 high, is at any time."""
    low, high = points[:, lm.OVAL, :2].min((0, 1)), points[:, lm.OVAL, :2].max((0, 1))
    reach = float(high[1] - low[1] + 2 * MARGIN * lm.face_height(points).mean())
    cut = []
    for index, one in enumerate(pictures(path, FPS, longest_side=drivers.LONGEST_SIDE)):
        if index in moments:
            scale = height / reach
            left, top = (low + high) / 2 - np.array([SHAPE, 1]) * reach / 2
            move = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]], np.float32)
            size = (round(SHAPE * height), height)
            cut.append(
                (moments.index(index), cv2.warpAffine(one.rgb[..., ::-1], move, size, flags=cv2.INTER_AREA))
            )
    return np.hstack([picture for _, picture in sorted(cut, key=lambda found: found[0])])


if __name__ == "__main__":
    sys.exit(main())
