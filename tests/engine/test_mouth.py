"""Which mouth a picture gets, and that it fits between its lips."""

from dataclasses import replace

import numpy as np
import pytest

from vannilli_app.demo import character, performance
from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.drawn_mouth import DrawnMouth
from vannilli_app.engine.mouth import FilmedMouth, choose, eyes_size, fill
from vannilli_app.engine.opening import Opening
from vannilli_app.engine.portrait import Portrait
from vannilli_app.engine.shot import Shot, skin_of_lips, uncovered

SIZE = (360, 640)


@pytest.fixture(scope="module")
def portrait() -> Portrait:
    return Portrait.of(character.draw(SIZE), SIZE)


def _open(points: np.ndarray, jaw: float) -> np.ndarray:
    opened = points.copy()
    opened[:, 1] += performance.jaw_weights(points) * 0.13 * jaw * lm.face_height(points)
    return opened


def _shot(portrait: Portrait, colour: tuple[int, int, int]) -> Shot:
    """A mouth whose inside has one colour (red, green, blue)."""
    opened = _open(portrait.points, 1.0)
    picture = np.ascontiguousarray(portrait.still[..., ::-1])
    inner = opened[lm.LIPS_INNER, :2]
    low, high = inner.min(0).astype(int), inner.max(0).astype(int)
    picture[low[1] : high[1] + 1, low[0] : high[0] + 1] = colour
    shot = Shot.take(picture, opened)
    assert shot is not None
    return shot


def test_a_drawn_figure_gets_a_drawn_mouth_unless_another_is_asked_for(portrait: Portrait) -> None:
    shot = _shot(portrait, (120, 40, 40))
    made = [choose(kind, portrait.still, portrait.points, shot) for kind in ("auto", "drawn", "filmed")]
    assert [type(mouth) for mouth in made] == [DrawnMouth, DrawnMouth, FilmedMouth]


def test_smaller_eyes_are_a_persons(portrait: Portrait) -> None:
    small = portrait.points.copy()
    for eye, iris in zip(lm.EYES, lm.IRISES, strict=True):
        middle = small[eye].mean(0)
        small[eye + iris] = middle + 0.8 * (small[eye + iris] - middle)
    shot = _shot(portrait, (120, 40, 40))
    assert eyes_size(small) < eyes_size(portrait.points)
    assert isinstance(choose("auto", portrait.still, small, shot), FilmedMouth)


@pytest.mark.parametrize("jaw", [0.35, 0.7, 1.0])
def test_the_performers_lips_stay_outside(portrait: Portrait, jaw: float) -> None:
    """However wide ours are open, between them is only what was between theirs."""
    mouth = FilmedMouth(portrait.still, portrait.points, _shot(portrait, (40, 40, 40)))
    lips = _open(portrait.points, jaw)[lm.LIPS_INNER, :2]
    low, high = np.floor(lips.min(0)).astype(int), np.ceil(lips.max(0)).astype(int)
    inside = mouth.texture(lips - low, tuple((high - low).tolist()), _shot(portrait, (40, 40, 40)))
    middle = inside[:, inside.shape[1] // 3 : -inside.shape[1] // 3]
    assert middle.max() - middle.min() < 40


@pytest.mark.parametrize(("yellowed", "low", "high"), [(1.0, 0.97, 1.03), (0.5, 0.6, 0.85)])
def test_white_teeth_take_on_the_light_of_a_yellowed_picture(
    portrait: Portrait, yellowed: float, low: float, high: float
) -> None:
    shot = replace(_shot(portrait, (220, 220, 220)), colour=skin_of_lips(portrait.still, portrait.points))
    still = (portrait.still * np.array([yellowed, 1, 1])).astype(np.uint8)
    lips = _open(portrait.points, 1.0)[lm.LIPS_INNER, :2]
    corner, end = np.floor(lips.min(0)).astype(int), np.ceil(lips.max(0)).astype(int)
    inside = FilmedMouth(still, portrait.points, shot).texture(
        lips - corner, tuple((end - corner).tolist()), shot
    )
    blue, green, _ = inside[inside.shape[0] // 2, inside.shape[1] // 2]
    assert low < blue / green < high


def test_a_shut_mouth_is_left_alone_and_an_open_one_is_filled(portrait: Portrait) -> None:
    mouth, rim = DrawnMouth(portrait.still, portrait.points), np.zeros(3, np.float32)
    for jaw, changed in ((0.0, False), (0.8, True)):
        picture = portrait.still.copy()
        fill(picture, _open(portrait.points, jaw), mouth, None, 0.0, rim)
        assert (np.abs(picture.astype(int) - portrait.still).max() > 20) == changed


def test_teeth_are_above_a_tongue(portrait: Portrait) -> None:
    lips = _open(portrait.points, 1.0)[lm.LIPS_INNER, :2]
    low, high = np.floor(lips.min(0)).astype(int), np.ceil(lips.max(0)).astype(int)
    inside = DrawnMouth(portrait.still, portrait.points).texture(
        lips - low, tuple((high - low).tolist()), None
    )
    column = inside[:, inside.shape[1] // 2]
    light = column.mean(1)
    assert light.argmax() < 0.4 * len(light)
    redness = column[:, 2] - column[:, 0]
    assert redness.argmax() > 0.5 * len(light)


def test_an_opening_finds_its_way_back() -> None:
    angle = np.linspace(np.pi, -np.pi, 20, endpoint=False)
    lips = np.stack([50 - 30 * np.cos(angle + np.pi), 40 - 12 * np.sin(angle)], 1)
    opening = Opening.of(lips)
    x, y = opening.frame((100, 80))
    columns, rows = opening.pixels(x, y)
    assert np.abs(columns - np.arange(100)).max() < 1e-3
    assert np.abs(rows - np.arange(80)[:, None]).max() < 1e-3
    assert opening.gap == pytest.approx(24 / 60, abs=0.03)


def test_a_microphone_before_the_lips_is_not_shown(portrait: Portrait) -> None:
    clear, covered = _shot(portrait, (120, 40, 40)), _shot(portrait, (120, 40, 40))
    covered = Shot(covered.jpeg, covered.lips, np.array([15, 15, 15], np.float32))
    assert uncovered([clear] * 6 + [covered, None]).tolist() == [True] * 6 + [False, False]
