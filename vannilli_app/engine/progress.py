"""How far a render is, told to whoever asked; and the way to stop it."""

import time
from collections.abc import Callable

from vannilli_app.errors import VannilliError

EVERY = 0.2  # seconds between two reports


class Cancelled(VannilliError):
    """The render was stopped."""

    code = "cancelled"


class Progress:
    """Counts work in frames of the finished video.

    `on_progress(done, total)` is called at most every fifth of a second, and once at the end; `should_stop()`
    is asked as often as `reach` is called.
    """

    def __init__(
        self,
        on_progress: Callable[[int, int], None] | None,
        should_stop: Callable[[], bool] | None,
    ) -> None:
        self._tell = on_progress
        self._should_stop = should_stop
        self._told = -EVERY

    def reach(self, done: float, total: int) -> None:
        """Notes that `done` of `total` frames' work is done.

        Raises Cancelled when the render shall stop.
        """
        if self._should_stop and self._should_stop():
            raise Cancelled
        now = time.monotonic()
        if self._tell and (now - self._told >= EVERY or done >= total):
            self._told = now
            self._tell(min(int(done), total), total)
