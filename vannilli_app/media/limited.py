"""Programs that work on strangers' files: they end with us, let everybody else go first, have limits."""

import os
import sys
from collections.abc import Sequence

# Runs before the program, in its place. `vannilli_app.child.tied` runs Python between fork and exec instead, which
# may hang in a process of many threads: a worker that renders is one. It costs 20 ms, little beside a video.
_START = """
import os, resource, sys
parent, nice, memory, cpu = map(int, sys.argv[1:5])
if sys.platform == "linux":
    import ctypes
    ctypes.CDLL(None).prctl(1, 9)
    if os.getppid() != parent:
        sys.exit(1)
os.nice(nice)
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
if memory and sys.platform == "linux":
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
if cpu:
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
os.execv(sys.argv[5], sys.argv[5:])
"""


def command(
    program: Sequence[str], *, nice: int = 5, memory_bytes: int = 0, cpu_seconds: int = 0
) -> list[str]:
    """What to start for this program and its arguments, under these limits (0: none).

    `program[0]` is an absolute path. Start it from a thread that lives as long as the program may.
    """
    limits = [str(number) for number in (os.getpid(), nice, memory_bytes, cpu_seconds)]
    return [sys.executable, "-I", "-S", "-c", _START, *limits, *program]
