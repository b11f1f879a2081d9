"""What seconds cost: tiers, their rates, and what they buy in bars. Money is whole cents inside."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil

from vannilli_app.words import N_

TOP_UP_CENTS_PER_CREDIT = 30
TOP_UP_LEAST_CREDITS = 10
TOP_UP_MOST_CREDITS = 10_000


class Tier(StrEnum):
    FREE = "free"
    OPEN_MIC = "open_mic"
    INDIE_ARTIST = "indie_artist"
    ARTIST = "artist"
    LABEL = "label"


@dataclass(frozen=True, slots=True)
class Plan:
    """A tier's price. `credits` come at sign-up (free), once (open_mic) or every month (`monthly`)."""

    tier: Tier
    name: str
    price_cents: int
    credits: int
    cents_per_credit: int
    monthly: bool = False
    offered: bool = True


PLANS: dict[Tier, Plan] = {
    plan.tier: plan
    for plan in (
        Plan(Tier.FREE, N_("Free"), 0, 3, 0),
        Plan(Tier.OPEN_MIC, N_("Open Mic"), 1500, 1500 // 35, 35),
        Plan(Tier.INDIE_ARTIST, N_("Indie Artist"), 1500, 50, 30, monthly=True, offered=False),
        Plan(Tier.ARTIST, N_("Artist"), 2000, 80, 25, monthly=True),
        Plan(Tier.LABEL, N_("Label"), 5000, 333, 15, monthly=True),
    )
}


def quoted_tier(tier: Tier | None) -> Tier:
    """Whose rate a price is quoted at: one's own; `artist`'s for visitors and free accounts."""
    return Tier.ARTIST if tier in (None, Tier.FREE) else tier


def dollars(credits: int, tier: Tier) -> Decimal:
    """`credits` at the rate of `tier`, exact to the cent. A credit is a second."""
    return (Decimal(credits * PLANS[tier].cents_per_credit) / 100).quantize(Decimal("0.01"))


def upgrade_credits(old: Tier, new: Tier, cents: int) -> int:
    """The credits that paying `cents` for the rest of a period gives on changing from `old` to `new`: of the two plans'
    difference in credits the share that was paid of their difference in price, rounded up."""
    dearer = PLANS[new].price_cents - PLANS[old].price_cents
    more = PLANS[new].credits - PLANS[old].credits
    if dearer <= 0 or more <= 0 or cents <= 0:
        return 0
    return min(ceil(Fraction(more * cents, dearer)), more)
