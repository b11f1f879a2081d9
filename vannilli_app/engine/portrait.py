"""The still picture that is brought to life: read, its face found, cropped to the video's shape."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.array import Array
from vannilli_app.engine.rims import laid
from vannilli_app.engine.tracker import Place, Tracker
from vannilli_app.errors import Invalid

SEARCH_SIDE = 1280  # pixels of the longer side in which a face is looked for
LEAST_FACE = 0.2  # of the video's height
NEARER, ENLARGED = 2.0, 2.6  # but no nearer than this, and no pixel of the picture larger
ROOM = 0.25  # of the longer side, how much of what was cut off is kept, for when the head moves


class ImageUnreadable(Invalid):
    """This image cannot be read. Save it as a JPEG or PNG file and choose it again."""

    code = "image_unreadable"


@dataclass(frozen=True)
class Portrait:
    """A picture in the video's scale and the points (478, 3) of its face; None when there is no human face.

    `wide` is larger than the video where the picture is: the video's own part of it, the `still`, begins at `corner`
    (x, y). Points are in pixels of the still.
    """

    wide: Array
    corner: tuple[int, int]
    size: tuple[int, int]
    points: Array | None

    @property
    def still(self) -> Array:
        """What the video shows when nothing moves, of `size` (width, height)."""
        left, top = self.corner
        return self.wide[top : top + self.size[1], left : left + self.size[0]]

    @classmethod
    def read(cls, path: Path, size: tuple[int, int], near: Place | None = None) -> "Portrait":
        """The picture of a file, turned as its EXIF says, filling `size` (width, height).

        Of several faces the largest is meant, or the one `near` a place of the turned picture. What overhangs is cut
        off so that it stays as near to the middle as can be.
        Raises ImageUnreadable.
        """
        try:
            picture = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
        except (OSError, cv2.error) as error:
            raise ImageUnreadable from error
        if picture is None:
            raise ImageUnreadable
        return cls.of(picture, size, near)

    @classmethod
    def of(cls, picture: Array, size: tuple[int, int], near: Place | None = None) -> "Portrait":
        """As `read`, of a BGR picture."""
        points = _face_of(picture, near)
        height, width = picture.shape[:2]
        scale = max(size[0] / width, size[1] / height)
        if points is not None:
            # A face that is lost in its picture cannot be seen to sing: the video goes nearer.
            wanted = LEAST_FACE * size[1] / float(lm.face_height(points))
            scale = float(np.clip(wanted, scale, max(scale, min(NEARER * scale, ENLARGED))))
        # Without a face the middle is shown, a little towards the top: heads are there.
        focus = points[lm.OVAL, :2].mean(0) * scale if points is not None else np.array([0.5, 0.45]) * scale
        if points is None:
            focus = focus * (width, height)
        overhang = np.array([width * scale - size[0], height * scale - size[1]])
        corner = np.clip(focus - np.array(size) * (0.5, 0.42), 0, np.maximum(overhang, 0))
        if scale < 1:  # warpAffine does not average: shrink first
            picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        before = np.floor(np.minimum(corner, ROOM * max(size))).astype(int)
        after = np.floor(np.minimum(np.maximum(overhang, 0) - corner, ROOM * max(size))).astype(int)
        enlarge, (left, top) = max(scale, 1.0), before - corner
        wide = cv2.warpAffine(
            picture,
            np.array([[enlarge, 0, left], [0, enlarge, top]], np.float32),
            (np.array(size) + before + after).tolist(),
            flags=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REPLICATE,
        )
        if points is not None:
            points = (points * scale - np.array([*corner, 0])).astype(np.float32)
            in_wide = np.array([*before, 0], np.float32)
            points = laid(wide, points + in_wide) - in_wide
        return cls(wide, (int(before[0]), int(before[1])), size, points)


def _face_of(picture: Array, near: Place | None) -> Array | None:
    scale = min(1.0, SEARCH_SIDE / max(picture.shape[:2]))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    face = Tracker(near=near).still(cv2.cvtColor(small, cv2.COLOR_BGR2RGB))
    return face.points / np.float32(scale) if face else None
