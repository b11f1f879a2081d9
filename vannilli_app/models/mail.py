"""Mails that wait for the worker, and the single-use links that some of them carry."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from vannilli_app.models.columns import moment, primary_key, reference, words


class Mail(SQLModel, table=True):
    """One mail to send; the row goes when it is sent. A link's token is made while sending, so none is kept here.

    `claim`, `due_at` and `tries` are a lease (`leases`). `user_id` is NULL where there may be no such person.
    """

    __tablename__ = "mails"
    __table_args__ = (Index("idx_mails_user_id", "user_id"), Index("idx_mails_due_at", "due_at"))

    id: UUID = primary_key()
    user_id: UUID | None = reference("users.id", "SET NULL", nullable=True)
    recipient: str = words()
    kind: str = words()
    details: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSONB, nullable=False, server_default="{}")
    )
    claim: UUID | None = Field(default=None)
    due_at: datetime = moment(default_now=True)
    tries: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    created_at: datetime = moment(default_now=True)


class OneTimeLink(SQLModel, table=True):
    """A link that is good once, until `expires_at`, for the address it was sent to. Only its token's hash is kept."""

    __tablename__ = "one_time_links"
    __table_args__ = (Index("idx_one_time_links_user_id", "user_id"),)

    id: UUID = primary_key()
    user_id: UUID = reference("users.id")
    purpose: str = words()
    email: str = words()
    token_hash: str = words(unique=True)
    expires_at: datetime = moment()
    created_at: datetime = moment(default_now=True)
