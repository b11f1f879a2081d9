"""A sentence from the server for whoever has the page open, shown at its foot until it is read.

A toast that the server sends is text for the browser to evaluate, which the pages' policy forbids.
"""

import logging

import reflex as rx
from reflex.state import StateUpdate
from reflex_base.constants.state import FIELD_MARKER

from vannilli_app.words import _

log = logging.getLogger(__name__)


class Notice(rx.State):
    """What the page has to say besides its own content."""

    said: str = ""

    @rx.event
    def tell_failure(self) -> None:
        """Something went wrong that no sentence of ours was made for."""
        self.said = _("Something went wrong on our side. Nothing was charged for it. Please try again.")

    @rx.event
    def read(self) -> None:
        """The person has read it."""
        self.said = ""


def failed(exception: Exception) -> rx.event.EventSpec:
    """Log what a page's event raised, and tell the person."""
    log.error("unexpected error in a page's event", exc_info=exception)
    return Notice.tell_failure()


def saying(sentence: str) -> StateUpdate:
    """What shows `sentence` on the page in place of what its event would have done."""
    return StateUpdate(delta={Notice.get_full_name(): {f"said{FIELD_MARKER}": sentence}})
