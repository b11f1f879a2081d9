"""The port to whoever takes the money, and the facts that it gives: what was bought, how a plan stands, what went back.

A fact is the present state of something at the payment service, never a difference: it may be told late, twice, or out
of order, and `billing` books it once by its reference.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain, count
from typing import Any, Literal, Protocol
from uuid import UUID

from vannilli_app.errors import Forbidden, Unavailable
from vannilli_app.music.price import Tier

PlanStatus = Literal["active", "past_due", "paused", "canceled"]


class Product(StrEnum):
    """What can be bought."""

    OPEN_MIC = "open_mic"
    INDIE_ARTIST = "indie_artist"
    ARTIST = "artist"
    LABEL = "label"
    TOPUP = "topup"

    @property
    def plan(self) -> Tier | None:
        """The tier of a plan; None for what is bought once."""
        return None if self in (Product.TOPUP, Product.OPEN_MIC) else Tier(self.value)


class PaymentsUnavailable(Unavailable):
    """The payment service does not answer. Nothing was charged; try again in a minute."""

    code = "payments_unavailable"


class Forged(Forbidden):
    """This message does not carry the payment service's signature, or is too old."""

    code = "bad_signature"


@dataclass(frozen=True)
class Order:
    """What somebody wants to buy: a plan, Open Mic, or so many credits."""

    user_id: UUID
    product: Product
    credits: int
    success_url: str  # `{CHECKOUT_SESSION_ID}` in it becomes the session's id
    cancel_url: str
    key: str  # the same key is the same order

    def keys_in_turn(self) -> Iterator[str]:
        """Its own, and then one for each time that the checkout before it can no longer be paid."""
        return chain([self.key], (f"{again}:{self.key}" for again in count(1)))


@dataclass(frozen=True)
class Checkout:
    """A checkout to send the buyer to."""

    session_id: str
    url: str


@dataclass(frozen=True)
class Event:
    """A signed message, as it came."""

    id: str
    type: str
    created_at: datetime
    payload: dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """A subscription as it stood at `read_at`. `tier` is what its next period is for."""

    subscription_id: str
    customer_id: str
    user_id: UUID | None
    tier: Tier
    status: PlanStatus
    period_start: datetime
    period_end: datetime
    cancel_at_period_end: bool
    paused_until: datetime | None
    read_at: datetime


@dataclass(frozen=True)
class Bought:
    """Money came in for credits. `reference` is unique for this payment; `subscription_id` names the plan that it pays,
    whose credits end at `expires_at`."""

    reference: str
    customer_id: str | None
    user_id: UUID | None
    product: Product
    credits: int
    cents: int
    paid_at: datetime
    subscription_id: str | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True)
class TakenBack:
    """Of the `paid_cents` of the purchase `of`, `cents` went back, after `cents_before` had in the same way."""

    reference: str
    of: str
    kind: Literal["refund", "dispute"]
    cents: int
    cents_before: int
    paid_cents: int


@dataclass(frozen=True)
class GivenBack:
    """What was taken back under the reference `of` is the buyer's after all: a dispute won, a refund that failed."""

    reference: str
    of: str


Fact = Plan | Bought | TakenBack | GivenBack


class Payments(Protocol):
    """Whoever takes the money. Every call may raise PaymentsUnavailable; times are UTC, money is US cents."""

    name: str
    moves_money: bool

    async def customer(self, user_id: UUID, email: str) -> str:
        """Who a person is at the service, where their checkouts and plans are. Twice is once."""

    async def check_out(self, order: Order, customer_id: str) -> Checkout:
        """Open a checkout. The same `order.key` gives the same one, as long as it can be paid. Raises NotFound for a
        forgotten customer."""

    async def withdraw(self, session_id: str) -> bool:
        """Close a checkout, so that nobody pays it any more; False when somebody has."""

    async def facts_of_session(self, session_id: str, now: datetime) -> list[Fact]:
        """What a checkout has come to; empty while nothing is paid. Raises NotFound."""

    async def is_pending(self, session_id: str) -> bool:
        """Whether a checkout was completed and its money is still on the way, as with a bank debit. Raises NotFound."""

    async def portal(self, customer_id: str, return_url: str) -> str:
        """Where a customer sees invoices and changes the card."""

    async def upgrade_cents(self, subscription_id: str, tier: Tier, now: datetime) -> int:
        """What changing to `tier` now would cost today."""

    async def change_plan(
        self, subscription_id: str, tier: Tier, *, charge: bool, now: datetime
    ) -> list[Fact]:
        """Have the next period be for `tier`; with `charge` this one too, for the difference, at once.

        Raises PaymentRequired when the difference cannot be charged; then nothing has changed.
        """

    async def set_ending(self, subscription_id: str, ending: bool, now: datetime) -> list[Fact]:
        """Have a plan end with its period, or go on after all."""

    async def set_pause(self, subscription_id: str, until: datetime | None, now: datetime) -> list[Fact]:
        """Have a plan neither charge nor give credits until then; None: go on."""

    def read_event(self, body: bytes, headers: Mapping[str, str]) -> Event:
        """A webhook's message. `headers` have names in lower case. Raises Forged for what is not signed, or too old."""

    def without_person(self, payload: dict[str, Any]) -> dict[str, Any]:
        """What of an event's message is needed to handle it again: ids, and nothing of the person."""

    async def facts_of_event(self, event: Event, now: datetime) -> list[Fact] | None:
        """What an event speaks of, as it stands now, in the order to book it; None for what means nothing to us."""

    def facts_since(self, since: datetime, now: datetime) -> AsyncIterator[list[Fact]]:
        """Everything that changed since then, purchase by purchase."""

    async def forget(self, customer_id: str) -> None:
        """Delete a person's data at the service: their open checkouts close, their plans end at once. What is paid
        stays in its books. Twice is once."""

    async def close(self) -> None:
        """Give the connections back."""
