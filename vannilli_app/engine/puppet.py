"""A still portrait that can be moved: net, layers and mouth, drawn frame by frame."""

import cv2
import numpy as np

from vannilli_app.engine import landmarks as lm
from vannilli_app.engine import matte, mouth
from vannilli_app.engine.array import Array
from vannilli_app.engine.eyelids import Eyelids
from vannilli_app.engine.field import Field, Window
from vannilli_app.engine.mesh import Mesh
from vannilli_app.engine.mouth import Mouth
from vannilli_app.engine.portrait import Portrait
from vannilli_app.engine.retarget import Move
from vannilli_app.engine.shot import Shot, skin_of_lips

RIM = 0.6  # how dark a lip is where it turns inwards
COARSE = 4  # pixels for one of the mask that says where to draw


class Puppet:
    """Draws the face at `points` (478, 3) of a portrait in any pose."""

    def __init__(self, portrait: Portrait, points: Array) -> None:
        self.still = portrait.still
        self.points = points
        left, top = portrait.corner
        width, height = portrait.size
        in_wide = points + np.array([left, top, 0], np.float32)
        self._mesh = Mesh(points, portrait.size, portrait.corner)
        self._layers = matte.cut(portrait.wide, in_wide)
        self._painted, self._border = portrait.wide, cv2.BORDER_REFLECT_101
        if self._layers:
            # The person's colours come multiplied by how much of them is seen: to lay them over is then one sum.
            share = self._layers.alpha[..., None].astype(np.float32) * np.float32(1 / 255)
            own = np.round(self._layers.person * share).astype(np.uint8)
            self._painted = np.dstack([own, self._layers.alpha])
            self._background = self._layers.background[top : top + height, left : left + width]
            # What is beyond the edge is background where the edge is: a mirror would show a second head.
            self._border = cv2.BORDER_REPLICATE
            self._where = _reach(self._layers.alpha)
        self._eyelids = Eyelids(portrait.wide, in_wide)
        self._rim = skin_of_lips(portrait.still, points) * np.float32(RIM)
        self._openness = float(lm.mouth_openness(points))

    def draw(self, move: Move, inside: Mouth, shot: Shot | None = None, zoom: float = 1.0) -> Array:
        """The portrait in the pose of `move`, seen from `zoom` times as near, with `inside` between its lips."""
        vertices = self._mesh.place(move, zoom=zoom, body=self._layers is not None)
        coarse = self._mesh.coarse(vertices)
        picture = self._over_background(coarse, zoom) if self._layers else self._moved(coarse, coarse.whole)
        self._eyelids.draw(picture, vertices[: lm.COUNT], move.closing)
        mouth.fill(picture, vertices[: lm.COUNT], inside, shot, self._openness, self._rim)
        return picture

    def _moved(self, coarse: Field, window: Window) -> Array:
        map_x, map_y = coarse.enlarged(window)
        return cv2.remap(self._painted, map_x, map_y, cv2.INTER_LINEAR, borderMode=self._border)

    def _over_background(self, coarse: Field, zoom: float) -> Array:
        picture = self._behind(zoom)
        for window in coarse.windows(self._where, 1 / COARSE):
            moved = self._moved(coarse, window)
            region = picture[coarse.pixels(window)]
            through = cv2.cvtColor(cv2.bitwise_not(cv2.extractChannel(moved, 3)), cv2.COLOR_GRAY2BGR)
            behind = cv2.multiply(region, through, scale=1 / 255)
            region[:] = cv2.add(cv2.cvtColor(moved, cv2.COLOR_BGRA2BGR), behind)
        return picture

    def _behind(self, zoom: float) -> Array:
        """The background alone, to be drawn upon."""
        if zoom == 1:
            return self._background.copy()
        x, y = self._mesh.centre[:2]
        nearer = np.array([[zoom, 0, x * (1 - zoom)], [0, zoom, y * (1 - zoom)]], np.float32)
        size = (self._background.shape[1], self._background.shape[0])
        return np.asarray(cv2.warpAffine(self._background, nearer, size, borderMode=cv2.BORDER_REFLECT_101))


def _reach(alpha: Array) -> Array:
    """Where a person is, and a little round it, COARSE times smaller; 0 elsewhere."""
    there = cv2.dilate(alpha, np.ones((4 * COARSE + 1, 4 * COARSE + 1), np.uint8))
    return np.ascontiguousarray(there[::COARSE, ::COARSE])
