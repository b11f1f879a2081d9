"""A puppet at rest is the picture itself; moved, it moves."""

import cv2
import numpy as np
import pytest

from vannilli_app.demo import character, performance
from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.drawn_mouth import DrawnMouth
from vannilli_app.engine.mesh import Mesh
from vannilli_app.engine.portrait import ImageUnreadable, Portrait
from vannilli_app.engine.puppet import Puppet
from vannilli_app.engine.retarget import Move
from vannilli_app.engine.tracker import Tracker

SIZE = (360, 640)


@pytest.fixture(scope="module")
def portrait() -> Portrait:
    return Portrait.of(character.draw(SIZE), SIZE)


@pytest.fixture(scope="module")
def puppet(portrait: Portrait) -> Puppet:
    return Puppet(portrait, portrait.points)


def _draw(
    puppet: Puppet, points: np.ndarray, travel: tuple[float, float] = (0, 0), closing: float = 0.0
) -> np.ndarray:
    pivot = puppet.points[lm.OVAL].mean(0)
    move = Move.of(points, np.full(2, closing), 1.0, np.eye(3), np.array([*travel, 0], np.float32), pivot)
    return puppet.draw(move, DrawnMouth(puppet.still, puppet.points))


def _face(picture: np.ndarray) -> np.ndarray:
    face = Tracker().still(picture[..., ::-1])
    assert face is not None
    return face.points


def test_at_rest_it_is_the_still(puppet: Puppet) -> None:
    difference = np.abs(_draw(puppet, puppet.points).astype(int) - puppet.still)
    assert difference.mean() < 1.0
    left, top = puppet.points[:, :2].min(0).astype(int)
    right, bottom = puppet.points[:, :2].max(0).astype(int)
    assert np.percentile(difference[top:bottom, left:right], 99) < 12


def test_the_head_travels_as_told(puppet: Puppet) -> None:
    moved = _face(_draw(puppet, puppet.points, (24, 10))) - _face(puppet.still)
    assert np.median(moved[lm.RIGID, 0]) == pytest.approx(24, abs=1.5)
    assert np.median(moved[lm.RIGID, 1]) == pytest.approx(10, abs=1.5)


@pytest.mark.parametrize("yaw", [30, -30])
def test_the_far_cheek_of_a_face_that_looks_aside_stays_smooth(portrait: Portrait, yaw: float) -> None:
    """Points that the head hides lie on top of others; in the net they would fray the cheek's edge."""
    rotation = cv2.Rodrigues(np.radians([0.0, yaw, 0.0]))[0]
    points = (portrait.points - portrait.points.mean(0)) @ rotation.T + portrait.points.mean(0)
    mesh = Mesh(points.astype(np.float32), SIZE)
    turn = cv2.Rodrigues(np.radians([0.0, -np.sign(yaw) * 8.0, 0.0]))[0]
    pivot = points.mean(0).astype(np.float32)
    move = Move.of(points.astype(np.float32), np.zeros(2), 1.0, turn, np.zeros(3), pivot)
    map_x, _ = mesh.field(mesh.place(move, zoom=1, body=False))
    left, top = points[:, :2].min(0).astype(int)
    right, bottom = points[:, :2].max(0).astype(int)
    steps = np.diff(map_x[top:bottom, left:right], axis=1)
    assert (steps < 0).mean() < 0.01  # nowhere does the picture run backwards


def test_a_net_that_folds_shows_nothing_from_far_away(portrait: Portrait) -> None:
    """Where a triangle is next to nothing, its map would lead anywhere."""
    mesh, pivot = Mesh(portrait.points, SIZE), portrait.points[lm.RIGID].mean(0)
    for yaw in range(-60, 61, 4):
        turn = cv2.Rodrigues(np.radians([0.0, yaw, 0.0]))[0]
        move = Move.of(portrait.points.copy(), np.zeros(2), 1.0, turn, np.zeros(3), pivot)
        for field, side in zip(mesh.field(mesh.place(move, zoom=1, body=False)), SIZE, strict=True):
            assert field.min() > -40
            assert field.max() < side + 40


def test_the_mouth_opens_as_told(puppet: Puppet) -> None:
    points = puppet.points.copy()
    points[:, 1] += performance.jaw_weights(points) * 0.12 * lm.face_height(points)
    wanted = float(lm.mouth_openness(points))
    assert lm.mouth_openness(_face(_draw(puppet, points))) == pytest.approx(wanted, rel=0.3)


def test_shut_eyes_show_no_white(puppet: Puppet) -> None:
    drawn = _draw(puppet, puppet.points, closing=1.0)
    for eye in lm.EYES:
        left, top = puppet.points[eye, :2].min(0).astype(int)
        right, bottom = puppet.points[eye, :2].max(0).astype(int)
        before = puppet.still[top:bottom, left:right].min(2)
        after = drawn[top:bottom, left:right].min(2)
        assert (before > 190).sum() > 20
        assert (after > 190).sum() < 0.05 * (before > 190).sum()


def test_a_wide_picture_is_cropped_round_its_face() -> None:
    wide = np.full((640, 1400, 3), 60, np.uint8)
    wide[:, 1000:1360] = character.draw(SIZE)
    cropped = Portrait.of(wide, SIZE)
    assert cropped.still.shape == (640, 360, 3)
    assert cropped.points[lm.OVAL, 0].mean() == pytest.approx(180, abs=12)


def test_an_iris_moves_as_a_whole_and_stays_round(puppet: Puppet) -> None:
    """Sheared between the lids, it would have a notch."""
    iris = lm.IRIS_RIGHT
    radius = float(np.linalg.norm(puppet.points[iris[1:], :2] - puppet.points[iris[0], :2], axis=1).mean())
    aside = puppet.points.copy()
    aside[iris, 0] += 0.5 * radius
    mesh = Mesh(puppet.points, SIZE)
    pivot = puppet.points[lm.OVAL].mean(0)
    move = Move.of(aside, np.zeros(2), 1.0, np.eye(3, dtype=np.float32), np.zeros(3, np.float32), pivot)
    map_x, map_y = mesh.field(mesh.place(move, zoom=1, body=False))
    x, y = aside[iris[0], :2].round().astype(int).tolist()
    within = int(0.6 * radius)
    around = (slice(y - within, y + within + 1), slice(x - within, x + within + 1))
    rows, columns = np.mgrid[around]
    assert np.abs(columns - map_x[around] - 0.5 * radius).max() < 0.15 * radius
    assert np.abs(rows - map_y[around]).max() < 0.15 * radius


def test_shut_lips_bend_without_a_jag(puppet: Puppet) -> None:
    """One corner is drawn up and aside: from one pixel to the next the lips' line goes on smoothly."""
    crooked = puppet.points.copy()
    lips = lm.LIPS_INNER + lm.LIPS_OUTER
    along = crooked[lips, 0] - crooked[lm.MOUTH_RIGHT, 0]
    along = np.clip(along / (crooked[lm.MOUTH_LEFT, 0] - crooked[lm.MOUTH_RIGHT, 0]), 0, 1)
    crooked[lips, 1] -= 0.08 * lm.face_height(crooked) * along**2
    mesh = Mesh(puppet.points, SIZE)
    pivot = puppet.points[lm.OVAL].mean(0)
    move = Move.of(crooked, np.zeros(2), 1.0, np.eye(3, dtype=np.float32), np.zeros(3, np.float32), pivot)
    _, map_y = mesh.field(mesh.place(move, zoom=1, body=False))
    left, right = (round(float(crooked[i, 0])) for i in (lm.MOUTH_RIGHT, lm.MOUTH_LEFT))
    line = np.interp(np.arange(left, right), crooked[lm.LIPS_INNER[:11], 0], crooked[lm.LIPS_INNER[:11], 1])
    risen = map_y[line.round().astype(int), np.arange(left, right)] - line.round()
    assert np.abs(np.diff(risen, 2)).max() < 1.2


def test_what_was_cut_off_comes_into_sight_when_the_head_moves() -> None:
    """And not the head's mirror image: left of the window this picture is green, which is nowhere else."""
    wide = cv2.resize(character.draw(SIZE), (720, 1280))[200:840]
    wide[:, :180] = (0, 255, 0)
    portrait = Portrait.of(wide, SIZE)
    assert portrait.points is not None
    puppet = Puppet(portrait, portrait.points)
    greenish = _green(_draw(puppet, puppet.points, (60, 0)), 20) - _green(puppet.still, 20)
    assert greenish > 60


def _green(picture: np.ndarray, columns: int) -> float:
    """How much greener than red the left edge is, in levels."""
    edge = picture[100:300, :columns].astype(float).mean((0, 1))
    return float(edge[1] - edge[2])


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + bytes(50)])
def test_what_is_no_image_is_refused(content: bytes, tmp_path) -> None:
    path = tmp_path / "image.png"
    path.write_bytes(content)
    with pytest.raises(ImageUnreadable):
        Portrait.read(path, SIZE)


def test_a_missing_image_is_refused(tmp_path) -> None:
    with pytest.raises(ImageUnreadable):
        Portrait.read(tmp_path / "nothing.png", SIZE)
