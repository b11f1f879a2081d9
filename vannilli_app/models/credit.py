"""Credits: the append-only ledger, and what is reserved for running work."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Index
from sqlmodel import Field, SQLModel

from vannilli_app.models.columns import moment, primary_key, reference, words


class CreditEntry(SQLModel, table=True):
    """One line of the ledger. `reference` is unique: the same fact is never booked twice.

    `position` is the order of booking: it is drawn under the person's lock, times are not.
    A person who leaves takes their name off the line (`user_id` becomes NULL); the money's trail stays.
    """

    __tablename__ = "credit_entries"
    __table_args__ = (Index("idx_credit_entries_user_id", "user_id", "position"),)

    id: UUID = primary_key()
    position: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), nullable=False)
    )
    user_id: UUID | None = reference("users.id", "SET NULL", nullable=True)
    amount: int
    kind: str = words()
    reference: str = words(unique=True)
    reason: str | None = words(nullable=True)
    expires_at: datetime | None = moment(nullable=True)
    balance_after: int
    created_at: datetime = moment(default_now=True)


class CreditReservation(SQLModel, table=True):
    """Credits set aside for one generation: held, then captured by the first download or released."""

    __tablename__ = "credit_reservations"
    __table_args__ = (Index("idx_credit_reservations_user_id", "user_id"),)

    id: UUID = primary_key()
    user_id: UUID | None = reference("users.id", "SET NULL", nullable=True)
    generation_id: UUID | None = reference("generations.id", "SET NULL", nullable=True, unique=True)
    amount: int
    status: str = words("held")
    created_at: datetime = moment(default_now=True)
    settled_at: datetime | None = moment(nullable=True)
