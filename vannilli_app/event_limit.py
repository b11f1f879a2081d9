"""Which events the open pages may send, and how many those of one address; of the API's requests `http_api` says so."""

from reflex.event import Event
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, StateUpdate

from vannilli_app import plain_text, rates
from vannilli_app.accounts.identity import network_of, parsed_ip
from vannilli_app.config import settings
from vannilli_app.ui.notice import saying
from vannilli_app.words import _


class EventLimit(Middleware):
    """Lets an event through, or answers it with a sentence and nothing else."""

    async def preprocess(  # Reflex's port
        self,
        app: object,  # noqa: ARG002
        state: BaseState,
        event: object,  # noqa: ARG002
    ) -> StateUpdate | None:
        """Before each event, after the page's language is known."""
        limit = rates.per_minute(settings().events_per_minute, "events")
        address = parsed_ip(state.router.session.client_ip)
        counted = await rates.count(limit, network_of(address) if address else "")
        if counted.allowed:
            return None
        sentence = _("That was a little fast. Try again in {seconds} s.", seconds=counted.reset)
        return saying(sentence)


class PlainText(Middleware):
    """Lets an event through, or says that text in it, or in its page's address, cannot be kept."""

    async def preprocess(  # Reflex's port
        self,
        app: object,  # noqa: ARG002
        state: BaseState,  # noqa: ARG002
        event: Event,
    ) -> StateUpdate | None:
        """Before each event, after the page's language is known."""
        if not any(plain_text.unfit((event.payload, event.router_data))):
            return None
        return saying(_(plain_text.SENTENCE))
