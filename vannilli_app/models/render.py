"""A task of the local animator, which is a provider like the others and keeps its own books."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel

from vannilli_app.models.columns import document, moment, words


class LocalRender(SQLModel, table=True):
    """`external_id` is the caller's id and makes a second submission the same task."""

    __tablename__ = "local_renders"
    __table_args__ = (
        Index(
            "idx_local_renders_due_at", "due_at", postgresql_where=text("status IN ('pending', 'processing')")
        ),
    )

    external_id: str = Field(primary_key=True, sa_type=Text)
    request: dict[str, Any] = document()
    status: str = words("pending")
    progress: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})
    result_key: str | None = words(nullable=True)
    error_code: str | None = words(nullable=True)
    error_message: str | None = words(nullable=True)
    error_raw: str | None = words(nullable=True)
    permanent: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})
    claim: UUID | None = Field(default=None)
    due_at: datetime = moment(default_now=True)
    tries: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    created_at: datetime = moment(default_now=True)
