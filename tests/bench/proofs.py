"""What takes too long to be proven in every test run: many sequences of money, a section of two minutes, a storm.

Each runs as a process of its own and has to succeed; the figure is how long it took.
"""

import os
import re
import subprocess
import sys
import time

from tests.bench.figures import Figure
from vannilli_app.config import ROOT

LONG = ("-m", "pytest", "-q", "-m", "long", "-p", "no:cacheprovider")
STORM = ("-m", "tests.crash.storm", "--jobs", "60", "--rounds", "6")


def figures() -> list[Figure]:
    """How long each proof took. Raises RuntimeError, with the end of what was said, when one fails."""
    money, _ = _run(*LONG, "tests/billing")
    section, _ = _run(*LONG, "tests/generations")
    shapes, _ = _run(*LONG, "tests/engine")
    files, _ = _run(*LONG, "tests/media")
    pages, _ = _run(*LONG, "tests/ui")
    takes, _ = _run(*LONG, "tests/e2e", "tests/test_https.py")
    settings, _ = _run(*LONG, "tests/test_doctor.py")
    kills, _ = _run(*LONG, "tests/crash")
    storm, said = _run(*STORM)
    found = re.search(r"completed=(\d+), claims=(\d+), making_seconds=([\d.]+)", said)
    if found is None:
        raise RuntimeError(said[-2000:])
    a_minute = 60 * int(found[1]) / float(found[3])
    return [
        Figure("2,000 sequences of money equal the model", money, 0, "s", ""),
        Figure("32 bars at 60 through Kling, one 128 s file", section, 128, "s", "its own length"),
        Figure("3 shapes, 4 rates: exact length, the face well in", shapes, 24, "s", "their own length"),
        Figure("36 delivered files: flash against click, length, joins", files, 0, "s", ""),
        Figure("every page: axe in all lights, German whole, the admin's walk", pages, 0, "s", ""),
        Figure("three takes, a reload, a broken line; a phone's camera by https", takes, 0, "s", ""),
        Figure("the doctor names each broken setting", settings, 0, "s", ""),
        Figure("kill -9 at the other stages; store and Redis away; a clock that jumps", kills, 0, "s", ""),
        Figure("storm: 60 videos, 6 kills", storm, 0, "s", ""),
        Figure(f"  two servers, two workers ({found[2]} claims, 0 doubled)", a_minute, 0, "videos/min", ""),
    ]


def _run(*arguments: str) -> tuple[float, str]:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=dict(os.environ),
        text=True,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError((done.stdout + done.stderr)[-2000:])
    return time.monotonic() - began, done.stdout
