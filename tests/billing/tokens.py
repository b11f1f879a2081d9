"""A model of the ledger that cannot be wrong in the same way: every single credit is a thing of its own.

Slow and simple on purpose. It knows nothing of how the ledger is written, only what a credit's life is.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(eq=False)
class Credit:
    """One credit: what it came with, when it ends."""

    grant: str
    expires_at: datetime


@dataclass
class Person:
    """A person's credits in the order in which they came, what is held for work, what they owe."""

    credits: list[Credit] = field(default_factory=list)
    held: dict[str, int] = field(default_factory=dict)
    owed: int = 0
    grants: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    taken_back: dict[str, tuple[str, int]] = field(default_factory=dict)  # reference -> purchase, credits
    known: set[str] = field(default_factory=set)
    spent: dict[str, int] = field(default_factory=dict)

    @property
    def reserved(self) -> int:
        return sum(self.held.values())

    @property
    def available(self) -> int:
        return len(self.credits) - self.reserved

    def end_expired(self, now: datetime) -> None:
        """Those promised to work are the ones that end soonest; of the others, those whose time is over go."""
        promised = set(map(id, self._soonest()[: self.reserved]))
        self.credits = [one for one in self.credits if id(one) in promised or one.expires_at > now]

    def grant(self, reference: str, amount: int, expires_at: datetime | None, now: datetime) -> bool:
        self.end_expired(now)
        if reference in self.known:
            return False
        self.known.add(reference)
        self.grants[reference] = (amount, expires_at or NEVER)
        self.credits += [Credit(reference, expires_at or NEVER) for _ in range(amount)]
        self._pay_debt(reference)
        self.end_expired(now)
        return True

    def reserve(self, work: str, amount: int, now: datetime) -> bool:
        before = self.credits
        self.end_expired(now)
        if amount > self.available or (amount and self.owed):
            self.credits = before  # who is refused changes nothing, not even what has expired
            return False
        self.held[work] = amount
        return True

    def capture(self, work: str, now: datetime) -> int:
        self.end_expired(now)
        amount = self.held.pop(work, 0)
        self._drop(self._soonest()[:amount])
        if amount:
            self.spent[work] = self.spent.get(work, 0) + amount
        return amount

    def release(self, work: str, now: datetime) -> None:
        if work in self.held:
            self.end_expired(now)
            del self.held[work]
            self._pay_debt(None)
            self.end_expired(now)

    def take_back(self, reference: str, purchase: str, amount: int, now: datetime) -> bool:
        self.end_expired(now)
        if purchase not in self.grants or reference in self.known:
            return False
        gone = sum(credits for of, credits in self.taken_back.values() if of == purchase)
        amount = min(amount, self.grants[purchase][0] - gone)
        if amount == 0:
            return False
        self.known.add(reference)
        self.taken_back[reference] = (purchase, amount)
        there = min(amount, self.available)
        self._drop(self._of_first(purchase)[:there])
        self.owed += amount - there
        return True

    def give_back(self, reference: str, of: str, now: datetime) -> bool:
        self.end_expired(now)
        if of not in self.known or of not in self.taken_back or reference in self.known:
            return False
        purchase, amount = self.taken_back.pop(of)
        return self.grant(reference, amount, self.grants[purchase][1], now)

    def _pay_debt(self, first: str | None) -> None:
        paid = min(self.owed, self.available)
        if paid > 0:
            self._drop(self._of_first(first)[:paid])
            self.owed -= paid

    def _soonest(self) -> list[Credit]:
        return sorted(self.credits, key=lambda one: one.expires_at)  # stable: of equals the older first

    def _of_first(self, grant: str | None) -> list[Credit]:
        return sorted(self._soonest(), key=lambda one: one.grant != grant)

    def _drop(self, gone: list[Credit]) -> None:
        names = set(map(id, gone))
        self.credits = [one for one in self.credits if id(one) not in names]
