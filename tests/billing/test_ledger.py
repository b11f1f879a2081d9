"""Which grant a spent credit came from."""

from datetime import UTC, datetime, timedelta

from vannilli_app.billing.ledger import buckets, in_words
from vannilli_app.billing.schemas import Bucket, LedgerLine

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
NEXT_MONTH = NOW + timedelta(days=30)


def line(amount: int, kind: str, expires_at: datetime | None = None) -> LedgerLine:
    return LedgerLine(amount, kind, NOW, expires_at)


def test_what_expires_soonest_goes_first() -> None:
    left = buckets(
        [line(10, "topup"), line(80, "plan", NEXT_MONTH), line(-14, "generation"), line(-70, "generation")]
    )
    assert left == [Bucket(kind="topup", amount=6, expires_at=None)]


def test_of_two_that_never_expire_the_older_goes_first() -> None:
    left = buckets([line(3, "signup"), line(10, "topup"), line(-4, "generation")])
    assert left == [Bucket(kind="topup", amount=9, expires_at=None)]


def test_a_grant_that_came_after_a_spend_is_whole() -> None:
    left = buckets([line(3, "signup"), line(-3, "generation"), line(80, "plan", NEXT_MONTH)])
    assert left == [Bucket(kind="plan", amount=80, expires_at=NEXT_MONTH)]


def test_an_entry_reads_as_a_sentence() -> None:
    assert (
        in_words("generation", "Night Drive, 8 bars at 140") == "A finished video: Night Drive, 8 bars at 140"
    )
    assert in_words("signup", None) == "Welcome: a first taste"
