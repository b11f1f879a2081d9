"""Rows and inputs of generations, shared by the API, the pages and the jobs."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from vannilli_app.fields import BeatAccent, Mouth, Truth
from vannilli_app.music.tempo import Section

Status = Literal["pending", "processing", "completed", "failed"]
Stage = Literal["preparing", "submitted", "rendering", "finishing", "done"]

FPS = 30


class Remake(BaseModel):
    """That one segment of a finished generation is made again, and the others are kept."""

    model_config = ConfigDict(frozen=True)

    generation_id: UUID
    number: int


class Request(BaseModel):
    """What was asked for, frozen at the start: the project may change while the video is being made.

    Paths are keys in the bucket of raw uploads. The section starts `section_start_bar` bars (1 = none) after
    `bar_one_seconds` of the track, and `capture_offset_seconds` into the performance where the recorder noted it; the
    picture is shown `nudge_ms` later than that, or than was heard. What has a default came later: there are rows
    without it.
    """

    model_config = ConfigDict(frozen=True)

    user_id: UUID
    track_name: str
    bpm: Decimal
    bars: Decimal
    time_signature: str
    beat_unit: str
    aspect: str
    prompt: str | None
    mode: str
    character_orientation: str
    beat_accent: BeatAccent = "off"
    mouth: Mouth = "auto"
    face: tuple[float, float] | None = None
    bar_one_seconds: Decimal
    section_start_bar: Decimal
    driver_path: str
    image_path: str
    audio_path: str | None
    capture_offset_seconds: Decimal | None
    nudge_ms: int = 0
    width: int
    height: int
    crossfade: bool = False
    remake: Remake | None = None

    @property
    def section(self) -> Section:
        return Section.parse(self.bpm, self.bars, self.time_signature, self.beat_unit)

    @property
    def track_start(self) -> Fraction:
        """Where in the uploaded track the section begins, in seconds."""
        return self.section.begins_at(self.bar_one_seconds, self.section_start_bar)


class StartInput(BaseModel):
    """The body of a start. With `crossfade` the pieces of a section that is longer than its provider takes dissolve
    into each other over a beat."""

    project_id: UUID
    rights_attested: Truth = False
    provider: str | None = Field(default=None, max_length=40)
    allow_failover: Truth = False
    crossfade: Truth = False
    device_fingerprint: str | None = Field(default=None, max_length=200)


class Started(BaseModel):
    """A start that was taken."""

    internal_task_id: UUID
    generation_id: UUID
    status: Status
    cost_credits: int


class Failure(BaseModel):
    """Why a generation failed: a stable code and a sentence."""

    code: str
    detail: str


class GenerationView(BaseModel):
    """How a generation stands, as its owner sees it. `progress` is 0..1 over all stages; times are UTC.

    `eta_seconds` is what is left of the present stage, `eta_late_seconds` what 95 of 100 tasks of this provider take at
    the most; `elapsed_seconds` count from the start.
    """

    internal_task_id: UUID
    generation_id: UUID
    project_id: UUID
    track_name: str
    bpm: float
    bars: float
    time_signature: str
    aspect: str
    status: Status
    stage: Stage
    progress: float
    eta_seconds: float | None = None
    eta_late_seconds: float | None = None
    elapsed_seconds: float = 0.0
    preview_url: str | None = None
    preview_gif_url: str | None = None
    thumbnail_url: str | None = None
    error: Failure | None = None
    provider: str
    provider_label: str
    billed_seconds: int
    cost_credits: int
    watermarked: bool
    created_at: datetime
    completed_at: datetime | None = None
    downloaded: bool = False
    remade_from: UUID | None = None  # the video of which this one keeps all parts but one


class GenerationPage(BaseModel):
    """A page of generations, newest first."""

    items: list[GenerationView]
    next_cursor: str | None


class PartView(BaseModel):
    """A part of a finished video that was made in one piece. `first_bar` and `end_bar` count the section's bars from 1:
    part `[1, 9)` is bars 1 to 8. It lasts `exact_seconds`; making it again costs `cost_credits`."""

    number: int
    first_bar: float
    end_bar: float
    first_frame: int
    frames: int
    exact_seconds: float
    cost_credits: int


class PartsView(BaseModel):
    """The parts of a video in the order of the song, all there once it is `finished`; `why_not` is a sentence where
    none can be made again alone."""

    generation_id: UUID
    finished: bool
    beats_per_bar: float
    parts: list[PartView]
    why_not: str = ""


class Download(BaseModel):
    """A link to the final file, and what this call took."""

    download_url: str
    expires_at: datetime
    credits_deducted: int
    credits_remaining: int
    watermarked: bool
    width: int
    height: int
    duration_seconds: float


class OfferView(BaseModel):
    """Somebody who can make a video. A second of it costs `credits_per_second`; `why_not` is a sentence when it is not
    `able`; a `crowded` one makes people wait."""

    provider: str
    label: str
    does: str
    motion_transfer: bool
    credits_per_second: int
    able: bool
    crowded: bool
    why_not: str
