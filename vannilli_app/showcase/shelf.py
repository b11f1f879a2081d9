"""What everybody asks for is read from the database once a minute, and at once again when something changes.

PostgreSQL itself tells of every change (migration 0014), so it does not matter by whom or in which process it is made.
"""

import time
from collections.abc import Awaitable, Callable, Hashable
from typing import TypeVar

CHANNEL = "vannilli_showcase"
KEPT_SECONDS = 60
MOST = 512

Answer = TypeVar("Answer")


class Shelf:
    """Answers by what was asked. Not for anything that depends on who asks."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[float, object]] = {}
        self._changes = 0

    async def get(self, asked: Hashable, read: Callable[[], Awaitable[Answer]]) -> Answer:
        """The answer to `asked`, which `read` gives where it is not at hand."""
        until, answer = self._kept.get(asked, (0.0, None))
        if until > time.monotonic():
            return answer  # type: ignore[return-value]  # what `read` gave for the same question
        before = self._changes
        fresh = await read()
        if before == self._changes:  # else it may be older than what was just changed
            while len(self._kept) >= MOST:
                del self._kept[next(iter(self._kept))]
            self._kept[asked] = (time.monotonic() + KEPT_SECONDS, fresh)
        return fresh

    def drop(self) -> None:
        """Something has changed."""
        self._changes += 1
        self._kept.clear()


shelf = Shelf()
"""The process's."""
