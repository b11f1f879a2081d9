"""One render in a process of its own.

    python -m vannilli_app.engine --image I --driver D --out O [--size 720x1280] [--fps 30] [--frames N]
                                  [--bpm B] [--beats-per-bar 4] [--accent S] [--mouth auto|filmed|drawn]
                                  [--face X,Y] [--performer X,Y] [--audio A] [--draft]

Standard output carries one JSON object a line: {"done": frames, "total": frames} several times a second, at
the end {"result": {...}}, or {"error": {"code", "detail"}} with exit code 1. The render stops, and leaves
no file, when standard input closes, at SIGTERM, and on Linux when the parent dies.
"""

import argparse
import ctypes
import json
import logging
import os
import signal
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, get_args

from vannilli_app.engine import animate
from vannilli_app.engine.encode import unfinished
from vannilli_app.engine.mouth import Kind
from vannilli_app.engine.progress import Cancelled
from vannilli_app.engine.tracker import Place
from vannilli_app.errors import VannilliError

HEARTBEAT = 0.3  # seconds
PR_SET_PDEATHSIG = 1
NICENESS = 5  # the server and its pages come first

_log = logging.getLogger(__name__)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m vannilli_app.engine", description="One render.")
    parser.add_argument("--image", type=Path, required=True)
    parser.add_argument("--driver", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--size", default="720x1280", help="WIDTHxHEIGHT in pixels")
    parser.add_argument("--fps", type=Fraction, default=Fraction(30))
    parser.add_argument("--frames", type=int)
    parser.add_argument("--bpm", type=float)
    parser.add_argument("--beats-per-bar", type=float, default=4)
    parser.add_argument("--accent", type=float, help="how strongly the camera plays along, 0 to 1")
    parser.add_argument("--mouth", choices=get_args(Kind), default="auto")
    parser.add_argument("--face", type=_place, help="which face of the picture: X,Y from 0 to 1")
    parser.add_argument("--performer", type=_place, help="which face of the clip")
    parser.add_argument("--audio", type=Path)
    parser.add_argument("--draft", action="store_true")
    arguments = parser.parse_args()
    width, _, height = arguments.size.partition("x")
    arguments.size = (int(width), int(height))
    return arguments


def _place(text: str) -> Place:
    x, y = map(float, text.split(","))
    return x, y


class Pipe:
    """What the parent is told, and whether it still listens."""

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._state = {"done": 0, "total": 0}

    def tell(self, message: dict[str, Any]) -> None:
        """Writes one line; a parent that is gone stops the render."""
        with self._lock:
            try:
                sys.stdout.write(json.dumps(message) + "\n")
                sys.stdout.flush()
            except OSError:
                self.stopped.set()

    def progress(self, done: int, total: int) -> None:
        """Notes what the next heartbeat tells."""
        self._state = {"done": done, "total": total}

    def beat(self) -> None:
        """Tells the progress until `end`. For a thread of its own."""
        while not self._ended.wait(HEARTBEAT):
            self.tell(self._state)

    def end(self, message: dict[str, Any]) -> None:
        """The last line."""
        self._ended.set()
        self.tell(message)

    def listen(self) -> None:
        """Waits for the parent to close our standard input. For a thread of its own."""
        while os.read(sys.stdin.fileno(), 1024):
            pass
        self.stopped.set()

    def obey(self, out: Path) -> None:
        """Ends the process as soon as it shall stop, and leaves no file. For a thread of its own.

        It waits for nobody: on a busy machine frames, threads and the encoder take seconds to come to an end.
        """
        self.stopped.wait()
        self.end(_told(Cancelled()))
        with suppress(OSError):
            unfinished(out).unlink()
        os._exit(1)


def _told(error: VannilliError) -> dict[str, Any]:
    return {"error": {"code": error.code, "detail": error.message}}


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def main() -> int:
    """Renders as the command line says. Returns the exit code."""
    arguments = _arguments()
    pipe = Pipe()

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  a handler's signature
        pipe.stopped.set()

    signal.signal(signal.SIGTERM, stop)
    _die_with_parent()
    os.nice(NICENESS)
    for work in (pipe.beat, pipe.listen, partial(pipe.obey, arguments.out)):
        threading.Thread(target=work, daemon=True).start()
    try:
        made = animate(**vars(arguments), on_progress=pipe.progress)
    except VannilliError as error:
        pipe.end(_told(error))
        return 1
    except Exception:
        _log.exception("The render failed.")
        pipe.end(_told(VannilliError()))
        return 1
    pipe.end({"result": asdict(made)})
    return 0


if __name__ == "__main__":
    sys.exit(main())
