"""Runway Act-Two: what is really sent, what is made of its answers, and what a fake of it does with both."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.contracts.provider import ProviderContract, ended, refusal
from tests.fakes.faults import What
from tests.fakes.replay import Replay, assert_asked, recording, recordings
from tests.fakes.runway import RunwayFake
from tests.fakes.server import serving
from tests.media import makers
from vannilli_app.config import Settings
from vannilli_app.providers.base import ProviderTask, TaskStatus, VideoRequest
from vannilli_app.providers.runway import Runway
from vannilli_app.storage import RAW_UPLOADS, ObjectMissing, store

KEY = "key_of_the_tests"
TASK = "17f20503-6c24-4c16-946b-35dbbce2af2f"
FRAMES = 96

golden = partial(recording, "runway")
names = partial(recordings, "runway")


@pytest.fixture
async def replayed(replay: Replay) -> AsyncIterator[Runway]:
    made = Runway(KEY, replay.base_url)
    yield made
    await made.close()


@pytest.fixture
def fake() -> Iterator[RunwayFake]:
    made = RunwayFake(key=KEY)
    with serving(made.app()) as made.base_url:
        yield made


@pytest.fixture
async def provider(fake: RunwayFake) -> AsyncIterator[Runway]:
    made = Runway(KEY, fake.base_url)
    yield made
    await made.close()


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A performance of 3.2 s: Runway takes none shorter than 3."""
    return makers.film(tmp_path_factory.mktemp("runway") / "performance.mp4", frames=FRAMES, size=(180, 320))


@pytest.fixture(scope="module")
def performance(clip: Path) -> bytes:
    return clip.read_bytes()


@pytest.fixture
async def wanted(environment: Settings, clip: Path, tmp_path: Path) -> VideoRequest:
    """An upright video of files that lie in the store."""
    picture = tmp_path / "picture.png"
    makers.ffmpeg("-i", clip, "-frames:v", 1, picture)
    return VideoRequest(
        external_id="one",
        driver_video_url=await put("driver-videos/performance.mp4", clip, "video/mp4"),
        target_image_url=await put("target-images/picture.png", picture, "image/png"),
        width=720,
        height=1280,
        fps=30,
        frames=FRAMES,
        bpm=100,
    )


async def put(key: str, path: Path, content_type: str) -> str:
    await store().upload(RAW_UPLOADS, key, path, content_type)
    return f"store:{RAW_UPLOADS}/{key}"


async def look(provider: Runway, task_id: str) -> ProviderTask:
    return (await provider.check_status([task_id]))[task_id]


async def until(provider: Runway, task_id: str, *statuses: TaskStatus) -> ProviderTask:
    for _ in range(400):
        if (task := await look(provider, task_id)).status in statuses:
            return task
        await asyncio.sleep(0.05)
    raise AssertionError(f"still {task}")


# --- by the recorded examples ---------------------------------------------------------------------------------


async def test_a_submission_is_sent_as_recorded(
    replay: Replay, replayed: Runway, wanted: VideoRequest, performance: bytes
) -> None:
    recorded = golden("submission")
    replay.answers = [exchange["answer"] for exchange in recorded["exchanges"]]
    task = await replayed.start_generation(wanted)
    assert asdict(task).items() >= recorded["task"].items()
    for asked, exchange in zip(replay.asked, recorded["exchanges"], strict=True):
        assert_asked(asked, exchange["request"])
    assert replay.asked[1]["file"].startswith(b"\x89PNG")
    assert replay.asked[3]["file"] == performance


@pytest.mark.parametrize("name", names("look"))
async def test_a_look_is_read_as_recorded(replay: Replay, replayed: Runway, name: str) -> None:
    recorded = golden(name)
    replay.answers = [recorded["answer"]]
    found = await replayed.check_status([TASK])
    assert_asked(replay.asked[0], recorded["request"])
    if recorded["task"] is None:
        assert found == {}
        return
    task = asdict(found[TASK])
    billed = {key: str(value) for key, value in (task.pop("billed") or {}).items()}
    assert billed == recorded["task"].pop("billed", {})
    assert task.items() >= recorded["task"].items()


async def test_a_cancel_is_sent_as_recorded(replay: Replay, replayed: Runway) -> None:
    recorded = golden("cancel")
    replay.answers = [recorded["answer"]]
    await replayed.cancel_generation(TASK)
    assert_asked(replay.asked[0], recorded["request"])


@pytest.mark.parametrize("at", [0, 4], ids=["at the upload", "at the task"])
@pytest.mark.parametrize("name", names("refusal"))
async def test_a_refusal_is_read_as_recorded(
    replay: Replay, replayed: Runway, wanted: VideoRequest, name: str, at: int
) -> None:
    recorded = golden(name)
    before = golden("submission")["exchanges"][:at]
    replay.answers = [*(exchange["answer"] for exchange in before), recorded["answer"]]
    error = await refusal(replayed, wanted)
    assert vars(error).items() >= recorded["error"].items()
    assert recorded["answer"]["body"]["error"] in error.raw


async def test_a_task_without_id_may_be_at_work(
    replay: Replay, replayed: Runway, wanted: VideoRequest
) -> None:
    before = golden("submission")["exchanges"][:4]
    replay.answers = [*(exchange["answer"] for exchange in before), {"status": 200, "body": {}}]
    error = await refusal(replayed, wanted)
    assert (error.permanent, error.maybe_accepted) == (False, True)


async def test_a_slot_without_address_is_tried_again(
    replay: Replay, replayed: Runway, wanted: VideoRequest
) -> None:
    replay.answers = [{"status": 200, "body": {"runwayUri": "runway://one"}}]
    error = await refusal(replayed, wanted)
    assert (error.permanent, error.maybe_accepted) == (False, False)


# --- with the fake --------------------------------------------------------------------------------------------


async def test_what_was_performed_comes_back(
    fake: RunwayFake, provider: Runway, wanted: VideoRequest, performance: bytes
) -> None:
    submitted = await provider.start_generation(wanted)
    assert submitted.status is TaskStatus.PENDING
    task = await ended(provider, submitted)
    assert task.status is TaskStatus.COMPLETED
    assert task.billed is not None
    assert task.billed.amount == 16  # 3.2 s at 5 credits, begun ones counted
    async with httpx.AsyncClient() as http:
        assert (await http.get(task.video_url or "")).content == performance


@pytest.mark.parametrize(
    ("size", "ratio"), [((720, 1280), "720:1280"), ((1280, 720), "1280:720"), ((720, 720), "960:960")]
)
async def test_the_ratio_is_the_videos(
    fake: RunwayFake, provider: Runway, wanted: VideoRequest, size: tuple[int, int], ratio: str
) -> None:
    task = await provider.start_generation(replace(wanted, width=size[0], height=size[1]))
    assert fake.tasks[task.task_id].request["ratio"] == ratio


async def test_too_many_at_once_wait_at_runway(
    fake: RunwayFake, provider: Runway, wanted: VideoRequest
) -> None:
    fake.slots, fake.render_seconds = 1, 30
    first, second = [await provider.start_generation(wanted) for _ in range(2)]
    running = await until(provider, first.task_id, TaskStatus.PROCESSING)
    assert running.progress is not None
    assert 0 <= running.progress < 1
    assert (await look(provider, second.task_id)).status is TaskStatus.PENDING
    fake.render_seconds = 0.1
    await provider.cancel_generation(first.task_id)
    assert (await ended(provider, second)).status is TaskStatus.COMPLETED


async def test_a_look_brings_a_fresh_link(fake: RunwayFake, provider: Runway, wanted: VideoRequest) -> None:
    fake.link_seconds = 0
    submitted = await provider.start_generation(wanted)
    dead = (await ended(provider, submitted)).video_url
    fake.link_seconds = 3600
    fresh = (await look(provider, submitted.task_id)).video_url
    async with httpx.AsyncClient() as http:
        assert (await http.get(dead or "")).status_code == 404
        assert (await http.get(fresh or "")).status_code == 200


async def test_a_cancelled_task_is_gone(fake: RunwayFake, provider: Runway, wanted: VideoRequest) -> None:
    fake.render_seconds = 30
    submitted = await provider.start_generation(wanted)
    for _ in range(2):
        await provider.cancel_generation(submitted.task_id)
    assert await provider.check_status([submitted.task_id]) == {}
    assert fake.at_work == []
    await provider.cancel_generation("../organization")


@pytest.mark.parametrize(
    "what", ["429", "429_after", "500", "503", "reset", "reset_after", "half", "wrong_json"]
)
@pytest.mark.parametrize("file", [0, 2], ids=["picture", "performance"])
async def test_an_upload_that_goes_wrong_made_no_task(
    fake: RunwayFake, provider: Runway, wanted: VideoRequest, what: What, file: int
) -> None:
    if file:
        fake.faults.add("upload", "slow", times=file, seconds=0)
    fake.faults.add("upload", what)
    error = await refusal(provider, wanted)
    assert (error.permanent, error.maybe_accepted, error.busy) == (False, False, False)
    assert error.retry_after == (1 if what == "429_after" else None)
    assert fake.tasks == {}
    await provider.start_generation(wanted)


@pytest.mark.parametrize("what", ["429", "500", "503", "reset", "reset_after"])
async def test_a_bucket_that_takes_nothing_made_no_task(
    fake: RunwayFake, provider: Runway, wanted: VideoRequest, what: What
) -> None:
    fake.faults.add("upload", "slow", seconds=0)  # the slot; the file itself comes after it
    fake.faults.add("upload", what)
    error = await refusal(provider, wanted)
    assert (error.permanent, error.maybe_accepted) == (False, False)
    assert fake.tasks == {}


async def test_without_credits_there_it_is_not_available(
    fake: RunwayFake, provider: Runway, wanted: VideoRequest
) -> None:
    fake.credits = 15
    error = await refusal(provider, wanted)
    assert (error.permanent, error.maybe_accepted) == (True, False)
    assert "credit" not in error.message
    assert "credits" in error.raw


async def test_a_performance_that_is_too_short_is_refused(
    fake: RunwayFake, provider: Runway, wanted: VideoRequest, tmp_path: Path
) -> None:
    short = makers.film(tmp_path / "short.mp4", frames=60, size=(180, 320))
    link = await put("driver-videos/short.mp4", short, "video/mp4")
    submitted = await provider.start_generation(replace(wanted, driver_video_url=link))
    task = await ended(provider, submitted)
    assert (task.status, task.permanent) == (TaskStatus.FAILED, True)
    assert "ASSET.INVALID" in (task.raw_error or "")


async def test_a_picture_that_is_too_large_is_not_sent(
    fake: RunwayFake, provider: Runway, wanted: VideoRequest, tmp_path: Path
) -> None:
    large = tmp_path / "large.png"
    large.write_bytes(bytes(Runway.capabilities.max_image_bytes + 1))
    link = await put("target-images/large.png", large, "image/png")
    error = await refusal(provider, replace(wanted, target_image_url=link))
    assert (error.permanent, error.maybe_accepted) == (True, False)
    assert fake.calls == []


async def test_a_file_that_is_not_in_the_store(
    fake: RunwayFake, provider: Runway, wanted: VideoRequest
) -> None:
    with pytest.raises(ObjectMissing):
        await provider.start_generation(replace(wanted, driver_video_url=f"store:{RAW_UPLOADS}/absent.mp4"))
    assert fake.tasks == {}


class TestContract(ProviderContract):
    """Of what is in a store, since nothing is linked."""

    tells_bill = True
    too_fast_is_busy = False  # it is the day's limit

    def connect(self, base_url: str, *, key: str | None = None) -> Runway:
        return Runway(key or KEY, base_url)

    @pytest.fixture
    def fake(self, fake: RunwayFake) -> RunwayFake:
        return fake

    @pytest.fixture
    def wanted(self, wanted: VideoRequest) -> VideoRequest:
        return wanted
