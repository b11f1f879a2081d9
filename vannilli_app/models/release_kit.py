"""The release kit of a finished video, made by the worker when its owner asks for it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlmodel import Field, SQLModel

from vannilli_app.models.columns import moment, reference, words


class ReleaseKit(SQLModel, table=True):
    """One for a generation; `claim`, `due_at` and `tries` are a lease (`leases`), `progress` is 0 to 1."""

    __tablename__ = "release_kits"
    __table_args__ = (
        Index("idx_release_kits_user_id", "user_id"),
        Index("idx_release_kits_due_at", "due_at", postgresql_where=text("status = 'pending'")),
    )

    generation_id: UUID = Field(
        sa_column=Column(
            PG_UUID(as_uuid=True), ForeignKey("generations.id", ondelete="CASCADE"), primary_key=True
        )
    )
    user_id: UUID = reference("users.id")
    status: str = words("pending")
    progress: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})
    size_bytes: int | None = Field(default=None, sa_column=Column(BigInteger))
    claim: UUID | None = Field(default=None)
    due_at: datetime = moment(default_now=True)
    tries: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    created_at: datetime = moment(default_now=True)
    ready_at: datetime | None = moment(nullable=True)
