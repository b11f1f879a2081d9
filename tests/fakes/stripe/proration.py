"""What a change in the middle of a period gives back and costs, by the second."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Proration:
    """In cents: `unused` is negative, `remaining` positive."""

    unused: int
    remaining: int


def proration(old: int, new: int, start: int, end: int, now: int) -> Proration:
    """What is left at `now` of the period from `start` to `end`, at the old and at the new price of a period."""
    left, whole = max(end - now, 0), end - start
    return Proration(-_share(old, left, whole), _share(new, left, whole))


def _share(cents: int, left: int, whole: int) -> int:
    """Rounded half up."""
    return (2 * cents * left + whole) // (2 * whole)
