"""What goes into the calculator and what comes out. Figures in JSON are numbers, exact ones stay inside."""

from pydantic import BaseModel, Field

from vannilli_app.fields import Exact
from vannilli_app.music.price import Tier
from vannilli_app.music.tempo import BeatUnit


class Question(BaseModel):
    """60 to 200 BPM with up to three decimals, 1 to 32 bars in halves, and the note that the BPM counts."""

    bpm: Exact
    bars: Exact
    time_signature: str = Field("4/4", max_length=20, examples=["4/4", "7/8"])
    beat_unit: BeatUnit = BeatUnit.QUARTER


class Cost(BaseModel):
    """A credit a second, in `dollars` at the rate of `tier`: the caller's, or `artist` as a visitor or free.

    Only for a caller who is signed in: `credits_after` is the balance then, below zero by what is missing.
    """

    credits: int
    dollars: float
    tier: Tier
    sufficient_credits: bool | None = None
    credits_after: int | None = None


class Answer(BaseModel):
    """`exact_seconds` to float precision; `billed_seconds` rounded up from the exact fraction.

    `beats` counts the note that the BPM counts. `within_limit`: whether a section of this length can be made.
    """

    bpm: float
    bars: float
    time_signature: str
    beat_unit: BeatUnit
    exact_seconds: float
    billed_seconds: int
    part_name: str
    beats: float
    within_limit: bool
    cost: Cost
