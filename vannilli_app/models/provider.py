"""Providers as we know them: every task handed to one with its cost, and how each is doing."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, Numeric, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from vannilli_app.models.columns import moment, primary_key, reference, words


class ProviderTaskRow(SQLModel, table=True):
    """One submission to a provider and what became of it; kept when its generation is deleted, for the books.

    `tier` is the person's, `seconds` is the length that was asked for, `estimated_usd` its price by the provider's
    list, `billed_*` what the provider said that it took. `cancelling`: the provider has still to hear that it is not
    wanted, next at `due_at`. `unsure`: the answer was lost and the provider cannot be asked, so nobody knows whether it
    works on it; an admin must look.
    """

    __tablename__ = "provider_tasks"
    __table_args__ = (
        UniqueConstraint("provider", "external_id"),
        Index("idx_provider_tasks_generation_id", "generation_id"),
        Index(
            "idx_provider_tasks_ended_at",
            "provider",
            text("ended_at DESC"),
            postgresql_where=text("status = 'completed'"),
        ),
        Index("idx_provider_tasks_created_at", "created_at"),
        Index("idx_provider_tasks_due_at", "due_at", postgresql_where=text("status = 'cancelling'")),
        Index("idx_provider_tasks_unsure", "created_at", postgresql_where=text("status = 'unsure'")),
    )

    id: UUID = primary_key()
    generation_id: UUID | None = reference("generations.id", "SET NULL", nullable=True)
    provider: str = words()
    tier: str | None = words(nullable=True)
    external_id: str = words()
    task_id: str | None = words(nullable=True)
    status: str = words("submitting")
    due_at: datetime | None = moment(nullable=True)
    seconds: Decimal = Field(sa_type=Numeric(9, 4))
    estimated_usd: Decimal = Field(
        default=Decimal(0), sa_type=Numeric(12, 6), sa_column_kwargs={"server_default": "0"}
    )
    billed_amount: Decimal | None = Field(default=None, sa_type=Numeric(16, 6))
    billed_unit: str | None = words(nullable=True)
    billed_usd: Decimal | None = Field(default=None, sa_type=Numeric(12, 6))
    error_code: str | None = words(nullable=True)
    error_raw: str | None = words(nullable=True)
    created_at: datetime = moment(default_now=True)
    submitted_at: datetime | None = moment(nullable=True)
    ended_at: datetime | None = moment(nullable=True)


class ProviderState(SQLModel, table=True):
    """How a provider does, for all processes together.

    `failures` in a row; until `open_until` its circuit breaker is open, after that one probe goes through; until
    `busy_until` it takes no more. `budget` submissions were left at `budget_at`, of its calls a minute.
    """

    __tablename__ = "provider_states"

    provider: str = Field(primary_key=True, sa_type=Text)
    failures: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    open_until: datetime | None = moment(nullable=True)
    busy_until: datetime | None = moment(nullable=True)
    budget: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})
    budget_at: datetime | None = moment(nullable=True)
    updated_at: datetime = moment(default_now=True)


class RunSetting(SQLModel, table=True):
    """A setting that an admin may change while the product runs."""

    __tablename__ = "run_settings"

    name: str = Field(primary_key=True, sa_type=Text)
    value: Any = Field(sa_column=Column(JSONB, nullable=False))
    updated_at: datetime = moment(default_now=True)
