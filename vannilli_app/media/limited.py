"""Programs that work on strangers' files: they end with us, let others go first, reach no network, have limits."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

# It runs before the program, in its place. `vannilli_app.child.tied` runs Python between fork and exec instead, which
# may hang in a process of many threads: a worker that renders is one. It costs 20 ms, little beside a video.
_START = str(Path(__file__).with_name("limited_start.py"))


def command(
    program: Sequence[str],
    *,
    nice: int = 5,
    memory_bytes: int = 0,
    cpu_seconds: int = 0,
    reads_only: bool = False,
) -> list[str]:
    """What to start for this program and its arguments, under these limits (0: none).

    `program[0]` is an absolute path. `memory_bytes` is what it may allocate (on Linux), its code not counted;
    `reads_only`: it can write to no file. Start it from a thread that lives as long as the program may.
    """
    limits = [str(int(number)) for number in (os.getpid(), nice, memory_bytes, cpu_seconds, reads_only)]
    return [sys.executable, "-I", "-S", _START, *limits, *program]
