"""A copy of this process draws every other frame: two threads of one would wait for the interpreter by turns."""

import gc
import os
import sys
import warnings
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from mmap import mmap
from multiprocessing import get_context
from multiprocessing.connection import Connection
from types import TracebackType

import numpy as np

from vannilli_app.engine.ahead import shared_out
from vannilli_app.engine.array import Array

# Elsewhere a copy of a process that has loaded so many libraries cannot be relied upon.
POSSIBLE = sys.platform == "linux"
SLOTS = 8  # pictures that the copy may be ahead
Draw = Callable[[int], Array]


def drawn(draw: Draw, count: int, size: tuple[int, int]) -> Generator[Array, None, None]:
    """draw(0), draw(1) ... in order, BGR pictures of `size` (width, height), made on two cores.

    The first error surfaces in its turn. Closing the generator ends the work.
    """
    return _by_two(draw, count, size) if POSSIBLE else shared_out([draw, draw], range(count))


def _by_two(draw: Draw, count: int, size: tuple[int, int]) -> Generator[Array, None, None]:
    with Twin(draw, range(1, count, 2), size) as twin:
        for index in range(count):
            yield twin.take() if index % 2 else draw(index)


class TwinDiedError(Exception):
    """The other process ended before its work did: out of memory, or by a fault of native code."""


class Twin:
    """A context manager: inside it a copy of this process, as it is on entry, draws `indices` one after the other.

    It is SLOTS pictures ahead at most, which lie in memory that both see, and ends when this process does.
    """

    def __init__(self, draw: Draw, indices: Iterable[int], size: tuple[int, int]) -> None:
        width, height = size
        shape = (SLOTS, height, width, 3)
        self._slots = np.frombuffer(mmap(-1, int(np.prod(shape))), np.uint8).reshape(shape)
        self._count = 0
        context = get_context("fork")
        # Two pipes and not one for both ways: that would be a socket, and the animator opens none.
        self._ready, ready = context.Pipe(duplex=False)
        taken, self._taken = context.Pipe(duplex=False)
        self._theirs = (ready, taken)
        self._process = context.Process(
            target=_work,
            args=(draw, indices, self._slots, ready, taken, self._taken),
            name="twin",
            daemon=True,
        )

    def __enter__(self) -> "Twin":
        with warnings.catch_warnings():
            # "This process is multi-threaded": what draws waits for none of the other threads.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._process.start()
        for end in self._theirs:
            end.close()
        return self

    def take(self) -> Array:
        """The next picture; waits for it. Raises what drawing it raised, TwinDiedError."""
        try:
            error = self._ready.recv()
        except (EOFError, OSError) as gone:
            raise TwinDiedError from gone
        if error:
            raise error
        picture: Array = self._slots[self._count % SLOTS].copy()
        self._count += 1
        with suppress(OSError):  # it ends after its last picture, and need not be told
            self._taken.send(None)
        return picture

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.join()
        self._ready.close()
        self._taken.close()


def _work(
    draw: Draw, indices: Iterable[int], slots: Array, ready: Connection, taken: Connection, ours: Connection
) -> None:
    """What the copy does. It leaves without tidying up: all that it has belongs to the process that it came from."""
    ours.close()  # so that `taken` ends when the other process does
    gc.freeze()  # what runs threads there must not be taken apart here, where they are not
    try:
        with suppress(EOFError, OSError):
            _fill(draw, indices, slots, ready, taken)
    finally:
        os._exit(0)


def _fill(draw: Draw, indices: Iterable[int], slots: Array, ready: Connection, taken: Connection) -> None:
    for turn, index in enumerate(indices):
        if turn >= len(slots):
            taken.recv()
        try:
            slots[turn % len(slots)] = draw(index)
        except Exception as error:
            ready.send(error)
            return
        ready.send(None)
