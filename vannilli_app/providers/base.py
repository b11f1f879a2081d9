"""The port: what the product asks of whoever makes a video from a performance and a picture.

It is the seed's `IVideoGenerator` in Python. Tasks live at the provider; we hand it an id of ours (`external_id`)
by which a task can be found again after a crash, so that nothing is ever submitted twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from vannilli_app.errors import Forbidden, VannilliError
from vannilli_app.fields import BeatAccent, Mouth
from vannilli_app.media.xmp import SourceType
from vannilli_app.words import _


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
    `beat_accent`, `mouth` and `face`, a place in the picture where it has several, are for drafts: other providers pass
    over them. The clip begins on a downbeat. `callback_url` is where the provider may tell that a task has changed,
    where it can and we can be reached.
    """

    external_id: str
    driver_video_url: str
    target_image_url: str
    width: int
    height: int
    fps: int
    frames: int
    bpm: float
    beats_per_bar: float = 4.0
    prompt: str | None = None
    mode: str = "standard"
    character_orientation: str = "video"
    beat_accent: BeatAccent = "off"
    mouth: Mouth = "auto"
    face: Sequence[float] | None = None
    callback_url: str | None = None


@dataclass(frozen=True)
class Billed:
    """What a provider says that it took for a task: in its own unit, and in US dollars where that can be told."""

    amount: Decimal
    unit: str
    usd: Decimal | None


@dataclass(frozen=True)
class ProviderTask:
    """A provider's answer. `progress` is 0..1 where the provider tells it; `eta_seconds` likewise.

    `video_url` is set once the task is completed; `error` is the person's sentence and `raw_error` the provider's
    own words, `permanent` whether trying again is pointless, once it failed. `billed` is set once it is known.
    """

    task_id: str
    status: TaskStatus
    external_id: str | None = None
    progress: float | None = None
    eta_seconds: float | None = None
    video_url: str | None = None
    error: str | None = None
    raw_error: str | None = None
    permanent: bool = True
    billed: Billed | None = None


@dataclass(frozen=True)
class Callback:
    """A provider's word that a task has changed. It is only a reason to look: its content is not believed.

    `external_id` is our id where the provider or our own callback address carries it.
    """

    task_id: str
    external_id: str | None = None


@dataclass(frozen=True)
class Capabilities:
    """What a provider can do, takes and costs. Seconds are of one task's clip, sides are in px.

    `does` is an honest sentence for the person. `usd_per_second` is our cost by mode, for the estimate where the
    provider does not tell what it billed. `finds_by_our_id` says whether `find` is certain: where it is not, a
    submission whose answer was lost is never repeated. `batch` is how many tasks one look may ask for,
    `parallel_tasks` how many may be at work at once, `submissions_per_minute` and `looks_per_minute` budgets of
    calls (None: none), `poll_seconds` the time between two looks at a young task. `source_type` is how its pictures
    come about, which every finished file tells.
    """

    label: str
    does: str
    motion_transfer: bool
    credits_per_second: int
    fetches_links: bool
    max_seconds: Mapping[str, float]  # by character orientation, "video" and "image"
    min_seconds: float = 0.0
    max_short_side: int = 1080
    min_image_side: int = 300
    max_video_bytes: int = 100_000_000
    max_image_bytes: int = 10_000_000
    takes_prompt: bool = False
    source_type: SourceType = "trainedAlgorithmicMedia"
    cancels: bool = False
    calls_back: bool = False
    finds_by_our_id: bool = True
    usd_per_second: Mapping[str, Decimal] = field(default_factory=dict)  # by mode, "standard" and "pro"
    parallel_tasks: int = 10
    batch: int = 1
    submissions_per_minute: int | None = None
    looks_per_minute: int | None = None
    poll_seconds: float = 10.0
    render_deadline_seconds: float = 3600.0


class ProviderError(VannilliError):
    """The video could not be made right now."""

    code = "provider_error"

    def __init__(
        self,
        message: str | None = None,
        *,
        permanent: bool,
        raw: str = "",
        code: str | None = None,
        maybe_accepted: bool = False,
        busy: bool = False,
        retry_after: float | None = None,
    ) -> None:
        """`message` is for the person, `raw` the provider's own words. `maybe_accepted`: the call may have had its
        effect although no answer came. `busy`: the provider is well but takes no more right now, which is no fault;
        `retry_after` seconds are to be waited at least where the provider asked for it."""
        super().__init__(message, code=code)
        self.permanent = permanent
        self.raw = raw
        self.maybe_accepted = maybe_accepted
        self.busy = busy
        self.retry_after = retry_after


class VideoProvider(Protocol):
    """An adapter. Every method but `parse_callback` may raise ProviderError, and is safe to call again; one object
    serves all tasks of an event loop. `origin` is that of its configured address (`https://host`), "" when it needs no
    network."""

    name: str
    origin: str
    capabilities: Capabilities

    async def prepare(self, request: VideoRequest) -> VideoRequest:
        """Bring the files to where the provider reads them; gives the request that names them there. Nothing is made of
        them yet, so a crash here costs nothing."""

    async def start_generation(self, request: VideoRequest) -> ProviderTask:
        """Submit a request, prepared or not. An `external_id` that the provider knows already gives the task that is
        there, where the provider has such ids at all (`capabilities.finds_by_our_id`)."""

    async def find(self, external_id: str) -> ProviderTask | None:
        """The task that carries our id, if the provider has it; None also where it keeps no such ids."""

    async def check_status(self, task_ids: list[str]) -> dict[str, ProviderTask]:
        """How these tasks stand, at most `capabilities.batch` of them; one that the provider does not know is
        missing from the answer."""

    async def cancel_generation(self, task_id: str) -> None:
        """Stop a task if it can be stopped; an ended or unknown task, or a provider that cannot, is no error."""

    def parse_callback(
        self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes, now: datetime
    ) -> Callback:
        """Who a callback speaks of, by its headers (names in lower case), query and raw body. Pure: keys that a
        signature needs were fetched before. Raises Forbidden (`bad_signature`) when it does not come from the
        provider or is too old, Invalid when it cannot be read."""

    async def close(self) -> None:
        """Give connections back."""


class ReadsLinks:
    """For a provider that reads our files by the links of the request."""

    async def prepare(self, request: VideoRequest) -> VideoRequest:
        """The request as it is."""
        return request


class CallsNobodyBack:
    """For a provider that has no callbacks: whatever comes as one is not from it."""

    def parse_callback(self, *_given: object, **_named: object) -> Callback:
        """Refuses."""
        raise Forbidden(_("This provider calls nobody back."), code="bad_signature")
