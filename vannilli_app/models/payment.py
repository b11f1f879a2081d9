"""What Stripe told us, kept as it came, and what the nightly comparison with Stripe found."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Date, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from vannilli_app.models.columns import document, moment, words


class PaymentEvent(SQLModel, table=True):
    """A signed event, stored before it is handled: received -> handled | ignored | failed, and failed -> handled."""

    __tablename__ = "payment_events"
    __table_args__ = (
        Index(
            "idx_payment_events_open",
            "received_at",
            postgresql_where=text("status IN ('received', 'failed')"),
        ),
    )

    id: str = Field(sa_column=Column(Text, primary_key=True))
    type: str = words()
    payload: dict[str, Any] = document()
    status: str = words("received")
    tries: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    error: str | None = words(nullable=True)
    created_at: datetime = moment()
    received_at: datetime = moment(default_now=True)
    handled_at: datetime | None = moment(nullable=True)


class Reconciliation(SQLModel, table=True):
    """One night's comparison: how many facts Stripe had, which of them we had missed, and what we have beyond them."""

    __tablename__ = "reconciliations"

    day: date = Field(sa_column=Column(Date, primary_key=True))
    started_at: datetime = moment(default_now=True)
    ended_at: datetime | None = moment(nullable=True)
    facts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    repaired: list[str] = Field(
        default_factory=list, sa_column=Column(JSONB, nullable=False, server_default=text("'[]'"))
    )
    differences: list[str] = Field(
        default_factory=list, sa_column=Column(JSONB, nullable=False, server_default=text("'[]'"))
    )
