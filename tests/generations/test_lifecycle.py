"""The pure decisions about a generation."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from vannilli_app.errors import Invalid
from vannilli_app.generations import lifecycle
from vannilli_app.generations.lifecycle import Again, Collect, Fail, Wait
from vannilli_app.providers import Capabilities, ProviderError, ProviderTask, TaskStatus
from vannilli_app.providers.local import LocalAnimator
from vannilli_app.storage.base import ObjectMissing, StoreUnavailable

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LOCAL: Capabilities = LocalAnimator.capabilities
ID = UUID("00000000-0000-4000-8000-000000000001")


def look(
    task: ProviderTask | None, *, seconds: float = 10, attempt: int = 1
) -> Wait | Collect | Again | Fail:
    started_at = NOW - timedelta(seconds=seconds)
    return lifecycle.after_look(task, capabilities=LOCAL, started_at=started_at, attempt=attempt, now=NOW)


def test_a_task_at_work_is_looked_at_again_with_the_time_that_remains() -> None:
    step = look(ProviderTask("t", TaskStatus.PROCESSING, progress=0.25))
    assert step == Wait(0.25, NOW + timedelta(seconds=LOCAL.poll_seconds), NOW + timedelta(seconds=30))


def test_what_the_provider_says_of_the_remaining_time_goes_first() -> None:
    step = look(ProviderTask("t", TaskStatus.PROCESSING, progress=0.25, eta_seconds=100))
    assert isinstance(step, Wait)
    assert step.expected_done_at == NOW + timedelta(seconds=100)


def test_nothing_is_promised_before_there_is_progress() -> None:
    step = look(ProviderTask("t", TaskStatus.PENDING))
    assert isinstance(step, Wait)
    assert step.expected_done_at is None


def test_a_finished_task_is_collected() -> None:
    assert look(ProviderTask("t", TaskStatus.COMPLETED, video_url="store:b/k")) == Collect("store:b/k")


def test_a_task_that_nobody_knows_has_failed() -> None:
    step = look(None)
    assert isinstance(step, Fail)
    assert step.code == "render_lost"


def test_a_task_that_never_ends_has_failed() -> None:
    step = look(ProviderTask("t", TaskStatus.PROCESSING), seconds=LOCAL.render_deadline_seconds + 1)
    assert isinstance(step, Fail)
    assert step.code == "render_timeout"


def test_a_passing_failure_is_tried_three_times() -> None:
    task = ProviderTask("t", TaskStatus.FAILED, permanent=False, raw_error="busy")
    steps = [look(task, attempt=attempt) for attempt in (1, 2, 3)]
    assert [type(step) for step in steps] == [Again, Again, Fail]


def test_a_permanent_failure_is_not_tried_again() -> None:
    assert look(ProviderTask("t", TaskStatus.FAILED, error="No face.", raw_error="E12")) == Fail(
        "render_failed", "No face.", "E12"
    )


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
    assert [lifecycle.external_id(ID, attempt) for attempt in (1, 2)] == [str(ID), f"{ID}-2"]
