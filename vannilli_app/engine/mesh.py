"""The net of triangles over a still picture, and the dense field that its movement makes.

The face's points are joined to rings round the head, which move with it less and less, and to a frame outside
the picture. A field says for each pixel of the new picture where in the old one its colour comes from.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.array import Array
from vannilli_app.engine.delaunay import triangles
from vannilli_app.engine.field import STEP, Field
from vannilli_app.engine.raster import painted
from vannilli_app.engine.retarget import Move

# Size over the face, share of the head's movement, share of what the face's edge does by itself: a chin that drops
# pushes the throat before it, or it would run over it and fray.
RINGS = (
    (1.12, 1.0, 0.85),
    (1.3, 0.97, 0.6),
    (1.55, 0.8, 0.3),
    (1.9, 0.45, 0.1),
    (2.5, 0.1, 0.0),
)
EDGE_POINTS = 36
TOUCHING, APART = 0.02, 0.06  # openness of a mouth up to which lips touch, and from which each is by itself
LIP_CREASE = 0.12  # of the mouth's width, how far creases of the lips are smoothed
EYE_CREASE = 0.12  # of an eye's width, how far creases of its rims are smoothed
GAZE = 2.2  # radii of an iris, how far round it the eye gives way when it moves
HEAD_DEPTH = 0.25  # of the face's height, from the face's edge to the middle of the head
LEAST_AREA = 0.3  # twice the area, in points of the grid, of the least triangle that can be seen
MARGIN = 0.25  # of the longer side, how far outside the picture the frame lies
BODY = np.array([0.2, 0.15], np.float32)  # how much of the head's travel the shoulders share, x and y
RING_DEPTH = 1.0  # of the face's height, for each size of the face that a ring is larger
NECK = 0.85  # below the chin, how much less the rings share: the neck is held by the body


def _ajar(points: Array) -> Array:
    """The points with lips and lids apart, in the plane: no triangle then joins what must come apart."""
    apart = points[:, :2].copy()
    apart[lm.LIPS_INNER] += 0.35 * (points[lm.LIPS_OUTER, :2] - points[lm.LIPS_INNER, :2])
    apart[lm.LIPS_INNER[0]], apart[lm.LIPS_INNER[10]] = points[78, :2], points[308, :2]
    for eye in lm.EYES:
        upper, lower = lm.lids(eye)
        least = 0.12 * lm.distance(points, eye[0], eye[8])
        gap = points[lower, :2] - points[upper, :2]
        short = np.maximum(least - np.linalg.norm(gap, axis=1), 0)[:, None] / 2
        down = points[lm.CHIN, :2] - points[lm.FOREHEAD, :2]
        down = down / np.linalg.norm(down)
        apart[upper] -= short * down
        apart[lower] += short * down
    return apart


def _faces_us(points: Array) -> Array:
    """(478,) true for the points on the camera's side of a round head."""
    _, yaw, _ = lm.head_angles(points)
    inwards = np.array([np.sin(yaw), 0, np.cos(yaw)])
    outwards = points - (points[lm.OVAL].mean(0) + HEAD_DEPTH * lm.face_height(points) * inwards)
    return np.asarray(outwards[:, 2] < 0)


@dataclass(frozen=True)
class _Silhouette:
    """EDGE_POINTS evenly along the outline of points as the camera sees them: each lies `share` of the way from the
    point of number `start` to that of number `end`."""

    start: Array
    end: Array
    share: Array

    @classmethod
    def of(cls, points: Array, seen: Array) -> "_Silhouette":
        """The outline of those of `points` (478, 3) whose numbers are `seen`."""
        corners = seen[cv2.convexHull(points[seen, :2].astype(np.float32), returnPoints=False)[:, 0]]
        corners = np.append(corners, corners[0])
        length = np.append(0, np.cumsum(np.linalg.norm(np.diff(points[corners, :2], axis=0), axis=1)))
        at = np.linspace(0, length[-1], EDGE_POINTS, endpoint=False)
        before = np.searchsorted(length, at, side="right") - 1
        share = (at - length[before]) / (length[before + 1] - length[before])
        return cls(corners[before], corners[before + 1], share[:, None].astype(np.float32))

    def along(self, points: Array) -> Array:
        """(EDGE_POINTS, 3): where the outline's points lie when the face has `points`."""
        return np.asarray(points[self.start] + self.share * (points[self.end] - points[self.start]))


class Mesh:
    """The net over a still of `size` (width, height) whose face has `points` (478, 3).

    The still begins at `corner` (x, y) of the picture that fields lead to.
    """

    def __init__(self, points: Array, size: tuple[int, int], corner: tuple[int, int] = (0, 0)) -> None:
        self.width, self.height = size
        self.centre = points[lm.OVAL].mean(0)
        self.face_size = float(lm.face_height(points))
        seen = np.flatnonzero(_faces_us(points))
        self._edge = _Silhouette.of(points, seen)
        self._at_rest = self._edge.along(points)
        self._make_rings(self._at_rest)
        self._frame = self._make_frame()
        self._source = np.concatenate([points, self._rings, self._frame]).astype(np.float32)
        plane = np.concatenate([_ajar(points), self._rings[:, :2], self._frame[:, :2]])
        # Points on the far side of a head that looks aside lie on top of others: they take no part.
        # Nor do irises: they are moved as a whole within their eyes.
        self._irises = [iris for iris in lm.IRISES if iris[0] in seen]
        part = np.concatenate([seen[seen < lm.IRISES[0][0]], np.arange(lm.COUNT, len(plane))])
        self._triangles = part[triangles(plane[part])].astype(np.int32)
        in_picture = self._source[:, :2] + np.array(corner, np.float32)
        self._corners = in_picture[self._triangles]
        self._irises_at = {iris[0]: in_picture[iris[0]] for iris in self._irises}
        self._hidden = self._behind()
        rows, columns = -(-self.height // STEP), -(-self.width // STEP)
        y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
        self._x, self._y = x, y

    def _make_rings(self, edge: Array) -> None:
        rings, shares, pushes = [], [], []
        below = np.clip((edge[:, 1] - self.centre[1]) / (0.5 * self.face_size), 0, 1)
        for size, share, push in RINGS:
            ring = edge.mean(0) + (edge - edge.mean(0)) * size
            # The first ring turns with the face's edge: further back, it would cross it on the far cheek.
            ring[:, 2] = edge[:, 2] + (size - RINGS[0][0]) * self.face_size * RING_DEPTH
            rings.append(ring)
            # The neck is held by the body: below the chin the head's movement ends sooner.
            shares.append(share * (1 - NECK * below * min(1, (size - 1) * 2)))
            pushes.append(np.full(len(edge), push))
        ring, share, push = (np.concatenate(parts) for parts in (rings, shares, pushes))
        reach = 0.8 * MARGIN * max(self.width, self.height)
        inside = ((ring[:, :2] > -reach) & (ring[:, :2] < np.array([self.width, self.height]) + reach)).all(1)
        self._rings = ring[inside].astype(np.float32)
        self._shares, self._pushes = (part[inside, None].astype(np.float32) for part in (share, push))
        # The first ring turns with the face's edge, the others with the head behind it.
        number = np.repeat(np.arange(len(RINGS)), len(edge))[inside]
        self._round = np.clip(number / 2, 0, 1).astype(np.float32)
        self._pushed_by = np.tile(np.arange(len(edge)), len(RINGS))[inside]

    def _make_frame(self) -> Array:
        margin = MARGIN * max(self.width, self.height)
        across = np.linspace(-margin, self.width + margin, 9)
        along = np.linspace(-margin, self.height + margin, 9)
        frame = [(x, y, 0.0) for x in across for y in (along[0], along[-1])]
        frame += [(x, y, 0.0) for y in along[1:-1] for x in (across[0], across[-1])]
        return np.array(frame, np.float32)

    def _behind(self) -> Array:
        """(T,) true for triangles of the mouth's inside and of the eyeballs: everything else covers them."""
        behind = np.zeros(len(self._triangles), bool)
        for group in (lm.LIPS_INNER, lm.EYE_RIGHT + lm.IRIS_RIGHT, lm.EYE_LEFT + lm.IRIS_LEFT):
            inside = np.zeros(len(self._source), bool)
            inside[group] = True
            behind |= inside[self._triangles].all(1)
        return behind

    def place(self, move: Move, *, zoom: float, body: bool) -> Array:
        """All vertices (V, 3) of a move; `zoom` enlarges about the face, `body` lets the shoulders follow."""
        rings = self._with_body(self._rings, move, body)
        pushed = self._edge.along(move.expression) - self._at_rest
        carried = move.carry(self._rings + self._pushes * pushed[self._pushed_by], self._round)
        rings += self._shares * (carried - rings)
        vertices = np.concatenate([move.points, rings, self._with_body(self._frame, move, body)])
        vertices[:, :2] = (vertices[:, :2] - self.centre[:2]) * zoom + self.centre[:2]
        return np.asarray(vertices, np.float32)

    def _with_body(self, points: Array, move: Move, body: bool) -> Array:
        moved = points.copy()
        if body:
            # The lower edge of the picture is where the body is held.
            room = max(self.height - self.centre[1], 1)
            hold = np.clip((self.height - points[:, 1]) / room, 0, 1)
            moved[:, 0] += BODY[0] * move.travel[0] * (0.4 + 0.6 * hold)
            moved[:, 1] += BODY[1] * move.travel[1] * hold
        return moved

    def field(self, vertices: Array) -> tuple[Array, Array]:
        """Where each pixel comes from: x and y, (height, width) float32 each."""
        coarse = self.coarse(vertices)
        return coarse.enlarged(coarse.whole)

    def coarse(self, vertices: Array) -> Field:
        """As `field`, but not yet enlarged."""
        grid = self._on_grid(vertices)
        corners = grid[self._triangles]
        sides = corners[:, 1:] - corners[:, :1]
        area = sides[:, 0, 0] * sides[:, 1, 1] - sides[:, 0, 1] * sides[:, 1, 0]
        # The net covers the picture however it is folded: what shows its back lies over something that does not.
        sliver = area < LEAST_AREA
        depth = vertices[self._triangles, 2].mean(1) + 1e6 * self._hidden + 1e9 * sliver
        ids = painted(corners, np.argsort(-depth), self._x.shape).ravel()
        affine = self._affines(corners[:, 0], sides, area, sliver)
        shape = self._x.shape
        map_x, map_y = (
            np.take(a, ids).reshape(shape) * self._x
            + np.take(b, ids).reshape(shape) * self._y
            + np.take(c, ids).reshape(shape)
            for a, b, c in (affine[:3], affine[3:])
        )
        self._smooth(map_x, map_y, grid, float(lm.mouth_openness(vertices[: lm.COUNT])))
        return Field(map_x, map_y, (self.width, self.height))

    @staticmethod
    def _on_grid(vertices: Array) -> Array:
        """Vertices in units of the grid, whose points lie in the middle of the pixels they stand for."""
        return np.asarray((vertices[:, :2] - (STEP - 1) / 2) / STEP)

    def _affines(self, corner: Array, sides: Array, area: Array, sliver: Array) -> Array:
        """(6, T): for each triangle the map from a point of the grid to the still; a sliver's leads to its corner."""
        first, second = sides[:, 0], sides[:, 1]
        share = np.where(sliver, 0, 1 / np.where(sliver, 1, area))
        u, v = (
            np.stack([second[:, 1], -second[:, 0]]) * share,
            np.stack([-first[:, 1], first[:, 0]]) * share,
        )
        origin = self._corners[:, 0]
        along, across = self._corners[:, 1] - origin, self._corners[:, 2] - origin
        rows = []
        for axis in (0, 1):
            slope = along[:, axis] * u + across[:, axis] * v
            rows += [*slope, origin[:, axis] - slope[0] * corner[:, 0] - slope[1] * corner[:, 1]]
        return np.stack(rows).astype(np.float32)

    def _smooth(self, map_x: Array, map_y: Array, grid: Array, openness: float) -> None:
        """Takes the creases out of the field of vertices at `grid` (V, 2), in place.

        It leaves lips that are parted by `openness`, and eyes, as sharp as they are.
        """
        size = max(3, int(self.face_size / STEP * 0.07)) | 1
        # Lips that touch are one sheet, and keep the line that the picture has between them.
        apart = min(max((openness - TOUCHING) / (APART - TOUCHING), 0.0), 1.0)
        sharp: Array = np.zeros(map_x.shape, np.uint8)
        for group, much in ((lm.LIPS_OUTER, apart), *((eye, 1.0) for eye in lm.EYES)):
            hull = cv2.convexHull(np.round(grid[group]).astype(np.int32))
            cv2.fillConvexPoly(sharp, hull, 255 * much)
        sharp = cv2.blur(cv2.dilate(sharp, np.ones((size, size), np.uint8)), (size, size))
        keep = sharp.astype(np.float32) * np.float32(1 / 255)
        for eye in lm.EYES:
            self._smooth_eye(map_x, map_y, grid[eye])
        for iris in self._irises:
            self._look(map_x, map_y, grid[iris], self._irises_at[iris[0]])
        for field in (map_x, map_y):
            soft = cv2.blur(field, (size, size), borderType=cv2.BORDER_REPLICATE)
            edge = size
            soft[:edge], soft[-edge:] = field[:edge], field[-edge:]
            soft[:, :edge], soft[:, -edge:] = field[:, :edge], field[:, -edge:]
            field -= soft
            field *= keep
            field += soft
        if apart > 0:
            self._smooth_lips(map_x, map_y, grid, apart)

    def _smooth_eye(self, map_x: Array, map_y: Array, eye: Array) -> None:
        """Takes the creases out of an eye at `eye` (16, 2), or its rims would be jagged when it opens wide."""
        width = float(np.linalg.norm(eye[8] - eye[0]))
        rows, columns = map_x.shape
        left, top = np.clip(np.floor(eye.min(0) - 0.2 * width), 0, (columns, rows)).astype(int).tolist()
        right, bottom = np.clip(np.ceil(eye.max(0) + 0.2 * width), 0, (columns, rows)).astype(int).tolist()
        size = max(3, int(EYE_CREASE * width)) | 1
        if min(right - left, bottom - top) < 2 * size:
            return
        inside = (slice(top, bottom), slice(left, right))
        # Three points of the grid are the least that can be smoothed: more than a small eye bears.
        much = min(EYE_CREASE * width / size, 1.0)
        for field in (map_x[inside], map_y[inside]):
            field += much * (cv2.blur(field, (size, size), borderType=cv2.BORDER_REPLICATE) - field)

    @staticmethod
    def _look(map_x: Array, map_y: Array, iris: Array, at: Array) -> None:
        """Moves an iris, round as it is, to `iris` (5, 2): its middle is what lies `at` (2,) in the picture."""
        radius = float(np.linalg.norm(iris[1:] - iris[0], axis=1).mean())
        rows, columns = map_x.shape
        left, top = np.clip(np.floor(iris[0] - GAZE * radius), 0, (columns, rows)).astype(int).tolist()
        right, bottom = np.clip(np.ceil(iris[0] + GAZE * radius), 0, (columns, rows)).astype(int).tolist()
        if min(right - left, bottom - top) < 1:
            return
        y, x = np.ogrid[top:bottom, left:right]
        away = np.hypot(x - iris[0, 0], y - iris[0, 1]) / max(radius, 1e-3)
        share = np.clip((GAZE - away) / (GAZE - 1), 0, 1)
        share = (share * share * (3 - 2 * share)).astype(np.float32)
        for field, wanted in ((map_x, at[0]), (map_y, at[1])):
            now = cv2.getRectSubPix(field, (1, 1), iris[0].tolist())[0, 0]
            field[top:bottom, left:right] += (wanted - now) * share

    def _smooth_lips(self, map_x: Array, map_y: Array, grid: Array, much: float) -> None:
        """Takes the creases out of each lip by itself: what is above the gap never mixes with what is below it."""
        inner, outer = grid[lm.LIPS_INNER], grid[lm.LIPS_OUTER]
        width = float(np.linalg.norm(inner[10] - inner[0]))
        rows, columns = map_x.shape
        left, top = np.clip(np.floor(outer.min(0) - 0.2 * width), 0, (columns, rows)).astype(int).tolist()
        right, bottom = np.clip(np.ceil(outer.max(0) + 0.2 * width), 0, (columns, rows)).astype(int).tolist()
        size = max(3, int(LIP_CREASE * width)) | 1
        if min(right - left, bottom - top) < 2 * size:
            return
        place, shape = (slice(top, bottom), slice(left, right)), (bottom - top, right - left)
        inner, outer = inner - (left, top), outer - (left, top)
        seam = np.concatenate([inner[:1], (inner[1:10] + inner[:10:-1]) / 2, inner[10:11]])
        seam = seam[np.argsort(seam[:, 0])]
        above = np.arange(shape[0])[:, None] < np.interp(np.arange(shape[1]), seam[:, 0], seam[:, 1])
        gap, lips = np.zeros((2, *shape), np.uint8)
        cv2.fillPoly(gap, [np.round(inner).astype(np.int32)], 1)
        cv2.fillConvexPoly(lips, cv2.convexHull(np.round(outer).astype(np.int32)), 255)
        share = cv2.blur(cv2.dilate(lips, np.ones((3, 3), np.uint8)), (size, size)).astype(np.float32) * (
            much / 255
        )
        for sheet in (above, ~above):
            weight = (sheet & (gap == 0)).astype(np.float32)
            known = cv2.blur(weight, (size, size))
            say = share * (sheet & (known > 0.02))
            known = np.maximum(known, np.float32(1e-3))
            for field in (map_x[place], map_y[place]):
                field += say * (cv2.blur(field * weight, (size, size)) / known - field)
