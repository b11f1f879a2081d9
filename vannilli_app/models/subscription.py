"""A plan that a person pays for; the seed's table."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from vannilli_app.models.columns import moment, primary_key, reference, words


class Subscription(SQLModel, table=True):
    """Stripe's subscription as it stands now, in the seed's four states.

    `tier` is what was last paid for, since `paid_at` (null: nothing yet); `next_tier` what the next period is for.
    `skipped_at` is when the last period began that a pause kept from being charged.
    `read_at` is when Stripe was asked for the rest: an older answer never overwrites a newer one.
    """

    __tablename__ = "subscriptions"
    __table_args__ = (
        Index("idx_subscriptions_user_id", "user_id"),
        Index("idx_subscriptions_stripe_id", "stripe_subscription_id"),
    )

    id: UUID = primary_key()
    user_id: UUID = reference("users.id")
    stripe_subscription_id: str = words(unique=True)
    tier: str = words()
    status: str = words()
    current_period_start: datetime = moment()
    current_period_end: datetime = moment()
    cancel_at_period_end: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    next_tier: str | None = words(nullable=True)
    paid_at: datetime | None = moment(nullable=True)
    paused_until: datetime | None = moment(nullable=True)
    skipped_at: datetime | None = moment(nullable=True)
    read_at: datetime | None = moment(nullable=True)
    created_at: datetime = moment(default_now=True)
    updated_at: datetime = moment(default_now=True)

    @property
    def is_skipped(self) -> bool:
        """Whether a pause has gone beyond what was paid, and nothing was paid since: then `tier` does not hold."""
        return self.skipped_at is not None and (self.paid_at is None or self.paid_at < self.skipped_at)
