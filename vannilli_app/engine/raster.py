"""Which triangle is seen at each point of a grid, all triangles at once: one call into OpenCV for each is slower."""

import numpy as np

from vannilli_app.engine.array import Array

EDGE = 1e-3  # how far beyond a triangle a point still counts as its own: none may fall between two


def painted(corners: Array, order: Array, shape: tuple[int, int]) -> Array:
    """(rows, columns) int32: the number of the triangle of `corners` (T, 3, 2) at each point of a grid of `shape`.

    Corners are in units of the grid, x then y. `order` (T,) are the numbers of the triangles from the farthest to the
    nearest, which covers the others. Where there is none, it is 0.
    """
    rows, columns = shape
    numbers, row, first, length = _spans(corners[order].astype(np.float32), rows, columns)
    begin = np.cumsum(length) - length
    at = np.arange(int(length.sum()), dtype=np.int32)
    at += np.repeat((row * columns + first - begin).astype(np.int32), length)
    seen = np.zeros(rows * columns, np.int32)
    seen[at] = np.repeat(order.astype(np.int32)[numbers], length)
    return seen.reshape(shape)


def _spans(corners: Array, rows: int, columns: int) -> tuple[Array, Array, Array, Array]:
    """The rows of triangles as four (S,): which triangle, its row, its first column there, and how many columns."""
    by_height = np.argsort(corners[..., 1], axis=1)
    corners = np.take_along_axis(corners, by_height[..., None], 1)
    heights = corners[..., 1]
    # A triangle is two halves, over and under its middle corner; its long side bounds both.
    sides = np.empty((len(corners), 2, 4), np.float32)
    sides[:, :, :2] = _line(corners[:, 0], corners[:, 2])[:, None]
    sides[:, 0, 2:] = _line(corners[:, 0], corners[:, 1])
    sides[:, 1, 2:] = _line(corners[:, 1], corners[:, 2])
    edges = np.clip(np.ceil(heights), 0, rows).astype(np.int32)
    edges[:, 2] = np.clip(np.floor(heights[:, 2]) + 1, 0, rows)
    edges[:, 1] = np.minimum(edges[:, 1], edges[:, 2])
    count = (edges[:, 1:] - edges[:, :2]).ravel()
    begin = np.cumsum(count) - count
    row = np.arange(int(count.sum()), dtype=np.int32)
    row += np.repeat((edges[:, :2].ravel() - begin).astype(np.int32), count)
    slope, at, other_slope, other_at = np.repeat(sides.reshape(-1, 4), count, axis=0).T
    one, other = slope * row + at, other_slope * row + other_at
    first = np.clip(np.ceil(np.minimum(one, other) - EDGE), 0, columns).astype(np.int32)
    end = np.clip(np.floor(np.maximum(one, other) + EDGE) + 1, 0, columns).astype(np.int32)
    numbers = np.repeat(np.arange(len(corners), dtype=np.int32), count.reshape(-1, 2).sum(1))
    return numbers, row, first, np.maximum(end - first, 0)


def _line(upper: Array, lower: Array) -> Array:
    """(T, 2): slope and start of x along y for lines from `upper` (T, 2) to `lower`; level ones stand still."""
    rise = lower[:, 1] - upper[:, 1]
    slope = (lower[:, 0] - upper[:, 0]) / np.where(rise > EDGE, rise, np.inf)
    return np.stack([slope, upper[:, 0] - slope * upper[:, 1]], 1)
