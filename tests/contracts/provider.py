"""What every `VideoProvider` must do: an adapter's tests subclass `ProviderContract`, or `CallbackContract` when the
provider calls back, and give it a `fake` fixture and `connect`."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.fakes.faults import What
from tests.fakes.server import serving
from tests.fakes.service import FakeService
from vannilli_app.errors import Forbidden, Invalid
from vannilli_app.providers.base import (
    Callback,
    ProviderError,
    ProviderTask,
    TaskStatus,
    VideoProvider,
    VideoRequest,
)

WRONG_KEY = "a-wrong-key:of-nobody-whom-the-provider-knows"  # with a colon, as some have, and long enough to sign with
NOBODY = "http://127.0.0.1:9"  # where nobody listens
SIGNED_SECONDS = 300  # how long a signed callback is good
LOST_AFTER: list[What] = ["reset_after", "half", "wrong_json"]  # it was done, and the answer got lost
LOST: list[What] = ["500", "503", "reset", *LOST_AFTER]  # from outside they all look the same
TOO_FAST: list[What] = ["429", "429_after"]


class ProviderContract:
    """`connect` makes an adapter with the right key, or with the one that is given. `wanted` is a request that the fake
    takes; a provider that takes `store:` links, or none that are canned, replaces it.

    `tells_bill`: the provider tells what it took for a completed task. `too_fast_is_busy`: a call that comes too fast
    says that the provider is well.
    """

    tells_bill = False
    too_fast_is_busy = True

    def connect(self, base_url: str, *, key: str | None = None) -> VideoProvider:
        raise NotImplementedError

    def unknown_id(self, fake: FakeService) -> str:
        """A task id of the right form that the provider has never given."""
        return uuid4().hex

    @pytest.fixture
    def fake(self) -> Iterator[FakeService]:
        """The vendor's fake, being served, its `base_url` set."""
        raise NotImplementedError

    @pytest.fixture
    def wanted(self) -> VideoRequest:
        return VideoRequest(
            external_id=str(uuid4()),
            driver_video_url="https://store.example/take.mp4?signature=1",
            target_image_url="https://store.example/picture.png?signature=2",
            width=720,
            height=1280,
            fps=30,
            frames=150,
            bpm=100,
        )

    @pytest.fixture
    async def provider(self, fake: FakeService) -> AsyncIterator[VideoProvider]:
        made = self.connect(fake.base_url)
        yield made
        await made.close()

    @pytest.fixture
    async def stranger(self, fake: FakeService) -> AsyncIterator[VideoProvider]:
        """The adapter with a wrong key."""
        made = self.connect(fake.base_url, key=WRONG_KEY)
        yield made
        await made.close()

    @pytest.fixture
    async def lost(self) -> AsyncIterator[VideoProvider]:
        """The adapter where nobody listens."""
        made = self.connect(NOBODY)
        yield made
        await made.close()

    # --- a task's way -----------------------------------------------------------------------------------------

    async def test_it_is_what_it_says(self, fake: FakeService, provider: VideoProvider) -> None:
        assert provider.name
        assert provider.origin == fake.base_url
        can = provider.capabilities
        assert set(can.max_seconds) == {"video", "image"}
        assert all(can.min_seconds < seconds for seconds in can.max_seconds.values())
        assert set(can.usd_per_second) == {"standard", "pro"}
        assert can.calls_back == isinstance(self, CallbackContract), "choose the other contract"

    async def test_nothing_is_made_of_files_that_are_only_brought(
        self, fake: FakeService, provider: VideoProvider, wanted: VideoRequest
    ) -> None:
        ready = await provider.prepare(wanted)
        assert fake.tasks == {}
        await provider.start_generation(ready)
        assert len(fake.tasks) == 1
        assert await provider.prepare(ready) == ready  # once is enough

    async def test_a_submitted_task_is_known(
        self, fake: FakeService, provider: VideoProvider, wanted: VideoRequest
    ) -> None:
        fake.render_seconds = 30
        submitted = await provider.start_generation(wanted)
        assert submitted.task_id
        assert submitted.status in (TaskStatus.PENDING, TaskStatus.PROCESSING)
        found = await provider.check_status([submitted.task_id])
        assert list(found) == [submitted.task_id]
        assert found[submitted.task_id].task_id == submitted.task_id
        assert found[submitted.task_id].status in (TaskStatus.PENDING, TaskStatus.PROCESSING)

    async def test_a_task_runs_through(self, provider: VideoProvider, wanted: VideoRequest) -> None:
        made = await ended(provider, await provider.start_generation(wanted))
        assert (made.status, made.error) == (TaskStatus.COMPLETED, None)
        async with httpx.AsyncClient() as http:
            answer = await http.get(made.video_url or "")
        assert answer.status_code == 200
        assert len(answer.content) > 0
        assert (made.billed is not None) == self.tells_bill

    async def test_a_whole_batch_is_looked_at(self, provider: VideoProvider, wanted: VideoRequest) -> None:
        count = min(provider.capabilities.batch, 2)
        submitted = [
            await provider.start_generation(replace(wanted, external_id=str(uuid4()))) for _ in range(count)
        ]
        wanted_ids = [task.task_id for task in submitted]
        assert set(await provider.check_status(wanted_ids)) == set(wanted_ids)

    async def test_a_task_that_fails_may_be_tried_again(
        self, fake: FakeService, provider: VideoProvider, wanted: VideoRequest
    ) -> None:
        fake.faults.add("render", "fails")
        failed = await ended(provider, await provider.start_generation(wanted))
        assert (failed.status, failed.permanent) == (TaskStatus.FAILED, False)
        assert failed.raw_error
        assert failed.video_url is None

    async def test_a_refused_task_says_why(
        self, fake: FakeService, provider: VideoProvider, wanted: VideoRequest
    ) -> None:
        fake.faults.add("render", "refused")
        refused = await ended(provider, await provider.start_generation(wanted))
        assert (refused.status, refused.permanent) == (TaskStatus.FAILED, True)
        assert is_a_sentence(refused.error)
        assert refused.raw_error

    async def test_unknown_tasks_are_missing(
        self, fake: FakeService, provider: VideoProvider, wanted: VideoRequest
    ) -> None:
        assert await provider.check_status([self.unknown_id(fake)]) == {}
        known = (await provider.start_generation(wanted)).task_id
        batch = [known, self.unknown_id(fake)][: provider.capabilities.batch]
        assert list(await provider.check_status(batch)) == [known]

    async def test_a_status_that_nobody_knows_is_work(
        self, fake: FakeService, provider: VideoProvider, wanted: VideoRequest
    ) -> None:
        submitted = await provider.start_generation(wanted)
        fake.faults.add("look", "unknown_status")
        strange = (await provider.check_status([submitted.task_id]))[submitted.task_id]
        assert strange.status is TaskStatus.PROCESSING
        assert (await ended(provider, submitted)).status is TaskStatus.COMPLETED

    # --- our own id -------------------------------------------------------------------------------------------

    async def test_a_task_is_found_by_our_id(self, provider: VideoProvider, wanted: VideoRequest) -> None:
        submitted = await provider.start_generation(wanted)
        assert await provider.find(str(uuid4())) is None
        assert_found(provider, await provider.find(wanted.external_id), submitted)

    async def test_our_id_makes_one_task(
        self, fake: FakeService, provider: VideoProvider, wanted: VideoRequest
    ) -> None:
        tasks = [await provider.start_generation(wanted) for _ in range(2)]
        only_one = provider.capabilities.finds_by_our_id
        assert len(fake.tasks) == len({task.task_id for task in tasks}) == (1 if only_one else 2)

    @pytest.mark.parametrize("what", LOST_AFTER)
    async def test_a_lost_submission_is_found_again(
        self, fake: FakeService, provider: VideoProvider, wanted: VideoRequest, what: What
    ) -> None:
        fake.faults.add("submit", what)
        assert (await refusal(provider, wanted)).maybe_accepted
        (made,) = fake.tasks
        found = await provider.find(wanted.external_id)
        if not provider.capabilities.finds_by_our_id:
            assert found is None
            return
        assert found is not None
        assert found.task_id == made
        assert (await provider.start_generation(wanted)).task_id == made
        assert list(fake.tasks) == [made]

    # --- the end of a task ------------------------------------------------------------------------------------

    async def test_a_running_task_is_cancelled_where_it_can_be(
        self, fake: FakeService, provider: VideoProvider, wanted: VideoRequest
    ) -> None:
        fake.render_seconds = 30
        task_id = (await provider.start_generation(wanted)).task_id
        for _ in range(2):
            await provider.cancel_generation(task_id)
        found = (await provider.check_status([task_id])).get(task_id)
        stopped = found is None or found.status is TaskStatus.FAILED
        assert stopped == (fake.at_work == []) == provider.capabilities.cancels

    async def test_a_cancel_that_comes_too_late_harms_nothing(
        self, fake: FakeService, provider: VideoProvider, wanted: VideoRequest
    ) -> None:
        made = await ended(provider, await provider.start_generation(wanted))
        await provider.cancel_generation(made.task_id)
        await provider.cancel_generation(self.unknown_id(fake))

    # --- what goes wrong --------------------------------------------------------------------------------------

    @pytest.mark.parametrize("what", LOST)
    async def test_a_submission_without_an_answer_may_have_been_heard(
        self, fake: FakeService, provider: VideoProvider, wanted: VideoRequest, what: What
    ) -> None:
        fake.faults.add("submit", what)
        error = await refusal(provider, wanted)
        assert (error.permanent, error.maybe_accepted, error.busy) == (False, True, False)
        assert len(fake.tasks) == (1 if what in LOST_AFTER else 0)

    @pytest.mark.parametrize("what", TOO_FAST)
    async def test_a_submission_that_comes_too_fast_was_not_heard(
        self, fake: FakeService, provider: VideoProvider, wanted: VideoRequest, what: What
    ) -> None:
        fake.faults.add("submit", what)
        error = await refusal(provider, wanted)
        assert (error.permanent, error.maybe_accepted) == (False, False)
        assert error.busy == self.too_fast_is_busy
        assert error.retry_after == (1.0 if what == "429_after" else None)
        assert fake.tasks == {}
        await provider.start_generation(wanted)

    async def test_where_nobody_listens_nothing_was_heard(
        self, lost: VideoProvider, wanted: VideoRequest
    ) -> None:
        error = await refusal(lost, wanted)
        assert (error.permanent, error.maybe_accepted, error.busy) == (False, False, False)

    @pytest.mark.parametrize("what", [*LOST, *TOO_FAST])
    async def test_a_look_that_goes_wrong_is_tried_again(
        self, fake: FakeService, provider: VideoProvider, wanted: VideoRequest, what: What
    ) -> None:
        submitted = await provider.start_generation(wanted)
        fake.faults.add("look", what)
        with pytest.raises(ProviderError) as caught:
            await provider.check_status([submitted.task_id])
        assert not caught.value.permanent
        assert caught.value.retry_after == (1.0 if what == "429_after" else None)
        assert (await ended(provider, submitted)).status is TaskStatus.COMPLETED

    async def test_a_slow_answer_is_waited_for(
        self, fake: FakeService, provider: VideoProvider, wanted: VideoRequest
    ) -> None:
        fake.faults.add("submit", "slow", seconds=0.2)
        await provider.start_generation(wanted)
        assert len(fake.tasks) == 1

    async def test_a_wrong_key_is_said_without_saying_it(
        self, fake: FakeService, provider: VideoProvider, stranger: VideoProvider, wanted: VideoRequest
    ) -> None:
        error = await refusal(stranger, wanted)
        submitted = await provider.start_generation(wanted)
        with pytest.raises(ProviderError) as caught:
            await stranger.check_status([submitted.task_id])
        for one in (error, caught.value):
            assert (one.permanent, one.maybe_accepted, one.busy) == (True, False, False)
            assert is_a_sentence(one.message)
            assert one.raw
            assert not any(part in one.message + one.raw for part in WRONG_KEY.split(":"))
        assert len(fake.tasks) == 1

    # --- callbacks --------------------------------------------------------------------------------------------

    async def test_whoever_comes_without_proof_is_not_heard(
        self, provider: VideoProvider, wanted: VideoRequest
    ) -> None:
        query = {"external_id": wanted.external_id}
        for body in (b"", b"{}", b'{"id":"1","status":"succeeded"}'):
            with pytest.raises(Forbidden) as caught:
                provider.parse_callback({}, query, body, datetime.now(UTC))
            assert caught.value.code == "bad_signature"


@dataclass
class Heard:
    """A callback as it came."""

    headers: dict[str, str]
    query: dict[str, str]
    body: bytes

    def by(self, provider: VideoProvider, *, late: float = 0) -> Callback:
        """What the provider's adapter makes of it, so many seconds later."""
        at = datetime.now(UTC) + timedelta(seconds=late)
        return provider.parse_callback(self.headers, self.query, self.body, at)


class Ear:
    """A server of ours that is called back."""

    def __init__(self) -> None:
        self.base_url = ""
        self._heard: asyncio.Queue[Heard] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/callback", self._hear, methods=["POST"])])

    def address(self, external_id: str) -> str:
        return f"{self.base_url}/callback?external_id={external_id}"

    async def next(self) -> Heard:
        async with asyncio.timeout(10):
            return await self._heard.get()

    async def _hear(self, request: Request) -> Response:
        heard = Heard(dict(request.headers), dict(request.query_params), await request.body())
        self._loop.call_soon_threadsafe(self._heard.put_nowait, heard)
        return Response()


class CallbackContract(ProviderContract):
    """For a provider that calls back; `connect` gives the adapter what it needs to check that."""

    @pytest.fixture
    async def ear(self) -> AsyncIterator[Ear]:
        made = Ear()
        with serving(made.app()) as made.base_url:
            yield made

    @pytest.fixture
    def heeded(self, wanted: VideoRequest, ear: Ear) -> VideoRequest:
        """The request whose changes are told to us."""
        return replace(wanted, callback_url=ear.address(wanted.external_id))

    async def test_a_genuine_callback_says_which_task(
        self, provider: VideoProvider, heeded: VideoRequest, ear: Ear
    ) -> None:
        submitted = await provider.start_generation(heeded)
        told = (await ear.next()).by(provider)
        assert told.task_id in ("", submitted.task_id)
        assert told.task_id == submitted.task_id or told.external_id == heeded.external_id
        assert told.external_id in (None, heeded.external_id)

    async def test_a_doubled_callback_says_the_same(
        self, fake: FakeService, provider: VideoProvider, heeded: VideoRequest, ear: Ear
    ) -> None:
        fake.faults.add("callback", "doubled", times=-1)
        await provider.start_generation(heeded)
        first, second = await ear.next(), await ear.next()
        assert first.by(provider) == first.by(provider) == second.by(provider)

    async def test_a_forged_callback_is_refused(
        self, fake: FakeService, provider: VideoProvider, heeded: VideoRequest, ear: Ear
    ) -> None:
        fake.faults.add("callback", "forged", times=-1)
        await provider.start_generation(heeded)
        assert_refused(provider, await ear.next())

    @pytest.mark.parametrize("seconds", [-SIGNED_SECONDS - 60, SIGNED_SECONDS + 60])
    async def test_a_callback_of_another_time_is_refused(
        self, provider: VideoProvider, heeded: VideoRequest, ear: Ear, seconds: float
    ) -> None:
        await provider.start_generation(heeded)
        heard = await ear.next()
        assert_refused(provider, heard, late=seconds)
        heard.by(provider, late=seconds / 2)

    async def test_a_bent_callback_is_refused(
        self, provider: VideoProvider, heeded: VideoRequest, ear: Ear
    ) -> None:
        await provider.start_generation(heeded)
        heard = await ear.next()
        assert_refused(provider, replace(heard, headers={}))
        for body in (b"", heard.body[:-1], heard.body[: len(heard.body) // 2], heard.body + b" "):
            assert_refused(provider, replace(heard, body=body))
        heard.by(provider)


def assert_found(provider: VideoProvider, found: ProviderTask | None, submitted: ProviderTask) -> None:
    """A task is found by our id exactly where the provider keeps such ids."""
    assert (found is not None) == provider.capabilities.finds_by_our_id
    assert found is None or found.task_id == submitted.task_id


def assert_refused(provider: VideoProvider, heard: Heard, *, late: float = 0) -> None:
    with pytest.raises((Forbidden, Invalid)):
        heard.by(provider, late=late)


def is_a_sentence(words: str | None) -> bool:
    """For a person: it begins and ends like a sentence and shows nothing technical."""
    return bool(words) and words[0].isupper() and words[-1] == "." and not set("{}[]<>_=") & set(words)


async def ended(provider: VideoProvider, task: ProviderTask) -> ProviderTask:
    async with asyncio.timeout(20):
        while task.status in (TaskStatus.PENDING, TaskStatus.PROCESSING):
            await asyncio.sleep(0.02)
            task = (await provider.check_status([task.task_id]))[task.task_id]
    return task


async def refusal(provider: VideoProvider, wanted: VideoRequest) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await provider.start_generation(wanted)
    return caught.value
