"""`make bench`: how fast Vannilli is on this machine, each figure beside a baseline of the same run.

    python -m tests.bench [--only NAME]... [--skip-cold]      NAME is one of FIGURES

It asserts no times: machines differ and are noisy. The exit status is 1 when a figure could not be had.
"""

import argparse
import os
import platform
import signal
import sys
import time
from collections.abc import Callable, Iterable
from types import FrameType

from tests.bench import (
    animator,
    api,
    dashboard,
    likeness,
    pages,
    polling,
    proofs,
    push,
    security,
    start,
    sync,
)
from tests.bench.figures import Figure, table
from vannilli_app import frontend

FIGURES: dict[str, Callable[[], Iterable[Figure]]] = {
    "start": start.figures,
    "animator": animator.figures,
    "likeness": likeness.figures,
    "pages": pages.figures,
    "sync": sync.figures,
    "push": push.figures,
    "api": api.figures,
    "polling": polling.figures,
    "dashboard": dashboard.figures,
    "proofs": proofs.figures,
    "security": security.figures,
}


def main() -> int:
    """Measure what the command line asks for and print the table."""
    signal.signal(signal.SIGTERM, _stop)
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="How fast it is here.")
    parser.add_argument("--only", action="append", choices=FIGURES, help="measure this; may be repeated")
    parser.add_argument("--skip-cold", action="store_true", help="leave out the start of a fresh clone")
    arguments = parser.parse_args()
    wanted = [name for name in FIGURES if name in (arguments.only or FIGURES)]
    if arguments.skip_cold:
        wanted = [name for name in wanted if name != "start"]
    _say(
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    )
    _say(f"busy with other things before: {_load()}")
    frontend.ensure()
    found: list[Figure] = []
    failed = 0
    for name in wanted:
        began = time.monotonic()
        try:
            for figure in FIGURES[name]():  # one at a time: what was had before an error counts
                found.append(figure)
        except Exception as error:
            failed += 1
            _say(f"  {name:<9} could not be measured: {error!r}")
        else:
            _say(f"  {name:<9} measured in {time.monotonic() - began:.0f} s")
    _say(f"\n{table(found)}\n\nRatio: Vannilli / baseline. At the end: {_load()}")
    return 1 if failed else 0


def _load() -> str:
    return "load {:.1f}, {:.1f}, {:.1f} (1, 5, 15 min)".format(*os.getloadavg())


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt  # so that every block ends what it started


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
