"""A checkout, for pages: the sandbox's own, and the way back from any."""

from datetime import UTC, datetime

import reflex as rx

from vannilli_app import routes
from vannilli_app.accounts.state import person_of
from vannilli_app.billing import buying
from vannilli_app.billing.state import dollars
from vannilli_app.errors import VannilliError
from vannilli_app.words import at


class PaidState(rx.State):
    """A buyer who is back from a checkout."""

    standing: str = ""  # pending, strange
    sentence: str = ""
    after: str = routes.ACCOUNT

    @rx.event
    async def load(self):
        """Book the payment, without waiting for its event, and go on to where the buyer came from."""
        identity = await person_of(self)
        if identity is None:
            return None
        query = self.router.url.query_parameters
        self.after = query.get("next", "") if routes.is_ours(query.get("next", "")) else at(routes.ACCOUNT)
        try:
            paid = await buying.settle(identity.user_id, query.get("session", ""), datetime.now(UTC))
        except VannilliError as error:
            self.standing, self.sentence = "strange", error.message
            return None
        if paid:
            return rx.redirect(self.after)
        self.standing = "pending"
        return None


class SandboxState(rx.State):
    """A checkout of the sandbox."""

    what: str = ""
    price: str = ""
    back: str = routes.ACCOUNT
    sentence: str = ""
    paying: bool = False

    @rx.event
    async def load(self):
        """Show what is being bought."""
        self.what, self.sentence, self.paying = "", "", False
        try:
            identity = await person_of(self)
            if identity:
                order = buying.sandbox_order(identity.user_id, self._session)
                self.what, self.price, self.back = order.words, dollars(order.cents), order.cancel_url
        except VannilliError as error:
            self.sentence = error.message

    @rx.event
    async def pay(self):
        """Pay with nothing, and go on as the payment service would send one."""
        self.paying = True
        yield
        identity = await person_of(self)
        try:
            if identity:
                url = buying.pay_in_sandbox(identity.user_id, self._session, datetime.now(UTC))
                yield rx.redirect(url)
        except VannilliError as error:
            self.paying, self.sentence = False, error.message

    @property
    def _session(self) -> str:
        return self.router.url.query_parameters.get("session", "")
