"""Columns that many tables share. Every time is TIMESTAMPTZ, in Python an aware UTC datetime."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Column, DateTime, Double, ForeignKey, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlmodel import Field


def utc_now() -> datetime:
    """The present instant; services get `now` as an argument instead."""
    return datetime.now(UTC)


def primary_key() -> Any:
    """A random UUID, made here or by PostgreSQL."""
    return Field(
        default_factory=uuid4,
        sa_type=PG_UUID(as_uuid=True),
        primary_key=True,
        sa_column_kwargs={"server_default": text("gen_random_uuid()")},
    )


def reference(
    target: str, on_delete: str = "CASCADE", *, nullable: bool = False, unique: bool = False
) -> Any:
    """A foreign key to `table.column`."""
    column: Column[UUID] = Column(
        PG_UUID(as_uuid=True), ForeignKey(target, ondelete=on_delete), nullable=nullable, unique=unique
    )
    return Field(default=None, sa_column=column)


def moment(*, nullable: bool = False, default_now: bool = False) -> Any:
    """A TIMESTAMPTZ."""
    column: Column[datetime] = Column(
        DateTime(timezone=True), nullable=nullable, server_default=text("now()") if default_now else None
    )
    return Field(default_factory=utc_now if default_now else None, sa_column=column)


def words(default: str | None = None, *, nullable: bool = False, unique: bool = False) -> Any:
    """A TEXT, with its default in the database too."""
    column: Column[str] = Column(
        Text,
        nullable=nullable,
        unique=unique,
        server_default=text(f"'{default}'") if default is not None else None,
    )
    return (
        Field(default=default, sa_column=column)
        if default is not None or nullable
        else Field(sa_column=column)
    )


def document(*, nullable: bool = False) -> Any:
    """A JSONB."""
    column: Column[dict[str, Any]] = Column(JSONB, nullable=nullable)
    return Field(default=None, sa_column=column) if nullable else Field(sa_column=column)


def place() -> Any:
    """Two DOUBLE PRECISION, shares of a picture's width and height from its upper left corner; or NULL."""
    column: Column[list[float]] = Column(ARRAY(Double), nullable=True)
    return Field(default=None, sa_column=column)
