"""The camera is on the beat to the frame."""

import numpy as np
import pytest

from vannilli_app.engine.beat import Beat


@pytest.mark.parametrize("bpm", [97.0, 120.0, 143.7])
@pytest.mark.parametrize("fps", [24.0, 30.0, 60000 / 1001])
def test_each_nod_begins_at_the_picture_nearest_to_its_beat(bpm: float, fps: float) -> None:
    nods = np.array([Beat(bpm, fps).nod(index) for index in range(400)])
    begins = np.flatnonzero(np.diff(nods) > 0.005) + 1
    beats = np.arange(1, len(begins) + 1) * 60 / bpm * fps
    assert np.abs(begins - beats).max() <= 0.5 + 1e-6


def test_the_view_cuts_on_downbeats_only() -> None:
    views = np.array([Beat(120, 30).view(index) for index in range(8 * 60)])
    cuts = np.flatnonzero(np.abs(np.diff(views)) > 0.03) + 1
    assert len(cuts) >= 3
    assert not (cuts % 60).any()  # a bar lasts 60 pictures


def test_strength_scales_and_none_is_still() -> None:
    loud, soft, none = (Beat(120, 30, strength) for strength in (1.0, 0.5, 0.0))
    assert loud.nod(15) - 1 == pytest.approx(2 * (soft.nod(15) - 1))
    assert (none.nod(15), none.sway(15), none.view(125)) == (1, 0, 1)
