"""The pure decisions about a generation."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from vannilli_app.errors import Invalid
from vannilli_app.generations import lifecycle
from vannilli_app.generations.lifecycle import Again, Busy, Collect, Fail, Resubmit, Unsure, Wait
from vannilli_app.providers import Capabilities, ProviderError, ProviderTask, TaskStatus
from vannilli_app.providers.local import LocalAnimator
from vannilli_app.storage.base import ObjectMissing, StoreUnavailable

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LOCAL: Capabilities = LocalAnimator.capabilities
ID = UUID("00000000-0000-4000-8000-000000000001")


REMOTE = replace(LOCAL, poll_seconds=10.0, batch=20)


def look(
    task: ProviderTask | None, *, seconds: float = 10, attempt: int = 1, stretch: float = 1.0
) -> Wait | Collect | Resubmit | Fail:
    return lifecycle.after_look(
        task,
        capabilities=REMOTE,
        submitted_at=NOW - timedelta(seconds=seconds),
        attempt=attempt,
        stretch=stretch,
        now=NOW,
    )


def pause(**how: float) -> float:
    """Seconds to the next look, in the middle of what chance makes of them."""
    steps = [look(ProviderTask("t", TaskStatus.PROCESSING), **how) for _ in range(300)]  # type: ignore[arg-type]
    seconds = [(step.due_at - NOW).total_seconds() for step in steps if isinstance(step, Wait)]
    assert max(seconds) / min(seconds) < 1.25
    return (max(seconds) + min(seconds)) / 2


def test_a_task_at_work_is_looked_at_again() -> None:
    step = look(ProviderTask("t", TaskStatus.PROCESSING, progress=0.25))
    assert isinstance(step, Wait)
    assert step.progress == 0.25


def test_an_older_task_is_looked_at_more_rarely() -> None:
    assert [round(pause(seconds=age)) for age in (10, 400, 1500)] == [10, 20, 40]


def test_a_budget_of_looks_stretches_the_interval() -> None:
    limited = replace(REMOTE, looks_per_minute=60)
    assert lifecycle.stretch_for(REMOTE, 10_000) == 1.0
    assert lifecycle.stretch_for(limited, 200) == 1.0  # 10 calls every 10 s
    assert lifecycle.stretch_for(limited, 2000) == 10.0
    assert round(pause(stretch=10.0)) == 100


def test_a_finished_task_is_collected() -> None:
    assert look(ProviderTask("t", TaskStatus.COMPLETED, video_url="store:b/k")) == Collect("store:b/k")


def test_a_task_that_nobody_knows_yet_is_waited_for_and_then_has_failed() -> None:
    assert isinstance(look(None, seconds=10), Wait)
    step = look(None, seconds=200)
    assert isinstance(step, Fail)
    assert step.code == "render_lost"


def test_a_task_that_never_ends_has_failed() -> None:
    step = look(ProviderTask("t", TaskStatus.PROCESSING), seconds=REMOTE.render_deadline_seconds + 1)
    assert isinstance(step, Fail)
    assert step.code == "render_timeout"


def test_a_task_that_cannot_be_looked_at_is_looked_at_again_a_little_later_until_its_time_is_over() -> None:
    def unanswered(seconds: float) -> Wait | Fail:
        began = NOW - timedelta(seconds=seconds)
        return lifecycle.after_no_answer(capabilities=REMOTE, submitted_at=began, stretch=1.0, now=NOW)

    step = unanswered(10)
    assert isinstance(step, Wait)
    assert step.progress is None
    assert 18 <= (step.due_at - NOW).total_seconds() <= 22
    assert unanswered(REMOTE.render_deadline_seconds + 1) == lifecycle.TIMEOUT


def test_a_passing_failure_is_submitted_three_times() -> None:
    task = ProviderTask("t", TaskStatus.FAILED, permanent=False, raw_error="busy")
    steps = [look(task, attempt=attempt) for attempt in (1, 2, 3)]
    assert [type(step) for step in steps] == [Resubmit, Resubmit, Fail]


def test_a_permanent_failure_is_not_tried_again() -> None:
    assert look(ProviderTask("t", TaskStatus.FAILED, error="No face.", raw_error="E12")) == Fail(
        "render_failed", "No face.", "E12"
    )


def refused(error: Exception, *, tries: int = 1, finds: bool = True) -> Again | Busy | Unsure | Fail:
    return lifecycle.after_refusal(error, tries=tries, finds_by_our_id=finds, now=NOW)


def test_a_lost_answer_is_asked_for_where_the_provider_knows_our_id() -> None:
    lost = ProviderError(permanent=False, maybe_accepted=True, raw="reset")
    assert isinstance(refused(lost), Again)
    assert refused(lost, finds=False) == Unsure("reset")


def test_a_full_provider_is_nobodys_fault_however_often() -> None:
    full = ProviderError(permanent=False, busy=True, retry_after=7, raw="1303")
    assert refused(full, tries=99) == Busy(NOW + timedelta(seconds=7), "1303")


def test_a_provider_that_says_when_to_come_back_is_believed() -> None:
    assert refused(ProviderError(permanent=False, retry_after=90)) == Busy(NOW + timedelta(seconds=90), "")


def test_a_result_that_is_too_short_is_made_three_times() -> None:
    steps = [lifecycle.after_short_result(attempt=attempt, now=NOW, raw="") for attempt in (1, 2, 3)]
    assert [type(step) for step in steps] == [Resubmit, Resubmit, Fail]


def test_our_own_sentence_about_the_input_is_final() -> None:
    step = lifecycle.after_error(Invalid("Too dark.", code="asset_invalid"), tries=1, now=NOW)
    assert isinstance(step, Fail)
    assert (step.code, step.sentence) == ("asset_invalid", "Too dark.")


def test_a_store_that_does_not_answer_is_tried_again_and_a_file_that_is_gone_is_not() -> None:
    assert isinstance(lifecycle.after_error(StoreUnavailable(), tries=1, now=NOW), Again)
    assert isinstance(lifecycle.after_error(ObjectMissing(), tries=1, now=NOW), Fail)


def test_a_provider_says_whether_trying_again_makes_sense() -> None:
    passing = ProviderError("Busy.", permanent=False, raw="429")
    assert isinstance(lifecycle.after_error(passing, tries=1, now=NOW), Again)
    assert isinstance(lifecycle.after_error(passing, tries=3, now=NOW), Fail)
    assert isinstance(lifecycle.after_error(ProviderError("No.", permanent=True), tries=1, now=NOW), Fail)


def test_what_broke_is_tried_again_and_its_trace_is_never_the_persons_sentence() -> None:
    assert isinstance(lifecycle.after_error(OSError("disk full"), tries=1, now=NOW), Again)
    step = lifecycle.after_error(OSError("disk full"), tries=3, now=NOW)
    assert isinstance(step, Fail)
    assert "disk full" in step.raw
    assert "disk full" not in step.sentence


def test_pauses_grow_and_are_spread() -> None:
    pauses = [[(lifecycle.backoff(n, NOW) - NOW).total_seconds() for _ in range(200)] for n in (1, 2, 3)]
    assert [max(p) <= most for p, most in zip(pauses, (2, 4, 8), strict=True)] == [True] * 3
    assert max(pauses[2]) > 4
    assert len({round(pause, 3) for pause in pauses[2]}) > 50


def test_progress_never_goes_back_over_the_stages() -> None:
    points = [lifecycle.overall(stage, share) for stage in lifecycle.SHARE for share in (0, 0.5, 1)]
    assert points == sorted(points)
    assert points[0] == 0
    assert lifecycle.overall("done", 0) == 1


@pytest.mark.parametrize(
    ("tier", "covered", "marked"),
    [("free", False, True), ("free", True, False), ("open_mic", False, False), ("artist", False, False)],
)
def test_a_free_account_is_marked_unless_bought_credits_pay(tier: str, covered: bool, marked: bool) -> None:
    assert lifecycle.is_watermarked(tier, bought_credits_cover=covered) is marked


@pytest.mark.parametrize(
    ("aspect", "tier", "size"),
    [
        ("9:16", "free", (720, 1280)),
        ("16:9", "free", (1280, 720)),
        ("1:1", "free", (720, 720)),
        ("9:16", "label", (720, 1280)),  # the local animator makes no more
    ],
)
def test_the_final_size(aspect: str, tier: str, size: tuple[int, int]) -> None:
    assert lifecycle.frame_size(aspect, tier, LOCAL) == size


def test_the_free_tier_opens_again_a_day_after_the_oldest_start_that_counts() -> None:
    starts = [NOW - timedelta(hours=h) for h in (20, 5, 1)]
    assert lifecycle.free_again_at(starts, 4, NOW) is None
    assert lifecycle.free_again_at(starts, 3, NOW) == NOW + timedelta(hours=4)
    assert lifecycle.free_again_at(starts, 1, NOW) == NOW + timedelta(hours=23)


def test_our_id_is_the_providers_with_a_suffix_for_each_further_try() -> None:
    made = [
        lifecycle.external_id(ID, number, attempt) for number, attempt in ((1, 1), (2, 1), (1, 2), (3, 2))
    ]
    assert made == [str(ID), f"{ID}-s2", f"{ID}-a2", f"{ID}-s3-a2"]
