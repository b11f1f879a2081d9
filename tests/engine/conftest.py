"""Small inputs, made once a run: a drawn singer and a drawn performer who sings for four seconds."""

from pathlib import Path

import pytest

from vannilli_app import demo

SMALL = (256, 448)


@pytest.fixture(scope="session")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> demo.Inputs:
    """Two bars at 120 BPM: 4 s, 120 frames at 30 fps."""
    return demo.write(
        tmp_path_factory.mktemp("demo"), bpm=120, bars=2, image_size=(540, 960), clip_size=SMALL
    )


@pytest.fixture
def driver(inputs: demo.Inputs) -> Path:
    return inputs.performance.path


@pytest.fixture
def image(inputs: demo.Inputs) -> Path:
    return inputs.image
