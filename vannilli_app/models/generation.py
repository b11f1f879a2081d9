"""A generation: one video being made, from the start button to the delivered file."""

from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ARRAY, Column, Index, Text, text
from sqlalchemy.dialects.postgresql import INET
from sqlmodel import Field, SQLModel

from vannilli_app.models.columns import document, moment, primary_key, reference, words


class Generation(SQLModel, table=True):
    """`status` is the seed's word, `stage` where inside `processing` it is.

    The work's own columns: `claim` names the worker's hold on the row (NULL: free to take), `due_at` is when somebody
    must look at it again, `tries` counts the holds taken in this stage. `request` freezes what was asked for
    (`generations.schemas.Request`), since the project may change meanwhile. What the provider does stands in the
    generation's segments; `kling_task_id` is its task's id where there is one segment. `prepared_frames` is how long
    the prepared performance is, which may reach beyond a short section. `tried_providers` could not make it. By
    `expected_done_at` half of the provider's recent tasks would be done, by `late_done_at` 95 of 100. `tier` is the
    person's at the start.
    """

    __tablename__ = "generations"
    __table_args__ = (
        Index("idx_generations_project_id", "project_id"),
        Index("idx_generations_internal_task_id", "internal_task_id"),
        Index("idx_generations_kling_task_id", "kling_task_id"),
        Index("idx_generations_status", "status"),
        Index("idx_generations_created_at", "created_at", "id"),
        Index(
            "idx_generations_due_at", "due_at", postgresql_where=text("status IN ('pending', 'processing')")
        ),
        Index(
            "one_running_generation_per_project",
            "project_id",
            unique=True,
            postgresql_where=text("status IN ('pending', 'processing')"),
        ),
        Index("generations_idempotency_key", "project_id", "idempotency_key", unique=True),
    )

    id: UUID = primary_key()
    project_id: UUID = reference("projects.id")
    internal_task_id: UUID = Field(
        default_factory=uuid4, unique=True, sa_column_kwargs={"server_default": text("gen_random_uuid()")}
    )
    kling_task_id: str | None = words(nullable=True, unique=True)
    provider: str = words("local")
    cost_credits: int
    status: str = words("pending")
    stage: str = words("preparing")
    progress: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})
    request: dict[str, Any] = document()
    watermarked: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})
    allow_failover: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})

    claim: UUID | None = Field(default=None)
    due_at: datetime = moment(default_now=True)
    tries: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    stage_started_at: datetime = moment(default_now=True)
    expected_done_at: datetime | None = moment(nullable=True)
    late_done_at: datetime | None = moment(nullable=True)
    prepared_frames: int | None = Field(default=None)
    tried_providers: list[str] = Field(
        default_factory=list, sa_column=Column(ARRAY(Text), nullable=False, server_default="{}")
    )

    final_video_r2_path: str | None = words(nullable=True)
    preview_video_r2_path: str | None = words(nullable=True)
    preview_gif_r2_path: str | None = words(nullable=True)
    thumbnail_r2_path: str | None = words(nullable=True)
    width: int | None = Field(default=None)
    height: int | None = Field(default=None)
    duration_seconds: float | None = Field(default=None)

    error_code: str | None = words(nullable=True)
    error_message: str | None = words(nullable=True)
    error_raw: str | None = words(nullable=True)

    idempotency_key: str | None = words(nullable=True)
    tier: str = words("free")
    free_tier: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    device_fingerprint: str | None = words(nullable=True)
    ip: IPv4Address | IPv6Address | None = Field(default=None, sa_column=Column(INET))
    created_at: datetime = moment(default_now=True)
    completed_at: datetime | None = moment(nullable=True)
    downloaded_at: datetime | None = moment(nullable=True)
    told_at: datetime | None = moment(nullable=True)
