"""Pure decisions about the ledger: which grant a spent credit came from, and what an entry means in words."""

from collections.abc import Iterable

from vannilli_app.billing.schemas import Bucket, LedgerLine

NEVER = float("inf")

BOUGHT = frozenset({"topup", "open_mic"})
WORDS = {
    "signup": "Welcome: a first taste",
    "admin": "From the Vannilli team",
    "plan": "Your plan's credits for this period",
    "topup": "Credits you bought",
    "open_mic": "Open Mic credits",
    "generation": "A finished video",
    "refund": "Refunded purchase",
    "dispute": "Disputed purchase",
    "expiry": "Unused plan credits, period over",
}


def buckets(lines: Iterable[LedgerLine]) -> list[Bucket]:
    """What is left of each grant, oldest entry first in `lines`.

    Every credit that goes is taken from the grant that expires soonest among those there at that moment; of two
    that never expire, from the older.
    """
    left: list[Bucket] = []
    for line in lines:
        if line.amount > 0:
            left.append(Bucket(kind=line.kind, amount=line.amount, expires_at=line.expires_at))
            left.sort(key=lambda b: b.expires_at.timestamp() if b.expires_at else NEVER)
            continue
        owed = -line.amount
        for bucket in left:
            taken = min(owed, bucket.amount)
            bucket.amount -= taken
            owed -= taken
        left = [bucket for bucket in left if bucket.amount]
    return left


def in_words(kind: str, reason: str | None) -> str:
    """An entry as a sentence for the artist."""
    return f"{WORDS[kind]}: {reason}" if reason else WORDS[kind]
