"""A project: one section of a track with its character; and the files that a person brought for it."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, Numeric
from sqlmodel import Field, SQLModel

from vannilli_app.models.columns import document, moment, place, primary_key, reference, words


class Project(SQLModel, table=True):
    """`duration_seconds` is what is billed, `exact_seconds` the musical length to a microsecond.

    `bar_one_seconds` says where bar 1 starts in the uploaded track, `section_start_bar` (1 = the first) which bar
    of the track the section begins with. `face` is where in the picture the face is that performs, the largest one
    where it is None; it, `beat_accent` and `mouth` are for drafts.
    """

    __tablename__ = "projects"
    __table_args__ = (Index("idx_projects_user_id", "user_id"), Index("idx_projects_status", "status"))

    id: UUID = primary_key()
    user_id: UUID = reference("users.id")
    track_name: str = words()
    bpm: Decimal = Field(sa_type=Numeric(6, 3))
    bars: Decimal = Field(sa_type=Numeric(4, 1))
    time_signature: str = words("4/4")
    beat_unit: str = words("quarter")
    duration_seconds: int
    exact_seconds: Decimal = Field(sa_type=Numeric(10, 6))
    aspect: str = words("9:16")
    prompt: str | None = words(nullable=True)
    mode: str = words("standard")
    character_orientation: str = words("video")
    beat_accent: str = words("off")
    mouth: str = words("auto")
    face: list[float] | None = place()
    bar_one_seconds: Decimal = Field(
        default=Decimal(0),
        sa_type=Numeric(9, 4),
        sa_column_kwargs={"server_default": "0"},
    )
    section_start_bar: Decimal = Field(
        default=Decimal(1),
        sa_type=Numeric(6, 1),
        sa_column_kwargs={"server_default": "1"},
    )
    audio_r2_path: str | None = words(nullable=True)
    target_image_r2_path: str | None = words(nullable=True)
    driver_video_r2_path: str | None = words(nullable=True)
    status: str = words("draft")
    created_at: datetime = moment(default_now=True)
    updated_at: datetime = moment(default_now=True)


class Asset(SQLModel, table=True):
    """A file promised by a presigned link. `checked_at` is set once it was decoded; `findings` says what it lacks,
    `sight` what is seen in it.

    `capture_offset_seconds`: how far into a recorded performance the section's first bar sounds; `nudge_ms`: how much
    later than that its person wants the picture. `upload` and `part_bytes` where it comes in parts: the store's name
    of the upload, and how large all parts but the last are. `beats`: what was heard in a track
    (`studio.schemas.HeardBeats`).
    """

    __tablename__ = "assets"
    __table_args__ = (Index("idx_assets_project_id", "project_id"), Index("idx_assets_user_id", "user_id"))

    id: UUID = primary_key()
    project_id: UUID = reference("projects.id")
    user_id: UUID = reference("users.id")
    kind: str = words()
    path: str = words(unique=True)
    content_type: str = words()
    size_bytes: int = Field(sa_type=BigInteger)
    capture_offset_seconds: Decimal | None = Field(default=None, sa_type=Numeric(9, 4))
    nudge_ms: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    upload: str | None = words(nullable=True)
    part_bytes: int | None = Field(default=None)
    beats: dict[str, Any] | None = document(nullable=True)
    info: dict[str, Any] | None = document(nullable=True)
    findings: list[dict[str, Any]] | None = document(nullable=True)
    sight: dict[str, Any] | None = document(nullable=True)
    checked_at: datetime | None = moment(nullable=True)
    deleted_at: datetime | None = moment(nullable=True)
    created_at: datetime = moment(default_now=True)
