"""The judge of the animator's videos reads what is known of the drawn performer, by either pair of eyes."""

import cv2
import numpy as np
import pytest

from tests.bench import networks
from tests.bench.judge import read
from tests.bench.witness import WITNESSES
from tests.engine.clips import correlation
from vannilli_app import demo
from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.eyelids import Eyelids
from vannilli_app.engine.models import ModelDamaged, checked
from vannilli_app.engine.portrait import Portrait


@pytest.mark.parametrize("name", WITNESSES)
def test_reads_a_performance_as_it_was_drawn(name: str, inputs: demo.Inputs) -> None:
    seen, drawn = read(inputs.performance.path, WITNESSES[name]()), inputs.performance.curves
    assert seen.seen.all()
    assert seen.turns
    assert correlation(seen.jaw, drawn.jaw) > 0.95
    assert correlation(seen.blink, drawn.blink) > 0.85
    assert correlation(seen.yaw, drawn.yaw) > 0.95
    assert np.ptp(np.degrees(seen.yaw)) == pytest.approx(np.ptp(drawn.yaw), rel=0.5)


@pytest.mark.parametrize("name", WITNESSES)
@pytest.mark.parametrize("closing", [(1.0, 0.0), (0.0, 1.0)])
def test_knows_an_open_eye_from_a_shut_one_on_either_side(
    name: str, closing: tuple[float, float], inputs: demo.Inputs
) -> None:
    """What is left of each eye's opening: the animator's network thinks that both go together, and reads .4 and .75."""
    portrait = Portrait.read(inputs.image, (540, 960))
    assert portrait.points is not None
    winking = portrait.still.copy()
    Eyelids(winking, portrait.points).draw(winking, portrait.points, np.array(closing))
    witness = WITNESSES[name]()
    before, after = (witness.read(cv2.cvtColor(p, cv2.COLOR_BGR2RGB)) for p in (portrait.still, winking))
    assert before is not None
    assert after is not None
    left = np.array([lm.eye_openness(after, eye) / lm.eye_openness(before, eye) for eye in lm.EYES])
    assert left[np.argmax(closing)] < 0.5 < 0.7 < left[np.argmin(closing)]


@pytest.mark.parametrize("name", networks.SHA256)
def test_its_networks_are_whole_and_named(name: str) -> None:
    assert checked(networks.FOLDER / name, networks.SHA256)
    notice = (networks.FOLDER / "NOTICE").read_text()
    assert name in notice
    assert networks.SHA256[name] in notice
    with pytest.raises(ModelDamaged):  # the product does not know them
        checked(networks.FOLDER / name)
