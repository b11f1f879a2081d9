"""The nearest triangle is seen at every point that lies in one, and no point between two is missed."""

import numpy as np

from vannilli_app.engine.array import Array
from vannilli_app.engine.raster import painted

SHAPE = (40, 60)


def _inside(corners: Array) -> Array:
    """Where the points of the grid lie in a triangle (3, 2), by the side of each edge on which they are."""
    y, x = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    sides = [
        (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])
        for a, b in zip(corners, np.roll(corners, -1, 0), strict=True)
    ]
    return np.asarray((np.min(sides, 0) >= 0) | (np.max(sides, 0) <= 0))


def test_the_nearest_of_triangles_is_seen() -> None:
    random = np.random.default_rng(3)
    corners = random.uniform(-15, 70, (50, 3, 2))
    order = random.permutation(50)
    wanted = np.zeros(SHAPE, int)
    for number in order:
        wanted[_inside(corners[number])] = number
    assert (painted(corners, order, SHAPE) != wanted).mean() < 0.001  # edges are a thousandth wider


def test_a_net_has_no_holes() -> None:
    """Corners on points of the grid and between them, level and upright edges, specks and slivers."""
    x, y = (np.append(np.linspace(0, side - 1, 25), [5.5, 5.5001]) for side in (SHAPE[1], SHAPE[0]))
    net = np.stack(np.meshgrid(np.sort(x), np.sort(y)), -1)
    squares = [net[:-1, :-1], net[:-1, 1:], net[1:, 1:], net[1:, :-1]]
    halves = [np.stack([squares[i] for i in three], 2).reshape(-1, 3, 2) for three in ((0, 1, 2), (0, 2, 3))]
    far = np.array([[[-99, -99], [300, -99], [-99, 300]]])
    corners = np.concatenate([far, *halves])
    assert painted(corners, np.arange(len(corners)), SHAPE).min() > 0
