"""Browsers that a person wants to be told on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import SQLModel

from vannilli_app.models.columns import moment, primary_key, reference, words


class PushSubscription(SQLModel, table=True):
    """One browser: where its push service takes messages, and the keys (base64url) that only it can read them with.

    It is told while the session lives by which it asked; `session_id` is NULL where that was not noted.
    """

    __tablename__ = "push_subscriptions"
    __table_args__ = (
        Index("idx_push_subscriptions_user_id", "user_id"),
        Index("idx_push_subscriptions_session_id", "session_id"),
    )

    id: UUID = primary_key()
    user_id: UUID = reference("users.id")
    session_id: UUID | None = reference("sessions.id", nullable=True)
    endpoint: str = words(unique=True)
    p256dh: str = words()
    auth: str = words()
    created_at: datetime = moment(default_now=True)
