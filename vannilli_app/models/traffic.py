"""Traffic: what all servers served, by day."""

from datetime import date

from sqlalchemy import BigInteger, Column, Date, text
from sqlmodel import Field, SQLModel


def _count() -> int:
    return Field(default=0, sa_column=Column(BigInteger, nullable=False, server_default=text("0")))  # type: ignore[no-any-return]


class Traffic(SQLModel, table=True):
    """A day (UTC). `unchanged`: answered with 304, from the browser's own cache."""

    __tablename__ = "traffic"

    day: date = Field(sa_column=Column(Date, primary_key=True))
    requests: int = _count()
    unchanged: int = _count()
    bytes: int = _count()
