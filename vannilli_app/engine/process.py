"""Renders in a child process: a crash or a hang of native code stays there, and stopping is certain."""

import asyncio
import json
import logging
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

from vannilli_app.engine.animate import Animation
from vannilli_app.engine.encode import SoundUnreadable
from vannilli_app.engine.mouth import Kind
from vannilli_app.engine.portrait import ImageUnreadable
from vannilli_app.engine.progress import Cancelled
from vannilli_app.engine.reader import DriverTooShort, DriverUnreadable
from vannilli_app.engine.tracker import Place
from vannilli_app.errors import VannilliError

GRACE = 3.0  # seconds from asking the child to stop until it is killed
SILENCE = 60.0  # seconds without a line after which the child counts as hung

_ERRORS: dict[str, type[VannilliError]] = {
    kind.code: kind
    for kind in (ImageUnreadable, DriverUnreadable, DriverTooShort, SoundUnreadable, Cancelled)
}
_log = logging.getLogger(__name__)


async def render(
    image: Path,
    driver: Path,
    out: Path,
    *,
    size: tuple[int, int] = (720, 1280),
    fps: Fraction = Fraction(30),
    frames: int | None = None,
    bpm: float | None = None,
    beats_per_bar: float = 4,
    accent: float | None = None,
    mouth: Kind = "auto",
    face: Place | None = None,
    performer: Place | None = None,
    audio: Path | None = None,
    draft: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> Animation:
    """As `animate`, in a child process of lower priority.

    `on_progress(done, total)` is called in the event loop several times a second. Cancelling the task ends
    the child and leaves no file. Raises what `animate` raises; VannilliError when the child dies.
    """
    command = _command(
        image=image, driver=driver, out=out, fps=fps, frames=frames, bpm=bpm, audio=audio,
        beats_per_bar=beats_per_bar, accent=accent, mouth=mouth,
        size="x".join(map(str, size)), draft=draft, face=_place(face), performer=_place(performer),
    )  # fmt: skip
    child = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert child.stderr is not None
    complaints = asyncio.create_task(child.stderr.read())
    try:
        last = await _listen(child, on_progress)
    finally:
        await _end(child)
        said = (await complaints).decode(errors="replace")
    if "result" in last:
        return Animation(**last["result"])
    if "error" in last:
        _log.warning("The render ended with %s. %s", last["error"]["code"], said[-2000:])
        raise _ERRORS.get(last["error"]["code"], VannilliError)(
            last["error"]["detail"], code=last["error"]["code"]
        )
    _log.error("The render died with exit code %s. %s", child.returncode, said[-2000:])
    raise VannilliError


def _place(place: Place | None) -> str | None:
    return place and ",".join(map(str, place))


def _command(**options: Any) -> list[str]:
    command = [sys.executable, "-m", "vannilli_app.engine"]
    for name, value in options.items():
        if value is True:
            command.append(f"--{name.replace('_', '-')}")
        elif value is not None and value is not False:
            command += [f"--{name.replace('_', '-')}", str(value)]
    return command


async def _listen(
    child: asyncio.subprocess.Process, on_progress: Callable[[int, int], None] | None
) -> dict[str, Any]:
    """The child's last message; {} when it says nothing more."""
    assert child.stdout is not None
    message: dict[str, Any] = {}
    while True:
        try:
            line = await asyncio.wait_for(child.stdout.readline(), SILENCE)
        except TimeoutError:
            return {}
        if not line:
            return message
        message = json.loads(line)
        if on_progress and "done" in message:
            on_progress(message["done"], message["total"])


async def _end(child: asyncio.subprocess.Process) -> None:
    """Makes sure that the child is gone."""
    if child.returncode is None and child.stdin:
        child.stdin.close()
    try:
        await asyncio.wait_for(child.wait(), GRACE)
    except TimeoutError:
        child.kill()
        await child.wait()
