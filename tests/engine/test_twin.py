"""A copy of the process draws every other frame; what comes is as if there were none."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import psutil
import pytest

from vannilli_app.engine import twin
from vannilli_app.engine.array import Array

SIZE = (6, 4)
only_where_possible = pytest.mark.skipif(not twin.POSSIBLE, reason="a process cannot be copied here")


def numbered(index: int) -> Array:
    return np.full((SIZE[1], SIZE[0], 3), index, np.uint8)


def fails_at(broken: int) -> Callable[[int], Array]:
    def draw(index: int) -> Array:
        return numbered(index // (index != broken))

    return draw


@pytest.mark.parametrize("possible", [False, pytest.param(True, marks=only_where_possible)])
@pytest.mark.parametrize("count", [0, 1, 2, 61])
def test_pictures_come_in_order(monkeypatch: pytest.MonkeyPatch, possible: bool, count: int) -> None:
    monkeypatch.setattr(twin, "POSSIBLE", possible)
    pictures = list(twin.drawn(numbered, count, SIZE))
    assert [int(picture[0, 0, 0]) for picture in pictures] == list(range(count))
    assert all((picture == picture[0, 0, 0]).all() and picture.shape == (4, 6, 3) for picture in pictures)


@only_where_possible
def test_two_processes_draw_and_one_is_left() -> None:
    def draw(index: int) -> Array:
        return np.frombuffer(os.getpid().to_bytes(24, "big") * 3, np.uint8).reshape(4, 6, 3)

    pids = [int.from_bytes(picture.tobytes()[:24], "big") for picture in twin.drawn(draw, 40, SIZE)]
    assert set(pids[::2]) == {os.getpid()}
    assert len(set(pids[1::2])) == 1
    assert not psutil.pid_exists(pids[1])


@only_where_possible
@pytest.mark.parametrize("broken", [6, 7])
def test_an_error_comes_in_its_turn(broken: int) -> None:
    made = twin.drawn(fails_at(broken), 40, SIZE)
    assert [int(next(made)[0, 0, 0]) for _ in range(broken)] == list(range(broken))
    with pytest.raises(ZeroDivisionError):
        next(made)
    assert not multiprocessing.active_children()


@only_where_possible
def test_a_copy_that_dies_is_an_error_and_no_wait() -> None:
    me = os.getpid()

    def draw(index: int) -> Array:
        if index == 9 and os.getpid() != me:
            os.kill(os.getpid(), signal.SIGKILL)
        return numbered(index)

    with pytest.raises(twin.TwinDiedError):
        list(twin.drawn(draw, 40, SIZE))


@only_where_possible
def test_whoever_stops_taking_leaves_no_process() -> None:
    made = twin.drawn(numbered, 1000, SIZE)
    next(made)
    assert multiprocessing.active_children()
    made.close()
    assert not multiprocessing.active_children()


@only_where_possible
def test_a_copy_ends_with_a_process_that_is_killed() -> None:
    code = (
        "import time, multiprocessing, numpy as np\n"
        "from vannilli_app.engine.twin import Twin\n"
        "with Twin(lambda index: np.zeros((4, 6, 3), np.uint8), range(1000), (6, 4)):\n"
        "    print(multiprocessing.active_children()[0].pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        copy = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    until = time.monotonic() + 10
    while copy.is_running() and copy.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < until
        time.sleep(0.02)
