"""Programs that work on strangers' files: they end with us, let others go first, reach no network, have limits."""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# It runs before the program, in its place. `vannilli_app.child.tied` runs Python between fork and exec instead, which
# may hang in a process of many threads: a worker that renders is one. It costs 20 ms, little beside a video.
_ROOT = Path(__file__).resolve().parents[2]
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


@dataclass(frozen=True)
class Ended:
    """How a program ended: its exit status, negative for the signal that killed it, and what it said."""

    status: int
    said: bytes
    trouble: str


async def reader(
    module: str, *arguments: str, wall_seconds: float, cpu_seconds: int, memory_bytes: int, given: bytes = b""
) -> Ended:
    """Run a Python module of ours that reads a stranger's file and writes none; `given` is its standard input.

    Raises TimeoutError after `wall_seconds`. However it is left, nothing goes on running.
    """
    with (
        tempfile.TemporaryFile() as stdin
    ):  # not a pipe: one whose reader has ended already cannot be written to
        stdin.write(given)
        stdin.seek(0)
        process = await asyncio.create_subprocess_exec(
            *command(
                [sys.executable, "-m", module, *arguments],
                memory_bytes=memory_bytes,
                cpu_seconds=cpu_seconds,
                reads_only=True,
            ),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=_ROOT,
        )
    try:
        async with asyncio.timeout(wall_seconds):
            said, trouble = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Ended(process.returncode or 0, said, trouble.decode(errors="replace")[-2000:])
