from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vannilli_app.music.price import PLANS, Plan, Tier, dollars, quoted_tier

KLING_CENTS_PER_SECOND = 7


@pytest.mark.parametrize(
    ("seconds", "tier", "revenue", "cost", "margin", "percent"),
    [
        (14, Tier.ARTIST, "3.50", "0.98", "2.52", 72),
        (32, Tier.LABEL, "4.80", "2.24", "2.56", 53),
        (8, Tier.OPEN_MIC, "2.80", "0.56", "2.24", 80),
    ],
)
def test_the_worked_margins(seconds, tier, revenue, cost, margin, percent):
    asked = dollars(seconds, tier)
    paid = Decimal(seconds * KLING_CENTS_PER_SECOND) / 100
    assert (asked, paid, asked - paid) == (Decimal(revenue), Decimal(cost), Decimal(margin))
    assert round((asked - paid) / asked * 100) == percent


def test_the_table_of_tiers():
    assert list(PLANS.values()) == [
        Plan(Tier.FREE, "Free", price_cents=0, credits=3, cents_per_credit=0),
        Plan(Tier.OPEN_MIC, "Open Mic", price_cents=1500, credits=42, cents_per_credit=35),
        Plan(Tier.INDIE_ARTIST, "Indie Artist", 1500, 50, 30, monthly=True, offered=False),
        Plan(Tier.ARTIST, "Artist", 2000, 80, 25, monthly=True),
        Plan(Tier.LABEL, "Label", 5000, 333, 15, monthly=True),
    ]


@pytest.mark.parametrize(
    ("tier", "quoted"),
    [(None, Tier.ARTIST), (Tier.FREE, Tier.ARTIST), (Tier.ARTIST, Tier.ARTIST), (Tier.LABEL, Tier.LABEL)],
)
def test_visitors_and_free_accounts_see_the_artist_price(tier, quoted):
    assert quoted_tier(tier) is quoted


@given(st.integers(0, 10**6), st.sampled_from(Tier))
def test_a_price_is_exact_to_the_cent(credits, tier):
    assert dollars(credits, tier) * 100 == credits * PLANS[tier].cents_per_credit
    assert dollars(credits, tier).as_tuple().exponent == -2
