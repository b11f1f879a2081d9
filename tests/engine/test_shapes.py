"""Every shape and rate of video, from one picture and one clip: slow, so `-m long`."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.engine import clips
from vannilli_app import demo
from vannilli_app.engine import animate
from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.tracker import Tracker

pytestmark = pytest.mark.long
SHAPES = [(360, 640), (640, 360), (480, 480)]
RATES = [Fraction(24), Fraction(25), Fraction(30), Fraction(30000, 1001)]


@pytest.mark.parametrize("rate", RATES, ids=str)
@pytest.mark.parametrize("size", SHAPES, ids=str)
def test_length_is_exact_and_the_face_well_in_the_picture(
    inputs: demo.Inputs, size: tuple[int, int], rate: Fraction, tmp_path: Path
) -> None:
    out, frames = tmp_path / "out.mp4", round(2 * rate) + 1
    animate(
        inputs.image,
        inputs.performance.path,
        out,
        size=size,
        fps=rate,
        frames=frames,
        audio=inputs.track.path,
    )
    with av.open(str(out)) as container:
        assert container.streams.video[0].average_rate == rate
    picture, sound = clips.lengths(out)
    assert picture == pytest.approx(frames / rate, abs=1e-3)
    assert sound == pytest.approx(frames / rate, abs=1e-3)
    pictures = clips.read(out)
    assert len(pictures) == frames
    assert pictures[0].shape == (size[1], size[0], 3)
    face = Tracker().follow(np.ascontiguousarray(pictures[0]))
    middle = face.points[lm.OVAL, :2].mean(0) / size
    assert np.abs(middle - (0.5, 0.45)).max() < 0.15
    assert 0.15 < float(lm.face_height(face.points)) / size[1] < 0.75
