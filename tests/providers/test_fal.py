"""fal's queue and the three models on it: what is sent, where it goes, and what is made of the answers."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from uuid import uuid4

import pytest

from tests.contracts.provider import CallbackContract, ended
from tests.fakes.fal import JWKS_PATH, KEY, FalFake
from tests.fakes.fal_replay import REQUEST, answering, followed, golden, played, queue_at
from tests.fakes.replay import Document, assert_asked
from tests.fakes.server import serving
from tests.fakes.service import FakeService
from vannilli_app.providers import fal_verdict
from vannilli_app.providers.base import ProviderError, ProviderTask, TaskStatus, VideoRequest
from vannilli_app.providers.fal import FalModel, FalQueue
from vannilli_app.providers.fal_models import KlingOnFal, WanAnimate
from vannilli_app.providers.pika import Pika

MODELS = [Pika, KlingOnFal, WanAnimate]
VIDEO = b"a canned video"


@pytest.fixture
async def fake() -> AsyncIterator[FalFake]:
    fake = FalFake(render_seconds=0.05, canned=VIDEO)
    with serving(fake.app()) as fake.base_url:
        yield fake


@pytest.fixture
async def queue(fake: FalFake) -> AsyncIterator[FalQueue]:
    async with queue_at(fake.base_url) as queue:
        yield queue


def assert_asked_with_query(asked: Document, wanted: Document) -> None:
    assert_asked(asked, wanted)
    assert asked["query"] == wanted["query"]


# --- what is sent -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "model", "request_"),
    [
        ("pika", Pika, REQUEST),
        ("kling_standard", KlingOnFal, REQUEST),
        (
            "kling_pro",
            KlingOnFal,
            replace(REQUEST, mode="pro", character_orientation="image", prompt=None, callback_url=None),
        ),
        ("wan", WanAnimate, replace(REQUEST, callback_url=None)),
    ],
)
async def test_a_submission_is_sent_as_documented(
    name: str, model: type[FalModel], request_: VideoRequest
) -> None:
    example = golden(f"submit_{name}")
    with played(example["answer"]) as script:
        async with queue_at(script.base_url) as queue:
            task = await model(queue).start_generation(request_)
    assert_asked_with_query(script.asked[0], example["request"])
    given = example["answer"]["body"]
    addresses = [given[f"{name}_url"] for name in ("status", "response", "cancel")]
    assert task.task_id == " ".join(addresses).replace("{base}", script.base_url)
    assert task.status == TaskStatus.PENDING


@pytest.mark.parametrize("name", ["cancel_requested", "cancel_too_late", "cancel_unknown"])
async def test_a_cancellation_goes_where_fal_said(name: str) -> None:
    example = golden(name)
    with played(example["answer"]) as script:
        async with queue_at(script.base_url) as queue:
            await Pika(queue).cancel_generation(followed(script.base_url))
    assert_asked_with_query(script.asked[0], example["request"])


# --- what is made of the answers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["status_in_queue"], ProviderTask("", TaskStatus.PENDING)),
        (["status_in_progress"], ProviderTask("", TaskStatus.PROCESSING)),
        (
            ["status_completed", "result"],
            ProviderTask(
                "",
                TaskStatus.COMPLETED,
                progress=1.0,
                video_url="https://v3.fal.media/files/panda/made.mp4",
            ),
        ),
        (
            ["status_error"],
            ProviderTask("", TaskStatus.FAILED, error=fal_verdict.BROKE, permanent=False),
        ),
        (
            ["status_cancelled"],
            ProviderTask("", TaskStatus.FAILED, error=fal_verdict.STOPPED, permanent=True),
        ),
        (
            ["status_completed", "result_content_policy"],
            ProviderTask("", TaskStatus.FAILED, error=fal_verdict.NOT_THIS_CONTENT, permanent=True),
        ),
        (
            ["status_completed", "result_bad_input"],
            ProviderTask("", TaskStatus.FAILED, error=fal_verdict.NOT_THESE_FILES, permanent=True),
        ),
        (
            ["status_completed", "result_downstream"],
            ProviderTask("", TaskStatus.FAILED, error=fal_verdict.BROKE, permanent=False),
        ),
        (
            ["status_completed", "result_internal"],
            ProviderTask("", TaskStatus.FAILED, error=fal_verdict.BROKE, permanent=False),
        ),
    ],
)
async def test_a_look_reads_the_documented_answers(names: list[str], expected: ProviderTask) -> None:
    examples = [golden(name) for name in names]
    with played(*(example["answer"] for example in examples)) as script:
        task_id = followed(script.base_url)
        async with queue_at(script.base_url) as queue:
            found = (await KlingOnFal(queue).check_status([task_id]))[task_id]
    assert replace(found, raw_error=None) == replace(expected, task_id=task_id)
    for asked, example in zip(script.asked, examples, strict=True):
        assert_asked_with_query(asked, example["request"])


async def test_fals_own_words_are_kept_for_the_admin() -> None:
    answers = [golden("status_completed")["answer"], golden("result_content_policy")["answer"]]
    with played(*answers) as script:
        async with queue_at(script.base_url) as queue:
            task = await queue.look(followed(script.base_url))
    assert task
    assert "content_policy_violation" in str(task.raw_error)
    assert "flagged by a content checker" in str(task.raw_error)


@pytest.mark.parametrize(
    ("result", "permanent", "busy"),
    [
        (answering(502, {"message": "bad gateway"}), False, False),
        (answering(400, {"detail": "Request is still in progress"}), False, False),
        (answering(404, {"detail": "Not found"}), False, False),
        (answering(429, {"detail": "Too many requests"}), False, True),
        (answering(401, {"detail": "No such key"}), True, False),
    ],
)
async def test_trouble_on_the_way_to_a_result_is_not_the_tasks_end(
    result: Document, permanent: bool, busy: bool
) -> None:
    with played(golden("status_completed")["answer"], result) as script:
        async with queue_at(script.base_url) as queue:
            with pytest.raises(ProviderError) as caught:
                await queue.look(followed(script.base_url))
    assert (caught.value.permanent, caught.value.busy) == (permanent, busy)


@pytest.mark.parametrize("body", [{}, {"video": None}, {"video": {"url": None}}, {"video": []}])
async def test_a_result_without_a_video_is_a_failure_that_may_be_tried_again(body: Document) -> None:
    with played(golden("status_completed")["answer"], answering(200, body)) as script:
        async with queue_at(script.base_url) as queue:
            task = await queue.look(followed(script.base_url))
    assert task
    assert (task.status, task.permanent) == (TaskStatus.FAILED, False)


@pytest.mark.parametrize(
    ("answer", "permanent", "sentence"),
    [
        (answering(401, {"detail": "No such key"}), True, fal_verdict.NOT_AVAILABLE),
        (answering(403, {"detail": "User is locked. Exhausted balance."}), True, fal_verdict.NOT_AVAILABLE),
        (answering(404, {"detail": "Application not found"}), True, fal_verdict.NOT_AVAILABLE),
        (answering(422, {"detail": [{"type": "missing"}]}), True, fal_verdict.NOT_THESE_FILES),
        (
            answering(422, {"detail": [{"type": "content_policy_violation"}]}),
            True,
            fal_verdict.NOT_THIS_CONTENT,
        ),
        (answering(429, {"detail": "Too many requests"}, retry_after="7"), False, fal_verdict.BUSY),
        (answering(307, {}, location="https://elsewhere.example/"), False, fal_verdict.BROKE),
    ],
)
async def test_a_refused_submission_says_why(answer: Document, permanent: bool, sentence: str) -> None:
    with played(answer) as script:
        async with queue_at(script.base_url) as queue:
            with pytest.raises(ProviderError) as caught:
                await Pika(queue).start_generation(REQUEST)
    error = caught.value
    assert (error.permanent, error.message, error.maybe_accepted) == (permanent, sentence, False)
    assert error.busy == (answer["status"] == 429)
    assert error.retry_after == (7.0 if error.busy else None)
    assert KEY not in f"{error.message} {error.raw}"


# --- our key goes nowhere else ------------------------------------------------------------------------------------


ELSEWHERE = [
    "{stranger}/status",
    "{base}@127.0.0.1/status",
    "//127.0.0.1/status",
    "/status",
    "{base}/status status",
    "file:///etc/passwd",
    "http://[",
    "",
    None,
    7,
]


@pytest.mark.parametrize("poisoned", ["response_url", "status_url", "cancel_url"])
async def test_an_answer_that_leads_elsewhere_is_not_followed(poisoned: str) -> None:
    with played() as stranger, played() as script:
        async with queue_at(script.base_url) as queue:
            for url in ELSEWHERE:
                answer = golden("submit_pika")["answer"]
                led = url.replace("{stranger}", stranger.base_url) if isinstance(url, str) else url
                answer["body"][poisoned] = led
                script.answers.append(answer)
                with pytest.raises(ProviderError) as caught:
                    await Pika(queue).start_generation(REQUEST)
                assert (caught.value.permanent, caught.value.maybe_accepted) == (False, True), url
    assert stranger.asked == []


@pytest.mark.parametrize("index", [0, 1, 2])
async def test_a_task_id_that_leads_elsewhere_is_unknown(index: int) -> None:
    with played() as stranger, played() as script:
        addresses = followed(script.base_url).split(" ")
        addresses[index] = f"{stranger.base_url}/status"
        poisoned = [" ".join(addresses), "no such task", "unknown", ""]
        async with queue_at(script.base_url) as queue:
            assert await Pika(queue).check_status(poisoned) == {}
            for task_id in poisoned:
                await Pika(queue).cancel_generation(task_id)
    assert stranger.asked == script.asked == []


# --- the contract -------------------------------------------------------------------------------------------------


class FalContract(CallbackContract):
    """What the three models have in common."""

    model: type[FalModel]

    def connect(self, base_url: str, *, key: str | None = None) -> FalModel:
        return self.model(FalQueue(key or KEY, base_url, base_url + JWKS_PATH))

    def unknown_id(self, fake: FakeService) -> str:
        at = f"{fake.base_url}/fal-ai/any/requests/{uuid4()}"
        return f"{at}/status {at} {at}/cancel"

    @pytest.fixture
    def fake(self) -> Iterator[FalFake]:
        fake = FalFake(render_seconds=0.05, canned=VIDEO)
        with serving(fake.app()) as fake.base_url:
            yield fake


class TestPika(FalContract):
    model = Pika


class TestKlingOnFal(FalContract):
    model = KlingOnFal


class TestWanAnimate(FalContract):
    model = WanAnimate


# --- the way through the fake -------------------------------------------------------------------------------------


async def test_what_is_above_the_slots_waits(fake: FalFake, queue: FalQueue) -> None:
    fake.slots, fake.render_seconds = 1, 0.5
    tasks = [
        await queue.submit(WanAnimate.path, WanAnimate(queue).arguments(REQUEST), None) for _ in range(2)
    ]
    await asyncio.sleep(0.1)
    looks = [await queue.look(task.task_id) for task in tasks]
    assert [look.status for look in looks if look] == [TaskStatus.PROCESSING, TaskStatus.PENDING]


async def test_a_cancelled_task_has_failed_for_good(fake: FalFake, queue: FalQueue) -> None:
    fake.render_seconds = 30
    pika = Pika(queue)
    task = await pika.start_generation(replace(REQUEST, callback_url=None))
    await pika.cancel_generation(task.task_id)
    task = await ended(pika, task)
    assert (task.status, task.permanent) == (TaskStatus.FAILED, True)
    await pika.cancel_generation(task.task_id)


async def test_nothing_is_found_by_our_id(queue: FalQueue) -> None:
    for model in MODELS:
        assert await model(queue).find("7f0c") is None
        assert not model(queue).capabilities.finds_by_our_id


def test_pika_is_offered_as_what_it_is(queue: FalQueue) -> None:
    pika = Pika(queue).capabilities
    assert (pika.label, pika.motion_transfer) == ("Pika", False)
    assert (
        pika.does == "Adds your character into your performance. It does not move the character as you moved."
    )
