"""Session replay: visits recorded for Sentry where SENTRY_REPLAY says so, masked.

The recording's id and times are in the tab's `sessionStorage` (`sentryReplaySession`): so it goes on after a reload.
"""

import reflex as rx

from vannilli_app import __version__
from vannilli_app.config import settings
from vannilli_app.ui.browser import module

SENTRY = ["@sentry/browser@11.12.0"]  # for `replay.js`


class Replay(rx.State):
    """Where visits are recorded: as the server is set that a page opens on, so its build knows nothing of it."""

    @rx.var(initial_value="")
    def dsn(self) -> str:
        """Of Sentry; empty where nothing is recorded."""
        config = settings()
        return config.sentry_dsn.get_secret_value() if config.sentry_replay else ""

    @rx.var(initial_value=0.0)
    def share(self) -> float:
        """How many of the visits are recorded whole; of the others the last minute before an error and what follows."""
        return settings().sentry_replay


class SessionReplay(rx.Component):
    """Records the visit; shows nothing."""

    library = module("session_replay.jsx")
    tag = "SessionReplay"
    lib_dependencies: list[str] = SENTRY

    dsn: rx.Var[str]
    share: rx.Var[float]
    release: rx.Var[str]


def session_replay() -> rx.Component:
    """Part of every page."""
    return SessionReplay.create(dsn=Replay.dsn, share=Replay.share, release=f"vannilli@{__version__}")
