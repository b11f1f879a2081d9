"""Looking at a picture or a performance, in a child process within limits; what it looks for: `engine.sight`."""

import json
import logging
from pathlib import Path

from vannilli_app.media import limited
from vannilli_app.media.checks import Kind
from vannilli_app.media.sight import Sight

WALL_SECONDS, CPU_SECONDS, MEMORY_BYTES = 30, 40, 800 << 20

log = logging.getLogger(__name__)


async def look(kind: Kind, path: Path) -> Sight | None:
    """What is seen in a file, by its absolute path; None when that cannot be said, which is no reason to refuse it."""
    try:
        ended = await limited.reader(
            "vannilli_app.engine.sight",
            kind,
            str(path),
            wall_seconds=WALL_SECONDS,
            cpu_seconds=CPU_SECONDS,
            memory_bytes=MEMORY_BYTES,
        )
    except TimeoutError:
        return None
    if ended.status:
        log.warning("nothing could be seen: %s", ended.trouble)
        return None
    return Sight(**json.loads(ended.said))
