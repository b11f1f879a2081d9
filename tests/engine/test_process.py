"""Renders in a child process: told, stopped, never left behind."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.engine import clips
from tests.engine.conftest import SMALL
from vannilli_app.engine import DriverUnreadable, ImageUnreadable
from vannilli_app.engine.process import render

# A parent that starts a render and says its number.
PARENT = """
import subprocess, sys, time
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(60)
"""


def _engines() -> list[int]:
    me = psutil.Process()
    return [p.pid for p in me.children(recursive=True) if "vannilli_app.engine" in p.cmdline()]


def _files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def _command(image: Path, driver: Path, out: Path, frames: int) -> list[str]:
    options = ["--image", image, "--driver", driver, "--out", out, "--size", "256x448", "--frames", frames]
    return [sys.executable, "-m", "vannilli_app.engine", *map(str, options)]


async def test_renders_and_tells(image: Path, driver: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    out = tmp_path / "out.mp4"
    animation = await render(
        image, driver, out, size=SMALL, frames=40, bpm=120.0, on_progress=lambda *now: told.append(now)
    )
    assert (animation.frames, animation.mode) == (40, "face")
    assert len(clips.read(out)) == 40
    assert told
    assert all(0 <= done <= total for done, total in told)
    assert _engines() == []


async def test_cancelling_ends_the_child_within_a_second(image: Path, driver: Path, tmp_path: Path) -> None:
    started = asyncio.Event()
    work = asyncio.create_task(
        render(
            image,
            driver,
            tmp_path / "out.mp4",
            size=SMALL,
            frames=3000,
            on_progress=lambda done, total: started.set() if done else None,
        )
    )
    await asyncio.wait_for(started.wait(), 20)
    assert len(_engines()) == 1
    asked = time.monotonic()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert time.monotonic() - asked < 1
    assert _engines() == []
    assert _files(tmp_path) == []


async def test_the_childs_error_is_raised_here(image: Path, driver: Path, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("This is a text.")
    with pytest.raises(ImageUnreadable, match="JPEG or PNG"):
        await render(tmp_path / "text", driver, tmp_path / "out.mp4", size=SMALL)
    with pytest.raises(DriverUnreadable):
        await render(image, tmp_path / "text", tmp_path / "out.mp4", size=SMALL)


def test_sigterm_stops_it(image: Path, driver: Path, tmp_path: Path) -> None:
    with subprocess.Popen(
        _command(image, driver, tmp_path / "out.mp4", 3000),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert set(json.loads(child.stdout.readline())) == {"done", "total"}
        child.terminate()
        *_, last = child.stdout.read().splitlines()
        assert child.wait(5) == 1
    assert json.loads(last)["error"]["code"] == "cancelled"
    assert _files(tmp_path) == []


def test_it_dies_with_its_parent(image: Path, driver: Path, tmp_path: Path) -> None:
    command = _command(image, driver, tmp_path / "out.mp4", 3000)
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, *command], stdout=subprocess.PIPE, text=True
    ) as parent:
        child = psutil.Process(int(parent.stdout.readline()))
        os.kill(parent.pid, signal.SIGKILL)
        child.wait(5)
    assert _files(tmp_path) == []


# A render that hangs where no signal reaches it.
STUCK = """
import sys, threading, time
from pathlib import Path
from vannilli_app.engine.__main__ import Pipe
pipe = Pipe()
threading.Thread(target=pipe.obey, args=[Path(sys.argv[1])], daemon=True).start()
print("asked", flush=True)
pipe.stopped.set()
time.sleep(60)
"""


def test_a_render_that_hangs_stops_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "out.mp4.part").touch()
    command = [sys.executable, "-c", STUCK, str(tmp_path / "out.mp4")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as stuck:
        stuck.stdout.readline()
        asked = time.monotonic()
        assert stuck.wait(20) == 1
    assert time.monotonic() - asked < 3
    assert _files(tmp_path) == []
