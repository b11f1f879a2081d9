"""Pure decisions about a generation and its segments: the row, an answer or an error, and the present instant give the
next step.

    generation   preparing -> submitted -> rendering -> finishing -> done;  any -> failed (also by cancelling)
    segment      waiting -> submitting -> rendering -> collecting -> done;  any -> failed, cancelled

A worker holds the generation's row (`leases`) in `preparing` and `finishing`, and a segment's in `submitting` and
`collecting`. Between them the segments carry the generation: it is `rendering` once one of them is at the provider.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from vannilli_app.errors import Invalid, NotFound, VannilliError
from vannilli_app.providers import Capabilities, ProviderError, ProviderTask, TaskStatus
from vannilli_app.words import N_

ALIVE = ("pending", "processing")
WORKED = ("preparing", "finishing")
SEGMENT_WORKED = ("submitting", "collecting")
SEGMENT_ALIVE = ("waiting", "submitting", "rendering", "collecting")
AT_WORK = ("submitting", "rendering")  # takes one of the provider's parallel slots
MOST_TRIES = 3
MOST_HOLDS = 5  # holds end without a word when a worker is killed; so many may, in one stage
BACKOFF_SECONDS = 2.0
BUSY_SECONDS = 5.0
FORGOTTEN_AFTER = timedelta(minutes=2)  # a provider may list a new task a little late
NO_SLOT_FOR = timedelta(hours=2)
KEPT_FOR = timedelta(days=30)
ENDS_WITHIN = timedelta(
    days=2
)  # longer than every deadline of every stage together: beyond it something is stuck
SHORT_SIDE = {"free": 720, "open_mic": 1080, "indie_artist": 2160, "artist": 2160, "label": 2160}
ASPECTS = {"9:16": (9, 16), "16:9": (16, 9), "1:1": (1, 1)}

# How much of the whole each stage takes, for one bar of progress over all of them.
SHARE = {"preparing": (0.0, 0.08), "submitted": (0.08, 0.1), "rendering": (0.1, 0.8), "finishing": (0.8, 1.0)}
# A young task is looked at every `poll_seconds`; one that takes long is looked at more rarely.
SLOWER = ((timedelta(minutes=20), 4.0), (timedelta(minutes=5), 2.0))
NO_ANSWER_STRETCH = 2.0  # a provider that gives no answer has trouble enough
SPREAD = 0.1  # of the interval, by chance, so that tasks begun together are not looked at together for ever


@dataclass(frozen=True)
class Wait:
    """The provider is still at work: look again at `due_at`."""

    progress: float | None
    due_at: datetime


@dataclass(frozen=True)
class Collect:
    """The provider has a video: fetch it."""

    result_url: str


@dataclass(frozen=True)
class Again:
    """Do this step once more at `due_at`."""

    due_at: datetime
    raw: str


@dataclass(frozen=True)
class Resubmit:
    """The task came to nothing: submit another one, not before `due_at`."""

    due_at: datetime
    raw: str


@dataclass(frozen=True)
class Busy:
    """The provider takes no more before `until`; nobody's fault."""

    until: datetime
    raw: str


@dataclass(frozen=True)
class Unsure:
    """The answer to a submission was lost and the provider cannot be asked: it may be at work on it, or not."""

    raw: str


@dataclass(frozen=True)
class Fail:
    """It cannot be made: the sentence for the person, the provider's or system's own words for the admin.

    `elsewhere`: another provider may still be able to.
    """

    code: str
    sentence: str
    raw: str
    elsewhere: bool = True


LOST = Fail(
    "submission_unsure",
    N_("We lost touch while handing your take over, so we stopped. It cost nothing. Start it again."),
    "the answer to the submission was lost",
    elsewhere=False,
)
GONE = Fail(
    "provider_gone", N_("Who was making this video is not here any more. It cost nothing."), "not set up"
)
TIMEOUT = Fail(
    "render_timeout", N_("This took far too long and was stopped. Start it again; it cost nothing."), ""
)
NO_SLOT = Fail(
    "provider_busy",
    N_("Too many videos are being made right now. It cost nothing. Try again later."),
    "no slot",
)


def after_look(
    task: ProviderTask | None,
    *,
    capabilities: Capabilities,
    submitted_at: datetime,
    attempt: int,
    stretch: float,
    now: datetime,
) -> Wait | Collect | Resubmit | Fail:
    """What follows from looking at a segment's task. `task` is None when the provider does not know it; `stretch`
    lengthens the time to the next look, to keep to the provider's budget of looks."""
    age = now - submitted_at
    if task is None:
        if age < FORGOTTEN_AFTER:
            return Wait(None, next_look(capabilities, age, stretch, now))
        return Fail(
            "render_lost",
            N_("The video was lost on the way. Start it again; it cost nothing."),
            "unknown task",
        )
    if task.status is TaskStatus.COMPLETED and task.video_url:
        return Collect(task.video_url)
    if task.status is TaskStatus.FAILED:
        sentence = task.error or N_("The video could not be made from this take and picture. Try another.")
        if not task.permanent and attempt < MOST_TRIES:
            return Resubmit(backoff(attempt, now), task.raw_error or "")
        return Fail("render_failed", sentence, task.raw_error or "")
    if age.total_seconds() > capabilities.render_deadline_seconds:
        return TIMEOUT
    return Wait(task.progress, next_look(capabilities, age, stretch, now))


def after_refusal(
    error: Exception, *, tries: int, finds_by_our_id: bool, now: datetime
) -> Again | Busy | Unsure | Fail:
    """What follows from an exception while a segment is handed over."""
    if isinstance(error, ProviderError):
        if error.maybe_accepted and not finds_by_our_id:
            return Unsure(error.raw)
        if error.busy or error.retry_after:  # a slot is not kept while it is waited for
            return Busy(now + timedelta(seconds=error.retry_after or _jittered(BUSY_SECONDS)), error.raw)
    return after_error(error, tries=tries, now=now)


def after_error(error: Exception, *, tries: int, now: datetime) -> Again | Fail:
    """What follows from an exception in a step.

    What is wrong with the input, or gone, stays so; a provider says whether trying again makes sense; whatever else
    broke is tried again.
    """
    provider = isinstance(error, ProviderError)
    final = error.permanent if isinstance(error, ProviderError) else isinstance(error, Invalid | NotFound)
    raw = error.raw if isinstance(error, ProviderError) else repr(error)
    if not final and tries < MOST_TRIES:
        return Again(backoff(tries, now), raw)
    if isinstance(error, VannilliError):
        return Fail(error.code, error.message, raw, elsewhere=provider)
    return Fail(
        "internal_error",
        N_("Something broke on our side. Start it again; it cost nothing."),
        raw,
        elsewhere=False,
    )


def after_short_result(*, attempt: int, now: datetime, raw: str) -> Resubmit | Fail:
    """What follows from a result that is far too short or no video at all."""
    if attempt < MOST_TRIES:
        return Resubmit(backoff(attempt, now), raw)
    return Fail(
        "result_unusable", N_("What came back was no whole video. It cost nothing. Start it again."), raw
    )


def after_no_answer(
    *, capabilities: Capabilities, submitted_at: datetime, stretch: float, now: datetime
) -> Wait | Fail:
    """What follows when a task could not be looked at: another look, later than usual, until its time is over."""
    age = now - submitted_at
    if age.total_seconds() > capabilities.render_deadline_seconds:
        return TIMEOUT
    return Wait(None, next_look(capabilities, age, stretch * NO_ANSWER_STRETCH, now))


def next_look(capabilities: Capabilities, age: timedelta, stretch: float, now: datetime) -> datetime:
    """When to look again at a task of this age."""
    slower = next((factor for least, factor in SLOWER if age > least), 1.0)
    seconds = (
        capabilities.poll_seconds * (slower if capabilities.poll_seconds >= 5 else 1.0) * max(stretch, 1.0)
    )
    return now + timedelta(seconds=seconds * random.uniform(1 - SPREAD, 1 + SPREAD))  # noqa: S311


def stretch_for(capabilities: Capabilities, at_work: int) -> float:
    """By how much looks must be rarer so that `at_work` tasks stay within the provider's budget of looks a minute."""
    if capabilities.looks_per_minute is None:
        return 1.0
    calls_a_minute = at_work / capabilities.batch * 60 / capabilities.poll_seconds
    return max(1.0, calls_a_minute / capabilities.looks_per_minute)


def backoff(tries: int, now: datetime) -> datetime:
    """Exponential with full jitter: up to 2 s, 4 s, 8 s …, so that many that failed together do not return so."""
    return now + timedelta(seconds=random.uniform(0.5, BACKOFF_SECONDS * 2 ** max(tries - 1, 0)))  # noqa: S311


def overall(stage: str, progress: float) -> float:
    """Progress over all stages, 0..1, from the progress within one."""
    if stage == "done":
        return 1.0
    start, end = SHARE[stage]
    return round(start + (end - start) * min(max(progress, 0.0), 1.0), 4)


def is_watermarked(tier: str, *, bought_credits_cover: bool) -> bool:
    """Everything a free account makes carries the mark, except what was paid wholly with bought credits."""
    return tier == "free" and not bought_credits_cover


def frame_size(aspect: str, tier: str, capabilities: Capabilities) -> tuple[int, int]:
    """Width and height of the final file in px: as large as the tier allows and the provider makes."""
    short = min(SHORT_SIDE[tier], capabilities.max_short_side)
    across, down = ASPECTS[aspect]
    unit = short / min(across, down)
    return _even(across * unit), _even(down * unit)


def free_again_at(started: list[datetime], per_day: int, now: datetime) -> datetime | None:
    """When a free account may start again; None when it may now. `started` are its starts of the last 24 h."""
    if len(started) < per_day:
        return None
    return max(now, sorted(started)[len(started) - per_day] + timedelta(days=1))


def external_id(internal_task_id: UUID, number: int, attempt: int) -> str:
    """The id that we hand to the provider: ours, with a suffix for each further segment and submission."""
    segment = f"-s{number}" if number > 1 else ""
    return f"{internal_task_id}{segment}" + (f"-a{attempt}" if attempt > 1 else "")


def working_files(generation_id: UUID, user_id: UUID) -> tuple[str, str, str]:
    """Keys of what `preparing` makes for the provider and the finish: the cut performance, the picture, the track."""
    return (
        f"driver-videos/{user_id}/{generation_id}.mp4",
        f"target-images/{user_id}/{generation_id}.png",
        f"audio/{user_id}/{generation_id}.wav",
    )


def piece_file(generation_id: UUID, user_id: UUID, number: int) -> str:
    """Key of the part of the cut performance that one segment sends."""
    return f"driver-videos/{user_id}/{generation_id}/{number}.mp4"


def result_file(generation_id: UUID, number: int, attempt: int) -> str:
    """Key of a provider's result in our own store."""
    return f"results/{generation_id}/{number}-{attempt}.mp4"


def working_folders(generation_id: UUID, user_id: UUID) -> tuple[str, str]:
    """Prefixes of all that is made on the way besides `working_files`."""
    return f"driver-videos/{user_id}/{generation_id}/", f"results/{generation_id}/"


def _jittered(seconds: float) -> float:
    return random.uniform(0.5 * seconds, 1.5 * seconds)  # noqa: S311


def _even(pixels: float) -> int:
    return round(pixels / 2) * 2
