"""Which person's pages are open in this process: Reflex client tokens by person. States note them, push reads them.

A page that lost its connection is kept: it may come back with the same token, and would then be stale. What was not
opened again for a day is forgotten, and of one person only the newest few are kept.
"""

import time
from uuid import UUID

MOST_TABS = 20
KEPT_SECONDS = 24 * 3600

_tokens: dict[UUID, dict[str, float]] = {}


def note(user_id: UUID, token: str) -> None:
    """A page of this person opened, or came back."""
    now = time.monotonic()
    theirs = {known: at for known, at in _tokens.get(user_id, {}).items() if now - at < KEPT_SECONDS}
    theirs.pop(token, None)
    theirs[token] = now
    _tokens[user_id] = dict(list(theirs.items())[-MOST_TABS:])


def of(user_id: UUID) -> list[str]:
    """The tokens of this person's open pages, oldest first."""
    return list(_tokens.get(user_id, ()))


def people() -> list[UUID]:
    """Everybody who has a page open; those whose pages are a day old are forgotten by this."""
    now = time.monotonic()
    for user_id in [u for u, theirs in _tokens.items() if now - max(theirs.values()) > KEPT_SECONDS]:
        del _tokens[user_id]
    return list(_tokens)
