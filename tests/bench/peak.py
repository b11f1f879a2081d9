"""`python -m tests.bench.peak COMMAND...`: what time and memory a command takes.

A process of its own, and a small one: Linux counts the memory of whoever starts a program towards that program's peak.
"""

import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass

import psutil

EVERY = 0.02  # seconds between two looks at the memory
MIB = 2**20


@dataclass(frozen=True)
class Run:
    """One run of a command: wall-clock and processor seconds from start to end, and its largest memory in MiB.

    The resident memory of it and of the processes that it starts, together; what they share counts for each.
    """

    seconds: float
    cpu_seconds: float
    peak_mib: float


def measured(*command: str) -> Run:
    """Run our Python with these arguments at the priority of a render. Raises RuntimeError when it fails."""
    ended = subprocess.run(
        ["nice", "-n", "5", sys.executable, "-m", "tests.bench.peak", sys.executable, *command],
        capture_output=True,
        text=True,
    )
    if ended.returncode:
        raise RuntimeError(f"{' '.join(command[:2])} failed: {ended.stderr[-800:] or ended.stdout[-800:]}")
    return Run(**json.loads(ended.stdout.splitlines()[-1]))


def main() -> int:
    """Runs the command of our command line; the last line of standard output is its `Run` as JSON."""
    began = time.monotonic()
    # An open pipe as standard input: a render stops when its parent closes it.
    process = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE)
    started = psutil.Process(process.pid)
    together = ended = 0
    while not ended:
        time.sleep(EVERY)
        together = max(together, _resident(started))
        ended, status, used = os.wait4(process.pid, os.WNOHANG)
    seconds = time.monotonic() - began
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, KiB elsewhere
    peak = max(together, used.ru_maxrss * unit)
    run = Run(seconds, used.ru_utime + used.ru_stime, peak / MIB)
    sys.stdout.write(json.dumps(asdict(run)) + "\n")
    return os.waitstatus_to_exitcode(status)


def _resident(process: psutil.Process) -> int:
    """Bytes of a process and of those that it started."""
    total = 0
    with suppress(psutil.Error):  # it may just have ended
        for one in (process, *process.children()):
            total += one.memory_info().rss
    return total


if __name__ == "__main__":
    sys.exit(main())
