"""The port: what the product asks of whoever makes a video from a performance and a picture.

It is the seed's `IVideoGenerator` in Python. Tasks live at the provider; we hand it an id of ours (`external_id`)
by which a task can be found again after a crash, so that nothing is ever submitted twice.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from vannilli_app.errors import VannilliError


class TaskStatus(StrEnum):
    """The seed's four words for where a provider's task stands."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True)
class VideoRequest:
    """What is to be made. `fps`, `frames` and the size are what the section needs; a provider that returns something
    else near it is trimmed and scaled afterwards.

    URLs are `https:` links for a provider that fetches links and `store:BUCKET/KEY` for one that does not.
    """

    external_id: str
    driver_video_url: str
    target_image_url: str
    width: int
    height: int
    fps: int
    frames: int
    bpm: float
    prompt: str | None = None
    mode: str = "standard"
    character_orientation: str = "video"


@dataclass(frozen=True)
class ProviderTask:
    """A provider's answer. `progress` is 0..1 where the provider tells it; `eta_seconds` likewise.

    `video_url` is set once the task is completed; `error` is the person's sentence and `raw_error` the provider's
    own words, `permanent` whether trying again is pointless, once it failed.
    """

    task_id: str
    status: TaskStatus
    progress: float | None = None
    eta_seconds: float | None = None
    video_url: str | None = None
    error: str | None = None
    raw_error: str | None = None
    permanent: bool = True


@dataclass(frozen=True)
class Capabilities:
    """What a provider can do and costs. Seconds are of the section, sides in px, `poll_seconds` between two looks."""

    label: str
    motion_transfer: bool
    credits_per_second: int
    fetches_links: bool
    min_seconds: float
    max_seconds: float
    max_short_side: int
    poll_seconds: float
    render_deadline_seconds: float


class ProviderError(VannilliError):
    """The video could not be made right now."""

    code = "provider_error"

    def __init__(
        self, message: str | None = None, *, permanent: bool, raw: str = "", code: str | None = None
    ) -> None:
        super().__init__(message, code=code)
        self.permanent = permanent
        self.raw = raw


class VideoProvider(Protocol):
    """An adapter. Every method may raise ProviderError; all are safe to call again."""

    name: str
    capabilities: Capabilities

    async def start_generation(self, request: VideoRequest) -> ProviderTask:
        """Submit. Submitting the same `external_id` again gives the task that is there."""

    async def find(self, external_id: str) -> ProviderTask | None:
        """The task that carries our id, if the provider has it."""

    async def check_status(self, task_ids: list[str]) -> dict[str, ProviderTask]:
        """How these tasks stand; one that the provider does not know is missing from the answer."""

    async def cancel_generation(self, task_id: str) -> None:
        """Stop a task if it can be stopped; an ended or unknown task is no error."""
