from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from vannilli_app.accounts.schemas import Identity
from vannilli_app.calculator.schemas import Question
from vannilli_app.calculator.service import answer
from vannilli_app.music.price import Tier

NOW = datetime(2026, 11, 24, tzinfo=UTC)
HOOK = Question(bpm=Decimal(140), bars=Decimal(8))


def person(tier, credits):
    return Identity(uuid4(), uuid4(), "a@example.com", tier, credits, "artist", True, None, NOW)


@pytest.mark.parametrize(
    ("tier", "dollars", "quoted"),
    [
        (Tier.FREE, 3.5, Tier.ARTIST),
        (Tier.OPEN_MIC, 4.9, Tier.OPEN_MIC),
        (Tier.INDIE_ARTIST, 4.2, Tier.INDIE_ARTIST),
        (Tier.ARTIST, 3.5, Tier.ARTIST),
        (Tier.LABEL, 2.1, Tier.LABEL),
    ],
)
def test_the_price_is_the_callers(tier, dollars, quoted):
    cost = answer(HOOK, person(tier, 80), longest_seconds=192).cost
    assert (cost.credits, cost.dollars, cost.tier) == (14, dollars, quoted)
    assert (cost.sufficient_credits, cost.credits_after) == (True, 66)


@pytest.mark.parametrize(("credits", "enough", "after"), [(14, True, 0), (13, False, -1)])
def test_the_last_credit_counts(credits, enough, after):
    cost = answer(HOOK, person(Tier.ARTIST, credits), longest_seconds=192).cost
    assert (cost.sufficient_credits, cost.credits_after) == (enough, after)


@pytest.mark.parametrize(("limit", "within"), [(13, False), (14, True)])
def test_the_limit_is_the_exact_length(limit, within):
    assert answer(HOOK, None, longest_seconds=limit).within_limit is within
