"""Rows and inputs of billing, shared by the API and the pages."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel


@dataclass(frozen=True)
class LedgerLine:
    """One entry of the ledger as far as money goes."""

    amount: int
    kind: str
    created_at: datetime
    expires_at: datetime | None


class Bucket(BaseModel):
    """Credits of one grant that are still there."""

    kind: str
    amount: int
    expires_at: datetime | None


class Balance(BaseModel):
    """`available` is what a start may use: what is there less what is reserved."""

    credits_remaining: int
    reserved: int
    available: int
    tier: str
    buckets: list[Bucket]


class Entry(BaseModel):
    """One line of the ledger as the artist reads it; times are UTC."""

    id: UUID
    created_at: datetime
    amount: int
    kind: str
    words: str
    balance_after: int
    expires_at: datetime | None


class EntryPage(BaseModel):
    """A page of the ledger, newest first."""

    items: list[Entry]
    next_cursor: str | None
