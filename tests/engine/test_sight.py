"""What is seen of faces, light and sharpness, in a child process under its limits."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.media import faces, makers
from vannilli_app.config import ROOT
from vannilli_app.engine.array import Array
from vannilli_app.engine.sight import see
from vannilli_app.media.look import look
from vannilli_app.media.sight import Sight

DEMO = ROOT / "assets" / "demo"


@pytest.fixture(scope="module")
def still() -> Array:
    return np.asarray(cv2.imread(str(DEMO / "thumbnail.jpg")))


def seen(folder: Path, picture: Array) -> Sight:
    cv2.imwrite(str(folder / "picture.png"), picture)
    return see("target_image", folder / "picture.png")


def test_one_face_is_seen_and_what_is_done_to_it(tmp_path: Path, still: Array) -> None:
    good = seen(tmp_path, still)
    assert (good.looks, good.faces, good.several) == (1, 1.0, 0.0)
    assert good.size > 0.15
    dark = seen(tmp_path, (still * 0.2).astype(np.uint8))
    assert dark.light == pytest.approx(0.2 * good.light, rel=0.1)
    assert seen(tmp_path, cv2.GaussianBlur(still, (0, 0), 7)).sharp < good.sharp / 10
    [(x, y, width, height)] = good.boxes
    twice = seen(tmp_path, np.hstack([still, still]))
    assert twice.several == 1.0
    for begin, box in zip((0, 0.5), sorted(twice.boxes), strict=True):
        assert box == pytest.approx((begin + x / 2, y, width / 2, height), abs=0.02)
    nobody = seen(tmp_path, np.full_like(still, 90))
    assert (nobody.faces, nobody.light, nobody.boxes) == (0.0, 90.0, ())


def test_the_faces_of_a_group_are_listed_the_largest_first_and_four_at_most(tmp_path: Path) -> None:
    head = faces.head()
    group = np.full((640, 840, 3), 150, np.uint8)
    for place, side in enumerate((150, 190, 250, 220, 170)):
        top, left = place // 3 * 320, place % 3 * 280
        group[top : top + side, left : left + side] = cv2.resize(
            head, (side, side), interpolation=cv2.INTER_AREA
        )
    boxes = seen(tmp_path, group).boxes
    assert [int(x * 3) + 3 * int(y * 2) for x, y, _width, _height in boxes] == [2, 3, 1, 4]


async def test_a_performance_is_looked_at_in_a_child(tmp_path: Path) -> None:
    found = await look("driver_video", DEMO / "performance.mp4")
    assert found
    assert (found.faces, found.several) == (1.0, 0.0)
    assert found.mouth > 0.1
    (tmp_path / "no.mp4").write_text("no film")
    assert await look("driver_video", tmp_path / "no.mp4") is None
    film = makers.film(tmp_path / "nobody.mp4", frames=30)
    nobody = await look("driver_video", film)
    assert nobody
    assert (nobody.looks, nobody.faces) == (3, 0.0)
