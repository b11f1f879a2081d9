"""The net of triangles is Delaunay's and covers its frame once."""

import numpy as np
import pytest
from scipy.spatial import Delaunay

from vannilli_app.engine.delaunay import triangles

SIDE = 900.0


def _framed(seed: int) -> np.ndarray:
    """Points anywhere in a square whose edges are points too."""
    along = np.linspace(-0.25 * SIDE, 1.25 * SIDE, 9)
    frame = [(x, y) for x in along for y in along if {x, y} & {along[0], along[-1]}]
    return np.concatenate([np.random.default_rng(seed).uniform(0, SIDE, (300, 2)), frame])


@pytest.mark.parametrize("seed", range(5))
def test_it_is_the_net_that_scipy_finds(seed: int) -> None:
    points = _framed(seed)
    found = triangles(points)
    assert {tuple(sorted(one)) for one in found.tolist()} == {
        tuple(sorted(one)) for one in Delaunay(points.astype(np.float32)).simplices.tolist()
    }


def test_all_triangles_turn_one_way_and_cover_the_frame_once() -> None:
    points = _framed(9)
    a, b, c = points[triangles(points)].transpose(1, 0, 2)
    (ux, uy), (vx, vy) = (b - a).T, (c - a).T
    areas = (ux * vy - uy * vx) / 2
    assert (areas > 0).all()
    assert np.isclose(areas.sum(), (1.5 * SIDE) ** 2)
