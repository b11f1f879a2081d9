"""A copy of everything that is stored about a person, made by the worker."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, text
from sqlmodel import Field, SQLModel

from vannilli_app.models.columns import moment, primary_key, reference, words


class Export(SQLModel, table=True):
    """One copy that a person asked for; `claim`, `due_at` and `tries` are a lease (`leases`)."""

    __tablename__ = "exports"
    __table_args__ = (
        Index("idx_exports_user_id", "user_id"),
        Index("idx_exports_due_at", "due_at", postgresql_where=text("status = 'pending'")),
        Index(
            "one_pending_export_per_person",
            "user_id",
            unique=True,
            postgresql_where=text("status = 'pending'"),
        ),
    )

    id: UUID = primary_key()
    user_id: UUID = reference("users.id")
    status: str = words("pending")
    size_bytes: int | None = Field(default=None, sa_column=Column(BigInteger))
    claim: UUID | None = Field(default=None)
    due_at: datetime = moment(default_now=True)
    tries: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    created_at: datetime = moment(default_now=True)
    ready_at: datetime | None = moment(nullable=True)
