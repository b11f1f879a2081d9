"""Pure decisions about a generation: the row, an answer or an error, and the present instant give the next step.

    preparing -> submitted -> rendering -> finishing -> done
    any stage -> failed (also by cancelling)

`preparing`, `submitted` and `finishing` are worked on by a worker that holds the row (`leases`); in `rendering` the
provider works and the scheduler looks at it every few seconds.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from vannilli_app.errors import Invalid, NotFound, VannilliError
from vannilli_app.providers import Capabilities, ProviderError, ProviderTask, TaskStatus

ALIVE = ("pending", "processing")
WORKED = ("preparing", "submitted", "finishing")
AT_THE_PROVIDER = ("submitted", "rendering")
MOST_TRIES = 3
MOST_HOLDS = 5  # holds end without a word when a worker is killed; so many may, in one stage
BACKOFF_SECONDS = 2.0
KEPT_FOR = timedelta(days=30)
SHORT_SIDE = {"free": 720, "open_mic": 1080, "indie_artist": 2160, "artist": 2160, "label": 2160}
ASPECTS = {"9:16": (9, 16), "16:9": (16, 9), "1:1": (1, 1)}

# How much of the whole each stage takes, for one bar of progress over all of them.
SHARE = {"preparing": (0.0, 0.08), "submitted": (0.08, 0.1), "rendering": (0.1, 0.8), "finishing": (0.8, 1.0)}


@dataclass(frozen=True)
class Wait:
    """The provider is still at work: look again at `due_at`."""

    progress: float
    due_at: datetime
    expected_done_at: datetime | None


@dataclass(frozen=True)
class Collect:
    """The provider has a video: fetch it and finish."""

    result_url: str


@dataclass(frozen=True)
class Again:
    """Try this stage once more at `due_at`."""

    due_at: datetime
    raw: str


@dataclass(frozen=True)
class Fail:
    """It cannot be made: the sentence for the person, the provider's or system's own words for the admin."""

    code: str
    sentence: str
    raw: str


def after_look(
    task: ProviderTask | None,
    *,
    capabilities: Capabilities,
    started_at: datetime,
    attempt: int,
    now: datetime,
) -> Wait | Collect | Again | Fail:
    """What follows from looking at the provider's task. `task` is None when the provider does not know it."""
    elapsed = (now - started_at).total_seconds()
    if task is None:
        return Fail(
            "render_lost", "The video was lost on the way. Start it again; it cost nothing.", "unknown task"
        )
    if task.status is TaskStatus.COMPLETED and task.video_url:
        return Collect(task.video_url)
    if task.status is TaskStatus.FAILED:
        sentence = task.error or "The video could not be made from this take and picture. Try another."
        if not task.permanent and attempt < MOST_TRIES:
            return Again(backoff(attempt, now), task.raw_error or "")
        return Fail("render_failed", sentence, task.raw_error or "")
    if elapsed > capabilities.render_deadline_seconds:
        return Fail(
            "render_timeout", "This took far too long and was stopped. Start it again; it cost nothing.", ""
        )
    progress = task.progress or 0.0
    return Wait(progress, now + timedelta(seconds=capabilities.poll_seconds), _expected(task, elapsed, now))


def after_error(error: Exception, *, tries: int, now: datetime) -> Again | Fail:
    """What follows from an exception in a stage.

    What is wrong with the input, or gone, stays so; a provider says whether trying again makes sense; whatever else
    broke is tried again.
    """
    final = error.permanent if isinstance(error, ProviderError) else isinstance(error, Invalid | NotFound)
    raw = error.raw if isinstance(error, ProviderError) else repr(error)
    if not final and tries < MOST_TRIES:
        return Again(backoff(tries, now), raw)
    if isinstance(error, VannilliError):
        return Fail(error.code, error.message, raw)
    return Fail("internal_error", "Something broke on our side. Start it again; it cost nothing.", raw)


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


def external_id(internal_task_id: UUID, attempt: int) -> str:
    """The id that we hand to the provider: ours, with a suffix for each further submission."""
    return str(internal_task_id) if attempt == 1 else f"{internal_task_id}-{attempt}"


def working_files(generation_id: UUID, user_id: UUID) -> tuple[str, str, str]:
    """Keys of what `preparing` makes for the provider and the finish: the cut performance, the picture, the track."""
    return (
        f"driver-videos/{user_id}/{generation_id}.mp4",
        f"target-images/{user_id}/{generation_id}.png",
        f"audio/{user_id}/{generation_id}.wav",
    )


def _expected(task: ProviderTask, elapsed: float, now: datetime) -> datetime | None:
    if task.eta_seconds is not None:
        return now + timedelta(seconds=task.eta_seconds)
    if not task.progress or task.progress < 0.05:
        return None
    return now + timedelta(seconds=elapsed * (1 - task.progress) / task.progress)


def _even(pixels: float) -> int:
    return round(pixels / 2) * 2
