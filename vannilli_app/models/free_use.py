"""What counts against the free tier's limit by the day, whoever it was."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from vannilli_app.models.columns import moment


class FreeUse(SQLModel, table=True):
    """One key of a free start: the HMAC of its account, its device or its address. It names nobody, outlives the
    account and goes after a day. Keys of one start share `use_id`."""

    __tablename__ = "free_uses"
    __table_args__ = (Index("idx_free_uses_key", "key"), Index("idx_free_uses_created_at", "created_at"))

    use_id: UUID = Field(primary_key=True)
    key: str = Field(sa_column=Column(Text, primary_key=True))
    created_at: datetime = moment()
