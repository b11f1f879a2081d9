"""Joins points by triangles, none of which has another point within its circle."""

import cv2
import numpy as np

from vannilli_app.engine.array import Array


def triangles(points: Array) -> Array:
    """(T, 3) numbers: the Delaunay triangles of distinct `points` (N, 2) in a rectangle of points, all turning one way.

    By OpenCV, which cuts the corners of other outlines but is there already: to import SciPy's takes longer than to
    draw ten pictures.
    """
    low = points.min(0) - 1
    moved = (points - low).astype(np.float32)  # OpenCV wants them right of and below its origin
    width, height = np.ceil(moved.max(0) + 1).astype(int).tolist()
    division = cv2.Subdiv2D((0, 0, width, height))
    division.insert(moved)
    numbers = {tuple(point): number for number, point in enumerate(moved.tolist())}
    corners = np.asarray(division.getTriangleList()).reshape(-1, 3, 2)
    found = np.array([[numbers.get(tuple(point), -1) for point in one] for one in corners.tolist()])
    found = found[(found >= 0).all(1)]  # the others have a corner of the division's own, far outside
    first, second, third = (moved[found[:, corner]] for corner in range(3))
    (ux, uy), (vx, vy) = (second - first).T, (third - first).T
    backwards = ux * vy < uy * vx
    found[backwards] = found[backwards][:, ::-1]
    return found.astype(np.int32)
