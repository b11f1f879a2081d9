"""Which grant a spent credit came from."""

from datetime import UTC, datetime, timedelta
from typing import Any

from vannilli_app.billing.ledger import expired, in_words, left, share, take
from vannilli_app.billing.schemas import LedgerLine, Left

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
NEXT_MONTH = NOW + timedelta(days=30)


def line(amount: int, kind: str, expires_at: datetime | None = None, **more: Any) -> LedgerLine:
    return LedgerLine(more.pop("reference", kind), kind, amount, expires_at=expires_at, **more)


def amounts(lines: list[LedgerLine]) -> dict[str, int]:
    return {one.reference: one.amount for one in left(lines)}


def test_what_expires_soonest_goes_first() -> None:
    lines = [
        line(10, "topup"),
        line(80, "plan", NEXT_MONTH),
        line(-14, "generation"),
        line(-70, "generation"),
    ]
    assert amounts(lines) == {"topup": 6}


def test_of_two_that_never_expire_the_older_goes_first() -> None:
    assert amounts([line(3, "signup"), line(10, "topup"), line(-4, "generation")]) == {"topup": 9}


def test_a_grant_that_came_after_a_spend_is_whole() -> None:
    lines = [line(3, "signup"), line(-3, "generation"), line(80, "plan", NEXT_MONTH)]
    assert left(lines) == [Left("plan", "plan", 80, 0, NEXT_MONTH)]


def test_what_goes_back_is_taken_from_its_own_purchase_first() -> None:
    lines = [
        line(80, "plan", NEXT_MONTH),
        line(10, "topup"),
        line(-15, "refund", grant_reference="topup"),
    ]
    assert amounts(lines) == {"plan": 75}


def test_the_money_behind_spent_credits_adds_up() -> None:
    grants = left([line(42, "open_mic", cents=1500), line(80, "plan", NEXT_MONTH, cents=2000)])
    grants, first = take(grants, 14)
    assert first == 350
    grants, second = take(grants, 70)
    assert second == 1650 + 4 * 1500 // 42
    grants, third = take(grants, 38)
    assert (grants, first + second + third) == ([], 3500)


def test_what_running_work_was_promised_does_not_expire() -> None:
    grants = [Left("plan", "plan", 80, 0, NOW), Left("next", "plan", 80, 0, NEXT_MONTH)]
    assert list(expired(grants, 0, NOW)) == [("plan", 80)]
    assert list(expired(grants, 14, NOW)) == [("plan", 66)]
    assert list(expired(grants, 100, NOW)) == []
    assert list(expired(grants, 14, NOW - timedelta(seconds=1))) == []


def test_a_share_of_a_purchase_is_whole_credits_and_never_more_than_it_gave() -> None:
    assert [share(42, cents, 1500) for cents in (0, 500, 1000, 1500, 9999)] == [0, 14, 28, 42, 42]


def test_an_entry_reads_as_a_sentence() -> None:
    assert (
        in_words("generation", "Night Drive, 8 bars at 140") == "A finished video: Night Drive, 8 bars at 140"
    )
    assert in_words("signup", None) == "Welcome: a first taste"
