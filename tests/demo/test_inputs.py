"""The drawn picture and the rendered clip are what the demo and the tests need them to be."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.engine import clips
from vannilli_app import demo
from vannilli_app.demo import brush, character, performance
from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.driver import watch

FRAMES = 60


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> demo.Inputs:
    return demo.write(
        tmp_path_factory.mktemp("inputs"),
        bpm=120,
        bars=2,
        image_size=(270, 480),
        clip_size=(256, 448),
        seconds=2,
    )


def test_the_drawing_is_the_same_every_time() -> None:
    assert np.array_equal(character.draw((180, 320)), character.draw((180, 320)))


def test_the_clip_has_its_length_and_the_song(inputs: demo.Inputs) -> None:
    assert inputs.performance.frames == FRAMES
    assert len(clips.read(inputs.performance.path)) == FRAMES
    video, sound = clips.lengths(inputs.performance.path)
    assert video == pytest.approx(2, abs=1e-4)
    assert sound == pytest.approx(2, abs=0.002)


def test_the_face_moves_by_the_curves(inputs: demo.Inputs) -> None:
    seen = watch(inputs.performance.path, Fraction(30), FRAMES, lambda seconds: None)
    curves = inputs.performance.curves
    assert seen.seen == 1
    points = seen.points[:]
    assert clips.correlation(lm.mouth_openness(points), curves.jaw) > 0.9
    assert clips.correlation(lm.head_angles(points)[:, 1], curves.yaw) > 0.9
    openness = sum(lm.eye_openness(points, eye) for eye in lm.EYES)
    assert clips.correlation(openness, -curves.blink) > 0.7


def test_the_curves_keep_time() -> None:
    curves = performance.curves(100.0, 9.6)
    assert len(curves.jaw) == 288
    assert curves.jaw[::9] == pytest.approx(np.zeros(32), abs=1e-6)  # an eighth is 9 frames: shut between two
    assert curves.blink.max() > 0.9
    assert curves.yaw.max() == pytest.approx(performance.SWAY, abs=0.1)


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    demo.write(
        tmp_path,
        bars=1,
        image_size=(90, 160),
        clip_size=(128, 224),
        seconds=0.2,
        on_progress=lambda *now: told.append(now),
    )
    assert told == [(i, 6) for i in range(1, 7)]


def test_a_stroke_and_a_shape_are_where_they_are_drawn() -> None:
    sheet = brush.Sheet((108, 108), "#000000")
    sheet.fill(brush.ellipse(540, 540, 200, 100), "#FF8040")
    picture = sheet.picture()
    assert picture[54, 54].tolist() == [0x40, 0x80, 0xFF]
    assert picture[54, 70].any()
    assert not picture[70, 54].any()
