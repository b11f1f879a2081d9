"""Whatever is uploaded: a plain sentence, in bounds of memory and time, and nothing left behind."""

import json
import os
import subprocess
import sys

import pytest

from tests.media.hostile import CASES, Case, films, pictures, sounds

MOST_BYTES = 500_000_000


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """What the product said of every file, and what it took."""
    folder, scratch = tmp_path_factory.mktemp("hostile"), tmp_path_factory.mktemp("scratch")
    for name, case in CASES.items():
        (folder / name).write_bytes(case.make())
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    done = subprocess.run(
        [sys.executable, "-m", "tests.media.hostile", folder],
        env={**os.environ, "TMPDIR": str(scratch)},
        capture_output=True,
        text=True,
        check=True,
    )
    untouched = before == {path.name: path.read_bytes() for path in folder.iterdir()}
    return {**json.loads(done.stdout), "left": list(scratch.iterdir()), "untouched": untouched}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_it_is_refused_with_a_plain_sentence(looked_at: dict, case: Case) -> None:
    assert [case.code, case.sentence] in looked_at["found"][case.name]


def test_there_are_many_and_they_take_little_and_leave_nothing(looked_at: dict) -> None:
    assert all((films, pictures, sounds))
    assert len(CASES) >= 60
    assert looked_at["peak"] <= MOST_BYTES
    assert looked_at["untouched"]
    assert looked_at["left"] == []
