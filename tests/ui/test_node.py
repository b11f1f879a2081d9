"""The browser's modules by Node's own test runner: `*.test.js` beside this file, in one process each."""

import subprocess
from pathlib import Path

import pytest

from tests.ui.conftest import NODE

HERE = Path(__file__).parent


@pytest.mark.parametrize("file", sorted(path.name for path in HERE.glob("*.test.js")))
def test_a_module_passes_its_own_tests(file: str) -> None:
    ran = subprocess.run(
        [NODE, "--no-warnings", "--test", "--test-reporter=tap", file],
        cwd=HERE,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stdout
    assert "# pass 0" not in ran.stdout
