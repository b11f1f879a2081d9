"""Payments in which no money moves: everything works as if paid, from files in a folder of our own.

The default where no Stripe key is set; production refuses it. A month has 30 days here.
"""

import fcntl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from vannilli_app import routes
from vannilli_app.errors import Conflict, NotFound
from vannilli_app.music.price import PLANS, TOP_UP_CENTS_PER_CREDIT, Tier, upgrade_credits
from vannilli_app.payments.base import Bought, Checkout, Event, Fact, Forged, Order, Plan, Product
from vannilli_app.words import _, at

MONTH = timedelta(days=30)


@dataclass
class Session:
    """A checkout, and when it was paid."""

    id: str
    order: Order
    paid_at: datetime | None = None


@dataclass
class Invoice:
    """Credits that were paid for."""

    number: int
    product: Product
    credits: int
    cents: int
    paid_at: datetime
    expires_at: datetime


@dataclass
class Subscription:
    """A plan. `tier` is what the next period is for."""

    id: str
    user_id: UUID
    tier: Tier
    period_start: datetime
    period_end: datetime
    ending: bool = False
    ended: bool = False
    paused_until: datetime | None = None
    invoices: list[Invoice] = field(default_factory=list)


_SESSION, _SUBSCRIPTION = TypeAdapter(Session), TypeAdapter(Subscription)


class SandboxPayments:
    """The port on files. `base_url` is where our own pages are."""

    name = "sandbox"
    moves_money = False

    def __init__(self, folder: Path, base_url: str) -> None:
        self._folder = folder
        self._base_url = base_url

    async def customer(self, user_id: UUID, email: str) -> str:
        return _customer_id(user_id)

    async def check_out(self, order: Order, customer_id: str) -> Checkout:
        with self._locked():
            session_id = next(
                name for name in map(_session_id, order.keys_in_turn()) if not self._is_paid(name)
            )
            if not self._path(session_id).exists():
                self._save(Session(session_id, order))
            elif self._session(session_id).order != order:
                raise Conflict(_("This key was used for another order."), code="idempotency_key_reused")
        return Checkout(session_id, self._base_url + at(routes.sandbox_checkout(session_id)))

    async def withdraw(self, session_id: str) -> bool:
        with self._locked():
            if self._is_paid(session_id):
                return False
            self._path(session_id).unlink(missing_ok=True)
        return True

    def session(self, session_id: str) -> Session:
        """A checkout as its page shows it. Raises NotFound."""
        return self._session(session_id)

    def pay(self, session_id: str, now: datetime) -> Session:
        """Pay a checkout, with nothing. Twice is once. Raises NotFound."""
        with self._locked():
            session = self._session(session_id)
            if session.paid_at is None:
                session.paid_at = now
                self._save(session)
            tier = session.order.product.plan
            subscription_id = _subscription_id(session_id)
            if tier and not self._path(subscription_id).exists():
                fresh = Subscription(subscription_id, session.order.user_id, tier, now, now + MONTH)
                _bill(fresh, now)
                self._save(fresh)
        return session

    async def facts_of_session(self, session_id: str, now: datetime) -> list[Fact]:
        session = self._session(session_id)
        order = session.order
        if session.paid_at is None:
            return []
        if order.product.plan:
            return _facts(self._subscription(_subscription_id(session_id)), now)
        open_mic = PLANS[Tier.OPEN_MIC]
        credits, cents = (
            (order.credits, order.credits * TOP_UP_CENTS_PER_CREDIT)
            if order.product is Product.TOPUP
            else (open_mic.credits, open_mic.price_cents)
        )
        return [
            Bought(
                reference=f"session:{session_id}",
                customer_id=_customer_id(order.user_id),
                user_id=order.user_id,
                product=order.product,
                credits=credits,
                cents=cents,
                paid_at=session.paid_at,
            )
        ]

    async def is_pending(self, session_id: str) -> bool:
        self._session(session_id)
        return False

    async def portal(self, customer_id: str, return_url: str) -> str:
        return return_url

    async def upgrade_cents(self, subscription_id: str, tier: Tier, now: datetime) -> int:
        return _difference(self._subscription(subscription_id), tier, now)

    async def change_plan(
        self, subscription_id: str, tier: Tier, *, charge: bool, now: datetime
    ) -> list[Fact]:
        with self._locked():
            found = self._subscription(subscription_id)
            cents = _difference(found, tier, now) if charge else 0
            credits = upgrade_credits(found.tier, tier, cents)
            if credits:
                number = len(found.invoices) + 1
                found.invoices.append(Invoice(number, Product(tier), credits, cents, now, found.period_end))
            found.tier = tier
            self._save(found)
        return _facts(found, now)

    async def set_ending(self, subscription_id: str, ending: bool, now: datetime) -> list[Fact]:
        return self._change(subscription_id, now, ending=ending)

    async def set_pause(self, subscription_id: str, until: datetime | None, now: datetime) -> list[Fact]:
        return self._change(subscription_id, now, paused_until=until)

    def read_event(self, body: bytes, headers: Mapping[str, str]) -> Event:
        raise Forged(_("Payments are in the sandbox here: nobody sends events."))

    def without_person(self, payload: dict[str, Any]) -> dict[str, Any]:
        return payload

    async def facts_of_event(self, event: Event, now: datetime) -> list[Fact] | None:
        return None

    async def facts_since(self, since: datetime, now: datetime) -> AsyncIterator[list[Fact]]:
        for path in sorted(self._folder.glob("sub_*.json")):
            with self._locked():
                found = self._subscription(path.stem)
                if _renew(found, now):
                    self._save(found)
            yield _facts(found, now)
        for path in sorted(self._folder.glob("cs_*.json")):
            yield await self.facts_of_session(path.stem, now)

    async def forget(self, customer_id: str) -> None:
        with self._locked():
            for path in self._folder.glob("sub_*.json"):
                if _customer_id(self._subscription(path.stem).user_id) == customer_id:
                    path.unlink()
            for path in self._folder.glob("cs_*.json"):
                if _customer_id(self._session(path.stem).order.user_id) == customer_id:
                    path.unlink()

    async def close(self) -> None:
        """Files are closed already."""

    def _change(self, subscription_id: str, now: datetime, **values: Any) -> list[Fact]:
        with self._locked():
            found = replace(self._subscription(subscription_id), **values)
            self._save(found)
        return _facts(found, now)

    def _is_paid(self, session_id: str) -> bool:
        return self._path(session_id).exists() and self._session(session_id).paid_at is not None

    def _path(self, name: str) -> Path:
        if not name.replace("_", "").isalnum() or not name.isascii():  # it comes from an address bar
            raise NotFound(_("There is no such payment."))
        return self._folder / f"{name}.json"

    def _session(self, name: str) -> Session:
        return _SESSION.validate_json(self._bytes(name))

    def _subscription(self, name: str) -> Subscription:
        return _SUBSCRIPTION.validate_json(self._bytes(name))

    def _bytes(self, name: str) -> bytes:
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError as error:
            raise NotFound(_("There is no such payment.")) from error

    def _save(self, one: Session | Subscription) -> None:
        fresh = self._path(one.id).with_suffix(".new")
        kind: TypeAdapter[Any] = _SESSION if isinstance(one, Session) else _SUBSCRIPTION
        fresh.write_bytes(kind.dump_json(one))
        fresh.replace(self._path(one.id))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One writer at a time, of all processes on this machine."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _customer_id(user_id: UUID) -> str:
    return f"cus_sandbox_{user_id.hex}"


def _session_id(key: str) -> str:
    return f"cs_sandbox_{sha256(key.encode()).hexdigest()[:24]}"


def _subscription_id(session_id: str) -> str:
    return session_id.replace("cs_", "sub_", 1)


def _bill(subscription: Subscription, now: datetime) -> None:
    plan = PLANS[subscription.tier]
    number = len(subscription.invoices) + 1
    subscription.invoices.append(
        Invoice(
            number, Product(subscription.tier), plan.credits, plan.price_cents, now, subscription.period_end
        )
    )


def _renew(subscription: Subscription, now: datetime) -> bool:
    """Begin every period that is due; whether anything changed."""
    changed = False
    while not subscription.ended and subscription.period_end <= now:
        begins, changed = subscription.period_end, True
        if subscription.ending:
            subscription.ended = True
            continue
        subscription.period_start, subscription.period_end = begins, begins + MONTH
        if subscription.paused_until is None or subscription.paused_until <= begins:
            subscription.paused_until = None
            _bill(subscription, begins)
    return changed


def _difference(subscription: Subscription, tier: Tier, now: datetime) -> int:
    """What a change costs for the rest of the period, by the second."""
    whole = subscription.period_end - subscription.period_start
    rest = max(subscription.period_end - now, timedelta()) / whole
    return max(round((PLANS[tier].price_cents - PLANS[subscription.tier].price_cents) * rest), 0)


def _facts(found: Subscription, now: datetime) -> list[Fact]:
    paused = found.paused_until is not None and found.paused_until > now
    plan = Plan(
        subscription_id=found.id,
        customer_id=_customer_id(found.user_id),
        user_id=found.user_id,
        tier=found.tier,
        status="canceled" if found.ended else "paused" if paused else "active",
        period_start=found.period_start,
        period_end=found.period_end,
        cancel_at_period_end=found.ending,
        paused_until=found.paused_until,
        read_at=now,
    )
    invoices = [
        Bought(
            reference=f"invoice:{found.id}:{one.number}",
            customer_id=_customer_id(found.user_id),
            user_id=found.user_id,
            product=one.product,
            credits=one.credits,
            cents=one.cents,
            paid_at=one.paid_at,
            subscription_id=found.id,
            expires_at=one.expires_at,
        )
        for one in found.invoices
    ]
    return [plan, *invoices]
