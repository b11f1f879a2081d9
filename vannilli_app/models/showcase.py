"""The showcase: what artists let everybody see, who watched, what was reported and what was taken down."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Column, Date, ForeignKey, Index, Numeric, Text, text
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlmodel import Field, SQLModel

from vannilli_app.models.columns import moment, primary_key, reference, words


def _key(target: str) -> Column[UUID]:
    return Column(PG_UUID(as_uuid=True), ForeignKey(target, ondelete="CASCADE"), primary_key=True)


class ShowcaseItem(SQLModel, table=True):
    """A video that its artist shows under `title` and `handle`, with the section it performs.

    `state`: copying (its files are on their way to where they are kept), public, taken_down. `watches` is how many rows
    of `showcase_watches` there ever were for it; those rows go after some days.
    """

    __tablename__ = "showcase_items"
    __table_args__ = (
        Index("idx_showcase_items_user_id", "user_id"),
        Index("idx_showcase_items_handle", "handle"),
        Index(
            "idx_showcase_items_newest",
            "created_at",
            "generation_id",
            postgresql_where=text("state = 'public'"),
        ),
        Index(
            "idx_showcase_items_watched",
            "watches",
            "generation_id",
            postgresql_where=text("state = 'public'"),
        ),
    )

    generation_id: UUID = Field(sa_column=_key("generations.id"))
    user_id: UUID = reference("users.id")
    title: str = words()
    handle: str = words()
    state: str = words("copying")
    bpm: Decimal = Field(sa_type=Numeric(6, 3))
    bars: Decimal = Field(sa_type=Numeric(4, 1))
    time_signature: str = words()
    beat_unit: str = words()
    part_name: str = words()
    aspect: str = words()
    width: int
    height: int
    duration_seconds: float
    watches: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    created_at: datetime = moment(default_now=True)


class ShowcaseWatch(SQLModel, table=True):
    """Somebody (`viewer`, a digest that differs every day) watched a video on this day (UTC)."""

    __tablename__ = "showcase_watches"
    __table_args__ = (Index("idx_showcase_watches_day", "day"),)

    generation_id: UUID = Field(sa_column=_key("showcase_items.generation_id"))
    viewer: str = Field(sa_column=Column(Text, primary_key=True))
    day: date = Field(sa_column=Column(Date, primary_key=True))


class ContentReport(SQLModel, table=True):
    """What somebody said against a video: open -> upheld | dismissed.

    `user_id` is who said it, where they were signed in, and `email` where they were not and left one; `reporter` is a
    digest of their account or address, by which their other reports are found.
    """

    __tablename__ = "content_reports"
    __table_args__ = (
        Index("idx_content_reports_generation_id", "generation_id"),
        Index("idx_content_reports_user_id", "user_id"),
        Index("idx_content_reports_reporter", "reporter"),
        Index("idx_content_reports_state", "state", "created_at"),
        Index(
            "one_open_report_per_reporter",
            "generation_id",
            "reporter",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: UUID = primary_key()
    generation_id: UUID | None = reference("generations.id", "SET NULL", nullable=True)
    user_id: UUID | None = reference("users.id", "SET NULL", nullable=True)
    reporter: str = words()
    email: str | None = words(nullable=True)
    language: str = words("en")
    reason: str = words()
    description: str = words()
    state: str = words("open")
    created_at: datetime = moment(default_now=True)
    decided_at: datetime | None = moment(nullable=True)


class Takedown(SQLModel, table=True):
    """A video of `user_id` that may not be shown, until `restored_at`. It outlives the video: offences are counted."""

    __tablename__ = "takedowns"
    __table_args__ = (
        Index("idx_takedowns_user_id", "user_id"),
        Index(
            "one_standing_takedown",
            "generation_id",
            unique=True,
            postgresql_where=text("restored_at IS NULL"),
        ),
    )

    id: UUID = primary_key()
    generation_id: UUID | None = reference("generations.id", "SET NULL", nullable=True)
    user_id: UUID = reference("users.id")
    title: str = words()
    reason: str = words()
    created_at: datetime = moment(default_now=True)
    restored_at: datetime | None = moment(nullable=True)
