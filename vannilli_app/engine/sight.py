"""`python -m vannilli_app.engine.sight KIND FILE`: print as JSON what is seen in a picture or a performance.

A program of its own (`media.look`): a stranger's file may break a decoder, and servers need not hold the networks.
"""

import json
import sys
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from vannilli_app.engine import landmarks as lm
from vannilli_app.engine import reader
from vannilli_app.engine.array import Array
from vannilli_app.engine.detector import Detector, Region
from vannilli_app.engine.portrait import ImageUnreadable
from vannilli_app.engine.tracker import Face, Tracker
from vannilli_app.media.checks import Kind
from vannilli_app.media.sight import Sight

LOOKS_A_SECOND, LOOKED_AT_SECONDS = Fraction(2), 20.0
LONGEST_SIDE = 640
FACE_SIDE = 128  # pixels in which sharpness is compared
SURE = 0.8  # of the network that a face is one: hair and earrings are taken for faces with less
ANOTHER = 0.4  # of the first face's side: smaller ones are in posters and crowds
MOST_FACES = 4  # of a picture that are told: one of them is chosen by hand

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Look:
    """One picture: its brightness, and of its face what `Sight` is made of; `size` is 0 without a face."""

    light: float
    size: float = 0.0
    sharp: float = 0.0
    turned: float = 0.0
    mouth: float = 0.0
    several: bool = False


def see(kind: Kind, path: Path) -> Sight:
    """What is seen in a file. Raises what reading it raises."""
    tracker, detector = Tracker(threads=1), Detector()
    if kind == "target_image":
        picture = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
        if picture is None:
            raise ImageUnreadable
        scale = min(1.0, 2 * LONGEST_SIDE / max(picture.shape[:2]))
        rgb = cv2.cvtColor(
            cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2RGB
        )
        return _still(np.asarray(rgb), tracker, detector)
    film = reader.pictures(path, LOOKS_A_SECOND, longest_side=LONGEST_SIDE, until=LOOKED_AT_SECONDS)
    looks = []
    for one in film:
        face = tracker.follow(one.rgb)
        others = _others(one.rgb, face.region(), tracker, detector, tries=1) if face else []
        looks.append(_look(one.rgb, face, several=bool(others)))
    return _summed(looks)


def _still(rgb: Array, tracker: Tracker, detector: Detector) -> Sight:
    """The face first that is moved where none is chosen, then the others, the largest first."""
    face = tracker.still(rgb)
    if face is None:
        return _summed([_look(rgb, None, several=False)])
    others = _others(rgb, face.region(), tracker, detector, tries=MOST_FACES - 1)
    # The first points of a found face are rough, as the detector's box is; and it is shown cut out.
    others = [tracker.read(rgb, other.region()) for other in others]
    boxes = [_in_shares(other, rgb) for other in others]
    boxes.sort(key=lambda box: box[2] * box[3], reverse=True)
    return replace(_summed([_look(rgb, face, several=bool(others))]), boxes=[_in_shares(face, rgb), *boxes])


def _look(rgb: Array, face: Face | None, *, several: bool) -> Look:
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    if face is None:
        return Look(light=float(grey.mean()))
    low, high = (edge.astype(int) for edge in _box(face, rgb))
    cut = grey[low[1] : max(high[1], low[1] + 1), low[0] : max(high[0], low[0] + 1)]
    small = cv2.resize(cut, (FACE_SIDE, FACE_SIDE), interpolation=cv2.INTER_AREA)
    return Look(
        light=float(cut.mean()),
        size=float(lm.face_height(face.points)) / rgb.shape[0],
        sharp=float(cv2.Laplacian(small, cv2.CV_64F).var()),
        turned=abs(float(np.degrees(lm.head_angles(face.points)[1]))),
        mouth=float(lm.mouth_openness(face.points)),
        several=several,
    )


def _box(face: Face, rgb: Array) -> tuple[Array, Array]:
    """The upper left and the lower right of what of a face is in the picture."""
    oval = face.points[lm.OVAL, :2]
    low, high = np.clip([oval.min(0), oval.max(0)], 0, rgb.shape[1::-1])
    return low, high


def _in_shares(face: Face, rgb: Array) -> Box:
    low, high = (edge / rgb.shape[1::-1] for edge in _box(face, rgb))
    x, y, width, height = (round(float(share), 4) for share in (*low, *(high - low)))
    return x, y, width, height


def _others(rgb: Array, first: Region, tracker: Tracker, detector: Detector, *, tries: int) -> list[Face]:
    """The faces that are about as large as the first one: each is found once those before it are painted over."""
    rest, paint = rgb.copy(), rgb.mean(axis=(0, 1)).astype(np.uint8)
    found, last = [], first
    for _ in range(tries):
        half = last.side / 2
        left, top = np.maximum(last.centre - half, 0).astype(int)
        right, bottom = np.maximum(last.centre + half, 0).astype(int)
        rest[top:bottom, left:right] = paint
        other = detector.find(rest)
        if other is None or other.side < ANOTHER * first.side:
            break
        face = tracker.read(rest, other)
        if face.score >= SURE:
            found.append(face)
        last = other
    return found


def _summed(looks: list[Look]) -> Sight:
    faces = [one for one in looks if one.size]
    shown = faces or looks

    def middle(values: list[float]) -> float:
        return round(float(np.median(values)), 4)

    mouths = [one.mouth for one in faces] or [0.0]
    return Sight(
        looks=len(looks),
        faces=len(faces) / len(looks),
        several=sum(one.several for one in looks) / len(looks),
        size=middle([one.size for one in shown]),
        light=middle([one.light for one in shown]),
        sharp=middle([one.sharp for one in shown]),
        turned=middle([one.turned for one in shown]),
        mouth=round(float(np.percentile(mouths, 95) - np.percentile(mouths, 5)), 4),
    )


if __name__ == "__main__":
    seen = see(sys.argv[1], Path(sys.argv[2]))  # type: ignore[arg-type]
    sys.stdout.write(json.dumps(asdict(seen)))
