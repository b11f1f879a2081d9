"""People: accounts, their sessions, what they agreed to, and the log of what they did."""

from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, text
from sqlalchemy.dialects.postgresql import INET, JSONB
from sqlmodel import Field, SQLModel

from vannilli_app.models.columns import moment, primary_key, reference, words


class User(SQLModel, table=True):
    """A person. `credits_remaining` and `credit_debt` are the sums of their ledger, kept so in the same transaction.

    `plan_checkout_id` is the last checkout of a plan that they opened, so that a second can replace it.
    """

    __tablename__ = "users"
    __table_args__ = (
        Index("idx_users_email", "email"),
        Index("idx_users_stripe_customer", "stripe_customer_id"),
        Index("idx_users_device_fingerprint", "device_fingerprint"),
        Index("idx_users_created_at", "created_at"),
    )

    id: UUID = primary_key()
    email: str = words(unique=True)
    password_hash: str = words()
    stripe_customer_id: str | None = words(nullable=True, unique=True)
    plan_checkout_id: str | None = words(nullable=True, unique=True)
    tier: str = words("free")
    credits_remaining: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    credit_debt: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    free_generation_redeemed: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    device_fingerprint: str | None = words(nullable=True)
    role: str = words("artist")
    language: str = words("en")
    email_verified_at: datetime | None = moment(nullable=True)
    do_not_sell_at: datetime | None = moment(nullable=True)
    banned_at: datetime | None = moment(nullable=True)
    created_at: datetime = moment(default_now=True)
    updated_at: datetime = moment(default_now=True)


class AccountSession(SQLModel, table=True):
    """One signed-in device. A refresh token is signed over `secret` and `refresh_counter`.

    `proven_at`: when it last gave the password or a code of the second factor. `renewal`: the hash of the key of the
    request that made the present turn; the same request may come again when its answer was lost.
    """

    __tablename__ = "sessions"
    __table_args__ = (Index("idx_sessions_user_id", "user_id"),)

    id: UUID = primary_key()
    user_id: UUID = reference("users.id")
    secret: str = words()
    refresh_counter: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    renewal: str | None = words(nullable=True)
    ip: IPv4Address | IPv6Address | None = Field(default=None, sa_column=Column(INET))
    user_agent: str | None = words(nullable=True)
    created_at: datetime = moment(default_now=True)
    last_seen_at: datetime = moment(default_now=True)
    proven_at: datetime = moment(default_now=True)
    expires_at: datetime = moment()
    revoked_at: datetime | None = moment(nullable=True)


class Consent(SQLModel, table=True):
    """What a person agreed to: terms, likeness licence, rights to audio and image."""

    __tablename__ = "consents"
    __table_args__ = (Index("idx_consents_user_id", "user_id"),)

    id: UUID = primary_key()
    user_id: UUID = reference("users.id")
    kind: str = words()
    version: str = words()
    accepted_at: datetime = moment(default_now=True)
    ip: IPv4Address | IPv6Address | None = Field(default=None, sa_column=Column(INET))


class AuditEntry(SQLModel, table=True):
    """One action of a person, kept for 90 days."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("idx_audit_log_user_id", "user_id"),
        Index("idx_audit_log_created_at", text("created_at DESC")),
        Index("idx_audit_log_action", "action"),
    )

    id: UUID = primary_key()
    user_id: UUID | None = reference("users.id", "SET NULL", nullable=True)
    action: str = words()
    resource_type: str = words()
    resource_id: UUID | None = Field(default=None)
    # The seed's column is called `metadata`, a name that SQLAlchemy keeps for itself.
    details: dict[str, Any] | None = Field(default=None, sa_column=Column("metadata", JSONB))
    ip_address: IPv4Address | IPv6Address | None = Field(default=None, sa_column=Column(INET))
    user_agent: str | None = words(nullable=True)
    created_at: datetime = moment(default_now=True)
