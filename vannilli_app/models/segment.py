"""A segment: one stretch of a generation that a provider makes in one task; the whole section where it fits."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from vannilli_app.models.columns import moment, primary_key, reference, words


class Segment(SQLModel, table=True):
    """Frames `first_frame` to `first_frame + frames` of the finished video.

    What is sent are `take_frames` frames from `take_first` of the prepared performance; the first `skip_frames` of what
    comes back are not used. `claim`, `due_at` and `tries` are a hold's (`leases`). `external_id` is our id of the
    present attempt's task, `task_id` the provider's, `sent_at` when a submission left, answered or not.
    """

    __tablename__ = "segments"
    __table_args__ = (
        UniqueConstraint("generation_id", "number"),
        UniqueConstraint("generation_id", "first_frame"),
        Index("idx_segments_user_id", "user_id"),
        Index(
            "idx_segments_due_at",
            "provider",
            "stage",
            "due_at",
            postgresql_where=text("stage IN ('waiting', 'submitting', 'rendering', 'collecting')"),
        ),
        Index("idx_segments_task_id", "provider", "task_id"),
        Index("idx_segments_external_id", "provider", "external_id"),
    )

    id: UUID = primary_key()
    generation_id: UUID = reference("generations.id")
    user_id: UUID = reference("users.id")
    number: int
    first_frame: int
    frames: int
    take_first: int
    take_frames: int
    skip_frames: int
    provider: str = words()
    stage: str = words("waiting")
    attempt: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    external_id: str = words()
    task_id: str | None = words(nullable=True)
    progress: float | None = Field(default=None)

    claim: UUID | None = Field(default=None)
    due_at: datetime = moment(default_now=True)
    tries: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    sent_at: datetime | None = moment(nullable=True)
    submitted_at: datetime | None = moment(nullable=True)
    result_url: str | None = words(nullable=True)
    result_key: str | None = words(nullable=True)
    created_at: datetime = moment(default_now=True)
