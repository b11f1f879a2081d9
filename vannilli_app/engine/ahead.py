"""Keeps both cores busy: work that is done ahead in threads and taken in order."""

import queue
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import TypeVar

S = TypeVar("S")
T = TypeVar("T")

AHEAD = 4  # things that wait at most to be taken


def read_ahead(source: Iterator[T]) -> Generator[T, None, None]:
    """What `source` gives, in order, read by a thread of its own; its error comes where it would have come.

    Closing the generator ends the thread.
    """
    ready: queue.Queue[tuple[T | None, BaseException | None]] = queue.Queue(AHEAD)
    left = threading.Event()

    def run() -> None:
        error: BaseException | None = None
        try:
            for thing in source:
                ready.put((thing, None))
                if left.is_set():
                    break
        except Exception as raised:  # raised again in the taking thread
            error = raised
        ready.put((None, error or StopIteration()))

    thread = threading.Thread(target=run, name="reader", daemon=True)
    thread.start()
    try:
        while True:
            thing, error = ready.get()
            if thing is None:
                if error and not isinstance(error, StopIteration):
                    raise error
                return
            yield thing
    finally:
        left.set()
        while thread.is_alive():
            _empty(ready)
            thread.join(0.01)


def _empty(waiting: "queue.Queue[T]") -> None:
    """Empties a queue, so that whoever puts into it can go on."""
    while not waiting.empty():
        waiting.get_nowait()


def shared_out(workers: Sequence[Callable[[S], T]], source: Iterable[S]) -> Generator[T, None, None]:
    """What the workers make of the things of `source`, in order; each takes its turn, in a thread of its own.

    The first error surfaces in its turn.
    """
    with ExitStack() as stack:
        threads = [stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="work")) for _ in workers]
        waiting: deque[Future[T]] = deque()
        try:
            for number, thing in enumerate(source):
                turn = number % len(workers)
                waiting.append(threads[turn].submit(workers[turn], thing))
                if len(waiting) > AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
