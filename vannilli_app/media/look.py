"""Looking at a picture or a performance, in a child process within limits; what it looks for: `engine.sight`."""

import asyncio
import json
import logging
import subprocess
import sys
from pathlib import Path

from vannilli_app.media import limited
from vannilli_app.media.checks import Kind
from vannilli_app.media.sight import Sight

ROOT = Path(__file__).resolve().parents[2]
WALL_SECONDS, CPU_SECONDS, MEMORY_BYTES = 30, 40, 800 << 20

log = logging.getLogger(__name__)


async def look(kind: Kind, path: Path) -> Sight | None:
    """What is seen in a file, by its absolute path; None when that cannot be said, which is no reason to refuse it."""
    program = [sys.executable, "-m", "vannilli_app.engine.sight", kind, str(path)]
    child = await asyncio.create_subprocess_exec(
        *limited.command(program, memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS, reads_only=True),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        async with asyncio.timeout(WALL_SECONDS):
            said, trouble = await child.communicate()
    except TimeoutError:
        return None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        log.warning("nothing could be seen: %s", trouble.decode(errors="replace")[-2000:])
        return None
    return Sight(**json.loads(said))
