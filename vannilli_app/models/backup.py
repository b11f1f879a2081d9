"""Backups: one a night, made by whichever worker takes it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Date, Index, text
from sqlmodel import Field, SQLModel

from vannilli_app.models.columns import moment, words


class Backup(SQLModel, table=True):
    """One night's backup; `claim`, `due_at` and `tries` are a lease (`leases`). `name` is its folder in the store."""

    __tablename__ = "backups"
    __table_args__ = (Index("idx_backups_due_at", "due_at", postgresql_where=text("ended_at IS NULL")),)

    day: date = Field(sa_column=Column(Date, primary_key=True))
    claim: UUID | None = Field(default=None)
    due_at: datetime = moment(default_now=True)
    tries: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    name: str | None = words(nullable=True)
    size_bytes: int | None = Field(default=None, sa_column=Column(BigInteger))
    ended_at: datetime | None = moment(nullable=True)
