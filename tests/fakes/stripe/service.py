"""The fake as one thing: served over HTTP, and in the hands of a test."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator

from starlette.applications import Starlette

from tests.fakes.faults import Faults
from tests.fakes.stripe import checkout, due, reversals, subscriptions
from tests.fakes.stripe.api import Api, Called
from tests.fakes.stripe.books import Books, Object, Rules
from tests.fakes.stripe.cards import EMAIL, GOOD
from tests.fakes.stripe.controls import controls
from tests.fakes.stripe.deliveries import Deliveries, Delivery
from tests.fakes.stripe.hosted import pages

KEY = "sk_test_of_the_tests_000000"


class FakeStripe:
    """Set `base_url` once it is served, and close it at the end. Its methods may be called from any thread.

    Faults: "submit" is met by POST, "look" by GET, "cancel" by DELETE, "callback" by a webhook. A 429, 500, 503 or
    reset comes before anything happened; reset_after, half and wrong_json after, and the idempotency key remembers."""

    def __init__(
        self,
        *,
        key: str = KEY,
        faults: Faults | None = None,
        rules: Rules | None = None,
        parallel: int = 1,
        retry_seconds: tuple[float, ...] = (0.1, 0.3, 1.0),
    ) -> None:
        self.key = key
        self.faults = faults or Faults()
        self.rules = rules or Rules()
        self.books = Books(self.rules)
        self._lock = threading.RLock()
        self._deliveries = Deliveries(self.books, self.faults, parallel, retry_seconds)
        self.books.on_event = self._deliveries.tell
        self._api = Api(self.books, key, self.faults.take, self.guarded)

    def app(self) -> Starlette:
        """With debug on: a mistake in the fake comes as an answer that shows it."""
        routes = [*controls(self), *pages(self.books, self.guarded), *self._api.routes()]
        return Starlette(debug=True, routes=routes)

    @property
    def base_url(self) -> str:
        return self.books.base_url

    @base_url.setter
    def base_url(self, value: str) -> None:
        self.books.base_url = value

    def close(self) -> None:
        """Stop delivering."""
        self._deliveries.close()

    @contextlib.contextmanager
    def guarded(self) -> Iterator[None]:
        """Alone with the books, after all that is due by now has been done."""
        with self._lock:
            due.run(self.books, None, self.books.now())
            yield

    # --- to look at -------------------------------------------------------------------------------------------

    @property
    def customers(self) -> dict[str, Object]:
        return self.books.tables["customer"]

    @property
    def sessions(self) -> dict[str, Object]:
        return self.books.tables["checkout.session"]

    @property
    def subscriptions(self) -> dict[str, Object]:
        return self.books.tables["subscription"]

    @property
    def invoices(self) -> dict[str, Object]:
        return self.books.tables["invoice"]

    @property
    def charges(self) -> dict[str, Object]:
        return self.books.tables["charge"]

    @property
    def events(self) -> list[Object]:
        """All that happened, oldest first."""
        return list(self.books.tables["event"].values())

    @property
    def calls(self) -> list[Called]:
        """Every call of the API, also those that met a fault."""
        return self._api.calls

    @property
    def deliveries(self) -> list[Delivery]:
        """Every attempt to deliver an event."""
        return self._deliveries.sent

    @property
    def thin(self) -> bool:
        """Whether webhooks are notifications of API v2, which only name the object."""
        return self._deliveries.thin

    @thin.setter
    def thin(self, value: bool) -> None:
        self._deliveries.thin = value

    # --- to do ------------------------------------------------------------------------------------------------

    def advance(self, seconds: int) -> None:
        """Move the time of all customers without a test clock, and do what is due by then."""
        with self.guarded():
            due.run(self.books, None, self.books.now() + seconds)
            self.books.offset += seconds

    def pay(self, session_id: str, card: str = GOOD, email: str = EMAIL) -> Object:
        """Pay a checkout as a person does on its page; `cards.BANK` is a debit. Raises Problem when it is refused."""
        with self.guarded():
            return checkout.pay(self.books, session_id, card, email)

    def clear(self, session_or_invoice: str, *, succeeded: bool = True) -> None:
        """The bank's word on the debit of a checkout, or of a later invoice."""
        with self.guarded():
            if session_or_invoice in self.invoices:
                subscriptions.clear_debit(self.books, session_or_invoice, succeeded=succeeded)
            else:
                checkout.clear_debit(self.books, session_or_invoice, succeeded=succeeded)

    def refund(self, charge_or_intent: str, amount: int | None = None) -> Object:
        """Give money back, as the owner of the shop does in the dashboard; all that is left by default (cents)."""
        kind = "charge" if charge_or_intent in self.charges else "payment_intent"
        asked = {kind: charge_or_intent} | ({"amount": amount} if amount is not None else {})
        with self.guarded():
            return reversals.create_refund(self.books, asked)

    def dispute(self, charge: str, won: bool | None = None) -> Object:
        """A cardholder disputes a charge; decided at once unless `won` is None."""
        with self.guarded():
            found = reversals.open_dispute(self.books, self.books.get("charge", charge))
            return found if won is None else reversals.close_dispute(self.books, found["id"], won=won)

    def close_dispute(self, dispute_id: str, *, won: bool) -> Object:
        with self.guarded():
            return reversals.close_dispute(self.books, dispute_id, won=won)

    def redeliver(self, event_id: str) -> None:
        """Send an event once more to whoever listens."""
        with self.guarded():
            self._deliveries.again(self.books.get("event", event_id))

    async def settle(self) -> None:
        """Wait until every webhook has gone out or was given up; those that a fault holds back stay held."""
        await asyncio.to_thread(self._deliveries.wait)

    async def deliver_all(self) -> None:
        """Send what was held back, in another order than it happened, and wait."""
        self._deliveries.release()
        await self.settle()
