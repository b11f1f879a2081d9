"""Rows and inputs of billing, shared by the API and the pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from vannilli_app.fields import Truth
from vannilli_app.music.price import Tier


@dataclass(frozen=True)
class LedgerLine:
    """One entry of the ledger as far as money goes. `cents` stand behind the credits; `grant_reference` names the grant
    that lost them, where that is not the one that expires soonest."""

    reference: str
    kind: str
    amount: int
    cents: int = 0
    expires_at: datetime | None = None
    grant_reference: str | None = None


@dataclass(frozen=True)
class Left:
    """Credits of one grant that are still there, and the cents that were paid for them."""

    reference: str
    kind: str
    amount: int
    cents: int
    expires_at: datetime | None


@dataclass(frozen=True)
class Video:
    """What credits were spent on: whose tier at its start, made by which provider."""

    tier: str
    provider: str


class Bucket(BaseModel):
    """Credits that are still there: where they came from, and when they end (UTC; null: never)."""

    kind: str
    amount: int
    expires_at: datetime | None


class Balance(BaseModel):
    """`available` is what a start may use: what is there less what is reserved. `owed` credits are taken from the next
    that come, and until then nothing that costs can be started."""

    credits_remaining: int
    reserved: int
    available: int
    owed: int
    tier: str
    buckets: list[Bucket]


class Entry(BaseModel):
    """One line of the ledger as the artist reads it; times are UTC. `owed` is the change of what they owe."""

    id: UUID
    created_at: datetime
    amount: int
    owed: int
    kind: str
    words: str
    balance_after: int
    expires_at: datetime | None


class EntryPage(BaseModel):
    """A page of the ledger, newest first."""

    items: list[Entry]
    next_cursor: str | None


class BuyTier(BaseModel):
    """What to buy, and the path of ours to come back to."""

    tier: str = Field(max_length=100)
    return_to: str | None = Field(None, max_length=2000)


class BuyCredits(BaseModel):
    """How many credits to buy, and the path of ours to come back to."""

    credits: int
    return_to: str | None = Field(None, max_length=2000)


class CheckoutView(BaseModel):
    """Where to pay."""

    checkout_url: str
    session_id: str


class PortalView(BaseModel):
    """Where invoices and the card are."""

    portal_url: str


class PlanChange(BaseModel):
    """What is to change: the tier, whether the plan ends with its period, whether it pauses for a month."""

    tier: Tier | None = None
    ending: Truth | None = None
    paused: Truth | None = None


class PlanView(BaseModel):
    """A plan: what was last paid for (`tier`), what the next period is for, and when it begins (UTC). `skipped`: a
    pause kept this period from being charged, and it gives nothing."""

    tier: Tier
    next_tier: Tier
    status: Literal["active", "past_due", "paused", "canceled"]
    period_end: datetime
    ending: bool
    paused_until: datetime | None
    skipped: bool


class Price(BaseModel):
    """What something costs today, in US cents, and the credits that come with it."""

    cents: int
    credits: int


class SandboxOrder(BaseModel):
    """What a checkout of the sandbox is for, in words and US cents."""

    words: str
    cents: int
    cancel_url: str
