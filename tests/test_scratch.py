"""What a killed process leaves is removed by the next, what a living one works on is not."""

import subprocess
import sys
import tempfile
from pathlib import Path

from vannilli_app.config import ROOT
from vannilli_app.scratch import scratch

WORKS = """
import sys, tempfile, time
from pathlib import Path
from vannilli_app.scratch import scratch
with scratch(Path(sys.argv[1])):
    print(tempfile.mkdtemp(), flush=True)
    time.sleep(60)
"""


def start(root: Path) -> tuple[subprocess.Popen[str], Path]:
    process = subprocess.Popen(
        [sys.executable, "-c", WORKS, str(root)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    return process, Path(process.stdout.readline().strip())


def test_temporary_files_go_with_the_block(tmp_path: Path) -> None:
    outside = tempfile.gettempdir()
    with scratch(tmp_path / "scratch") as own:
        made = Path(tempfile.mkdtemp())
        assert made.parent == own
        assert own.stat().st_mode & 0o077 == 0
    assert not own.exists()
    assert tempfile.gettempdir() == outside


def test_only_what_nobody_works_on_any_more_is_removed(tmp_path: Path) -> None:
    killed, left = start(tmp_path)
    living, used = start(tmp_path)
    with killed, living:
        killed.kill()
        killed.wait()
        assert left.exists()
        with scratch(tmp_path):
            assert not left.exists()
            assert used.exists()
        living.kill()
