"""Pure decisions about the ledger: which grant a spent credit came from, what expires, and what an entry means."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from vannilli_app.billing.schemas import LedgerLine, Left
from vannilli_app.words import N_, _

NEVER = float("inf")

BOUGHT = frozenset({"topup", "open_mic"})
WORDS = {
    "signup": N_("Welcome: a first taste"),
    "admin": N_("From the Vannilli team"),
    "plan": N_("Plan credits"),
    "topup": N_("Credits you bought"),
    "open_mic": N_("Open Mic credits"),
    "generation": N_("A finished video"),
    "returned": N_("Given back for a video"),
    "refund": N_("Refunded purchase"),
    "dispute": N_("Disputed purchase"),
    "reinstated": N_("Back after a dispute or a refund that failed"),
    "debt": N_("Towards what you owed"),
    "expiry": N_("Unused plan credits, period over"),
}


def left(lines: Iterable[LedgerLine]) -> list[Left]:
    """What is left of each grant after `lines` (oldest first), what expires soonest first.

    A credit that goes is taken from the grant that its entry names, else from the one that expires soonest among
    those there at that moment; of two that never expire, from the older.
    """
    grants: list[Left] = []
    for line in lines:
        if line.amount > 0:
            grants.append(Left(line.reference, line.kind, line.amount, line.cents, line.expires_at))
            grants.sort(key=lambda one: one.expires_at.timestamp() if one.expires_at else NEVER)
        elif line.amount < 0:
            grants, _ = take(grants, -line.amount, line.grant_reference)
    return grants


def take(grants: Sequence[Left], amount: int, first: str | None = None) -> tuple[list[Left], int]:
    """Take `amount` credits out of `grants`, out of the one named `first` before the others.

    Gives what is left, and the cents that had been paid for what was taken: of a grant's cents the same share, rounded
    down, and all of them with its last credit, so that they add up.
    """
    owed, cents = amount, 0
    remaining = {one.reference: one for one in grants}
    for one in sorted(grants, key=lambda one: one.reference != first):  # stable: the others keep their order
        taken = min(owed, one.amount)
        worth = one.cents * taken // one.amount
        remaining[one.reference] = replace(one, amount=one.amount - taken, cents=one.cents - worth)
        owed, cents = owed - taken, cents + worth
    return [one for one in remaining.values() if one.amount], cents


def expired(grants: Iterable[Left], reserved: int, now: datetime) -> Iterator[tuple[str, int]]:
    """What ends by `now`: each grant's reference and how many of its credits.

    What is set aside for running work stays until that work ends; it counts on the credits that expire soonest, since
    those will be spent first.
    """
    for one in grants:
        covered = min(reserved, one.amount)
        reserved -= covered
        if one.expires_at is not None and one.expires_at <= now and one.amount > covered:
            yield one.reference, one.amount - covered


def share(credits: int, cents: int, paid_cents: int) -> int:
    """How many of the `credits` that `paid_cents` bought belong to `cents` of them, rounded down."""
    return credits * min(cents, paid_cents) // paid_cents if paid_cents else credits


def in_words(kind: str, reason: str | None) -> str:
    """An entry as a sentence for the artist."""
    return f"{_(WORDS[kind])}: {_(reason)}" if reason else _(WORDS[kind])
