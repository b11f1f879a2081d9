"""Rows and inputs of the studio, shared by the API and the pages."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from vannilli_app.fields import Bar, BeatAccent, Exact, Mouth, Place, TakeSeconds, TrackSeconds, Whole

AssetKind = Literal["driver_video", "target_image", "audio"]
Aspect = Literal["9:16", "16:9", "1:1"]
MOST_NUDGE_MS = 250
TrackName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Prompt = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2500)]


class ProjectChanges(BaseModel):
    """What of a draft is to change; a field left out stays. `bar_one_seconds` counts from the track's beginning.

    For drafts: how much the camera plays along to the beat, what is seen between the lips, and, where the picture has
    several faces, a place in the `face` that performs. Without one, or with null, it is the largest.
    """

    model_config = ConfigDict(extra="forbid")

    track_name: TrackName | None = None
    bpm: Exact | None = None
    bars: Exact | None = None
    time_signature: str | None = Field(default=None, max_length=5)
    beat_unit: Literal["quarter", "dotted_quarter", "denominator"] | None = None
    aspect: Aspect | None = None
    prompt: Prompt | None = None
    mode: Literal["standard", "pro"] | None = None
    character_orientation: Literal["video", "image"] | None = None
    beat_accent: BeatAccent | None = None
    mouth: Mouth | None = None
    face: Place | None = None
    bar_one_seconds: TrackSeconds | None = None
    section_start_bar: Bar | None = None


class NewProject(ProjectChanges):
    """A project to begin with; the rest has defaults."""

    model_config = ConfigDict(extra="ignore")

    track_name: TrackName
    bpm: Exact
    bars: Exact


class FaceView(BaseModel):
    """A face in a picture: the upper left corner and the size of what it covers, in shares of the picture."""

    x: float
    y: float
    width: float
    height: float


class AssetView(BaseModel):
    """A file that was promised; `uploaded` once it was seen in the store. `faces` are those of a picture: first the one
    that performs unless another is chosen, then the largest."""

    id: UUID
    kind: AssetKind
    content_type: str
    size_bytes: int
    uploaded: bool
    nudge_ms: int = 0
    info: dict[str, Any] | None = None
    faces: list[FaceView] = []


class LatestGeneration(BaseModel):
    """The newest video of a project, for lists."""

    generation_id: UUID
    internal_task_id: UUID
    status: str
    stage: str
    thumbnail_url: str | None = None


class ProjectView(BaseModel):
    """A project as its owner sees it; times are UTC, lengths in seconds.

    A file is "had" once it arrived and was decoded. The links to the own track and picture, good for an hour, and the
    picture's `faces` (as its file has them) are given for a single project only.
    """

    id: UUID
    track_name: str
    bpm: float
    bars: float
    time_signature: str
    beat_unit: str
    aspect: Aspect
    prompt: str | None
    mode: str
    character_orientation: str
    beat_accent: BeatAccent
    mouth: Mouth
    face: tuple[float, float] | None
    bar_one_seconds: float
    section_start_bar: float
    exact_seconds: float
    billed_seconds: int
    part_name: str
    status: str
    has_audio: bool
    has_image: bool
    has_performance: bool
    audio_url: str | None = None
    image_url: str | None = None
    faces: list[FaceView] = []
    latest_generation: LatestGeneration | None = None
    created_at: datetime
    updated_at: datetime


class ProjectPage(BaseModel):
    """A page of projects, newest first."""

    items: list[ProjectView]
    next_cursor: str | None


class WantedAsset(BaseModel):
    """A file that is about to be uploaded. `capture_offset_seconds`: how far into a recorded performance the
    section's first bar sounds, where the recorder noted it."""

    kind: AssetKind
    content_type: str = Field(max_length=100)
    size_bytes: int = Field(ge=1)
    capture_offset_seconds: TakeSeconds | None = None


class WantedAssets(BaseModel):
    """The body of an upload request."""

    project_id: UUID
    assets: list[WantedAsset] = Field(min_length=1, max_length=6)


class Upload(BaseModel):
    """A link for one PUT with exactly these headers; good until `expires_at` (UTC)."""

    kind: AssetKind
    asset_id: UUID
    method: str
    url: str
    headers: dict[str, str]
    expires_at: datetime


class Uploads(BaseModel):
    """One link a file, in the order asked."""

    uploads: list[Upload]


class PartLink(BaseModel):
    """A link for one PUT of `size_bytes` of the file, from `first_byte` on; good until `expires_at` (UTC). Part 1
    is the first."""

    number: int
    first_byte: int
    size_bytes: int
    method: str
    url: str
    headers: dict[str, str]
    expires_at: datetime


class PartsLeft(BaseModel):
    """The next parts of a file to send, in order; ask again when they are sent, or after an interruption. None are left
    when the file is whole. `sent_bytes` of `size_bytes` have arrived."""

    size_bytes: int
    sent_bytes: int
    parts: list[PartLink]


class Finding(BaseModel):
    """What is wrong with a file, and what to do."""

    kind: AssetKind
    code: str
    severity: Literal["error", "warning"]
    detail: str


class CheckView(BaseModel):
    """A line of a file's checklist: what was looked for, and what to do where it is not `good`. A warning may be
    overruled by starting all the same, an error not."""

    name: str
    label: str
    standing: Literal["good", "warning", "error"]
    detail: str


class CheckedAsset(BaseModel):
    """A file as it was found after decoding."""

    asset: AssetView
    findings: list[Finding]
    checks: list[CheckView]


class AssetChanges(BaseModel):
    """What of a file may change: how many milliseconds later (negative: earlier) than it was found to be in time a
    performance's picture is to be shown."""

    model_config = ConfigDict(extra="forbid")

    nudge_ms: Whole = Field(ge=-MOST_NUDGE_MS, le=MOST_NUDGE_MS)


class HeardBeats(BaseModel):
    """The beats heard in the first minutes of a track. `beats` and the first ones of its bars, `downbeats`, are seconds
    of the track; `confidence` is 0 to 1; `alternatives` are other tempos that it may be counted in, likeliest first.
    There is no `bpm` where no beat is to be heard."""

    bpm: float | None = None
    confidence: float = 0.0
    alternatives: list[float] = []
    beats_per_bar: int
    beats: list[float] = []
    downbeats: list[float] = []


class Alignment(BaseModel):
    """The section begins `offset_seconds` into the performance, within `margin_ms`. `method`: `bleed` where the
    microphone heard the track, `clock` where the recorder's own clock is believed; `confidence` is 0 to 1."""

    offset_seconds: float
    margin_ms: int
    method: Literal["bleed", "clock"]
    confidence: float
    drift_ppm: float
