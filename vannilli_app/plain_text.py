"""Text that can be kept: PostgreSQL takes no NUL, and half a surrogate pair is no character in UTF-8.

JSON can say both (`\\u0000`, `\\ud800`), so whatever comes from outside is looked through before anything is done with
it: requests in `http_api`, events of the pages in `event_limit`.
"""

from collections.abc import Iterator
from typing import Any

from vannilli_app.words import N_

SENTENCE = N_("This has a character in it that is none. Remove it, or type it again.")


def unfit(given: Any) -> Iterator[tuple[str | int, ...]]:
    """The places in nested dicts and lists whose text cannot be kept; of a dict whose keys cannot be, its own place."""
    left: list[tuple[tuple[str | int, ...], Any]] = [
        ((), given)
    ]  # no recursion: strangers nest as deep as they like
    while left:
        at, value = left.pop()
        match value:
            case str():
                if not is_fit(value):
                    yield at
            case dict():
                if all(map(is_fit, map(str, value))):
                    left += [((*at, key), inner) for key, inner in value.items()]
                else:
                    yield at
            case list() | tuple():
                left += [((*at, number), inner) for number, inner in enumerate(value)]


def is_fit(text: str) -> bool:
    """Whether a text can be kept."""
    if "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
