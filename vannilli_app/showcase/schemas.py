"""Rows and inputs of the showcase, shared by its service, API, pages and moderation."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from vannilli_app.accounts.schemas import normal_email
from vannilli_app.music.tempo import MAX_BPM, MIN_BPM, PART_NAMES, Section
from vannilli_app.words import N_

Order = Literal["newest", "watched"]
State = Literal["off", "copying", "public", "taken_down"]
Reason = Literal["copyright", "likeness", "sexual", "hate", "other"]
ReportState = Literal["open", "upheld", "dismissed"]

REASONS: dict[Reason, str] = {
    "copyright": N_("It uses my music or picture without permission"),
    "likeness": N_("It shows me, or somebody I speak for, without consent"),
    "sexual": N_("It is sexual"),
    "hate": N_("It is hateful or threatening"),
    "other": N_("Something else"),
}
_HANDLE = re.compile(r"[a-z0-9][a-z0-9_.]{1,29}")
_HANDLE_WRITTEN = "^@?[A-Za-z0-9][A-Za-z0-9_.]{1,29}$"
MOST_ON_A_PAGE = 48
PAGE = 12


def _part_name(given: str) -> str:
    if given not in PART_NAMES:
        raise PydanticCustomError("part", f"Choose one of {', '.join(PART_NAMES)}.")
    return given


def _handle(given: str) -> str:
    handle = given.strip().removeprefix("@").lower()
    if not _HANDLE.fullmatch(handle):
        raise PydanticCustomError(
            "handle",
            "A handle has 2 to 30 letters, digits, dots or underscores, and begins with a letter or digit.",
        )
    return handle


_Tempo = Annotated[
    Decimal,
    Field(ge=MIN_BPM, le=MAX_BPM),
    WithJsonSchema({"type": "number", "minimum": MIN_BPM, "maximum": MAX_BPM}),
]


class Wish(BaseModel):
    """What a visitor wants to see: an order, tempos between two (both included, either first), one part, a page."""

    model_config = ConfigDict(frozen=True)

    order: Order = "newest"
    bpm_from: _Tempo = Field(Decimal(MIN_BPM), json_schema_extra={"default": MIN_BPM})
    bpm_to: _Tempo = Field(Decimal(MAX_BPM), json_schema_extra={"default": MAX_BPM})
    part: (
        Annotated[
            str, AfterValidator(_part_name), WithJsonSchema({"type": "string", "enum": list(PART_NAMES)})
        ]
        | None
    ) = None
    cursor: str | None = Field(None, max_length=200)
    limit: int = Field(PAGE, ge=1, le=MOST_ON_A_PAGE)


class Showing(BaseModel):
    """How an artist shows a video: its title and the artist's handle, written with or without @."""

    title: str = Field(min_length=1, max_length=80)
    handle: Annotated[
        str, AfterValidator(_handle), WithJsonSchema({"type": "string", "pattern": _HANDLE_WRITTEN})
    ] = Field(max_length=40)


class Standing(BaseModel):
    """Whether a video of mine is in the showcase. `reason` says why it was taken down."""

    state: State
    title: str = ""
    handle: str = ""
    watches: int = 0
    reason: str = ""
    url: str = ""


class Item(BaseModel):
    """A video as everybody sees it. Addresses are paths."""

    model_config = ConfigDict(frozen=True)

    generation_id: UUID
    title: str
    handle: str
    bpm: float
    bars: float
    time_signature: str
    beat_unit: str
    part_name: str
    aspect: str
    width: int
    height: int
    duration_seconds: float
    watches: int
    shown_at: datetime
    url: str
    video_url: str
    poster_url: str
    perform_url: str

    @property
    def section(self) -> Section:
        return Section.parse(self.bpm, self.bars, self.time_signature, self.beat_unit)


class Page(BaseModel):
    """Some videos, and where the next ones begin."""

    model_config = ConfigDict(frozen=True)

    items: tuple[Item, ...]
    next_cursor: str | None


class Report(BaseModel):
    """What is wrong with a video; `email` is for an answer, where nobody is signed in."""

    generation_id: UUID
    reason: Reason
    description: str = Field(min_length=1, max_length=2000)
    email: (
        Annotated[
            str, AfterValidator(normal_email), Field(max_length=320, json_schema_extra={"format": "email"})
        ]
        | None
    ) = None


class Reported(BaseModel):
    """A report that was taken."""

    id: UUID
    state: ReportState


class ReportRow(BaseModel):
    """A report as the queue shows it.

    `artist_id`, `title` and `item_state` are None once the video is gone or was never shown. `reporter_reports` and
    `reporter_dismissed` count what this reporter ever said; `artist_takedowns` what stands against this artist.
    """

    id: UUID
    generation_id: UUID | None
    reason: Reason
    description: str
    state: ReportState
    created_at: datetime
    decided_at: datetime | None
    reporter_id: UUID | None
    reporter_email: str | None
    reporter_reports: int
    reporter_dismissed: int
    artist_id: UUID | None
    artist_email: str | None
    artist_takedowns: int
    title: str | None
    item_state: State | None
