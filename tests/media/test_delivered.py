"""Flash against click, measured on the file that is delivered. The whole grid is among the long proofs."""

from pathlib import Path

import pytest

from tests.media.delivered import GRID, Case, deliver

SHORT = [
    Case("93.5", "7/8", 24, bars=6),
    Case("140", "4/4", 30, bars=6, camera_fps=60),
]


def named(case: Case) -> str:
    return f"{case.bars} bars of {case.time_signature} at {case.bpm}, {case.fps} fps"


@pytest.mark.parametrize(
    "case", [*SHORT, *(pytest.param(case, marks=pytest.mark.long) for case in GRID)], ids=named
)
async def test_picture_and_sound_are_together_from_start_to_end(case: Case, tmp_path: Path) -> None:
    found = await deliver(case, tmp_path)
    assert found.frames == found.wanted
    assert found.worst <= 0.020
    assert found.off
    assert max(found.off) <= 1
