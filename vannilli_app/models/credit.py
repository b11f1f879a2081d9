"""Credits: the append-only ledger, and what is reserved for running work."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Index, text
from sqlmodel import Field, SQLModel

from vannilli_app.models.columns import moment, primary_key, reference, words


class CreditEntry(SQLModel, table=True):
    """One line of the ledger. `reference` is unique: the same fact is never booked twice.

    `position` is the order of booking: it is drawn under the person's lock, times are not.
    `cents` is the money behind the credits: what a grant cost, or, negative, what had been paid for those that go.
    `debt` is the change of what the person owes; `grant_reference` the grant that lost the credits.
    `tier` and `provider` say for what kind of video credits went, also after it is deleted.
    A person who leaves takes their name off the line (`user_id` becomes NULL); the money's trail stays.
    """

    __tablename__ = "credit_entries"
    __table_args__ = (
        Index("idx_credit_entries_user_id", "user_id", "position"),
        Index(
            "idx_credit_entries_empty",
            "user_id",
            text("position DESC"),
            postgresql_where=text("balance_after = 0"),
        ),
        Index(
            "idx_credit_entries_grant",
            "grant_reference",
            postgresql_where=text("grant_reference IS NOT NULL"),
        ),
        Index("idx_credit_entries_created_at", "created_at"),
        Index("idx_credit_entries_expires_at", "expires_at", postgresql_where=text("expires_at IS NOT NULL")),
    )

    id: UUID = primary_key()
    position: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), nullable=False)
    )
    user_id: UUID | None = reference("users.id", "SET NULL", nullable=True)
    amount: int
    cents: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    debt: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    kind: str = words()
    reference: str = words(unique=True)
    grant_reference: str | None = words(nullable=True)
    tier: str | None = words(nullable=True)
    provider: str | None = words(nullable=True)
    reason: str | None = words(nullable=True)
    expires_at: datetime | None = moment(nullable=True)
    balance_after: int
    created_at: datetime = moment(default_now=True)


class CreditReservation(SQLModel, table=True):
    """Credits set aside for one generation: held, then captured by the first download or released.

    `deadline_at`: by then the work must have ended and its video have been fetched; it is settled if not.
    """

    __tablename__ = "credit_reservations"
    __table_args__ = (
        Index("idx_credit_reservations_user_id", "user_id"),
        Index("idx_credit_reservations_deadline", "deadline_at", postgresql_where=text("status = 'held'")),
    )

    id: UUID = primary_key()
    user_id: UUID | None = reference("users.id", "SET NULL", nullable=True)
    generation_id: UUID | None = reference("generations.id", "SET NULL", nullable=True, unique=True)
    amount: int
    status: str = words("held")
    created_at: datetime = moment(default_now=True)
    deadline_at: datetime = moment()
    settled_at: datetime | None = moment(nullable=True)
