"""Kling by both its standards with a fake of it: the contract, its limits, its bills."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.contracts.provider import CallbackContract, ended, refusal
from tests.fakes.kling import (
    ACCESS_KEY,
    API_KEY,
    LEGACY_PATH,
    SECRET_KEY,
    WEBHOOK_SECRET,
    KlingFake,
)
from tests.fakes.kling_replay import REQUEST, legacy_at
from tests.fakes.server import serving
from tests.media import makers
from vannilli_app.providers.base import TaskStatus, VideoRequest
from vannilli_app.providers.kling import NOT_NOW, NOT_TAKEN, Kling
from vannilli_app.providers.kling_legacy import KlingLegacy, token

FRAMES = 120  # 4 s


@pytest.fixture
def fake() -> Iterator[KlingFake]:
    made = KlingFake(render_seconds=0.05, canned=b"a canned video")
    with serving(made.app()) as made.base_url:
        yield made


@pytest.fixture
async def kling(fake: KlingFake) -> AsyncIterator[Kling]:
    made = Kling(API_KEY, fake.base_url, WEBHOOK_SECRET)
    yield made
    await made.close()


@pytest.fixture
async def legacy(fake: KlingFake) -> AsyncIterator[KlingLegacy]:
    made = legacy_at(fake.base_url)
    yield made
    await made.close()


class TestKling(CallbackContract):
    tells_bill = True

    def connect(self, base_url: str, *, key: str | None = None) -> Kling:
        return Kling(key or API_KEY, base_url, WEBHOOK_SECRET)

    @pytest.fixture
    def fake(self, fake: KlingFake) -> KlingFake:
        return fake


class TestKlingLegacy(CallbackContract):
    tells_bill = True

    def connect(self, base_url: str, *, key: str | None = None) -> KlingLegacy:
        access_key, secret_key = key.split(":") if key else (ACCESS_KEY, SECRET_KEY)
        return KlingLegacy(access_key, secret_key, base_url, WEBHOOK_SECRET)

    @pytest.fixture
    def fake(self, fake: KlingFake) -> KlingFake:
        return fake


@pytest.mark.parametrize("standard", [Kling, KlingLegacy])
async def test_above_the_parallel_tasks_kling_is_busy(
    fake: KlingFake, kling: Kling, legacy: KlingLegacy, standard: type
) -> None:
    fake.slots, fake.render_seconds = 1, 30
    provider = kling if standard is Kling else legacy
    first = await provider.start_generation(REQUEST)
    error = await refusal(provider, replace(REQUEST, external_id=str(uuid4())))
    assert (error.busy, error.permanent, error.maybe_accepted) == (True, False, False)
    assert (await provider.start_generation(REQUEST)).task_id == first.task_id


async def test_an_empty_account_is_not_the_artists_fault(fake: KlingFake, kling: Kling) -> None:
    fake.refusal = (429, 1102)
    error = await refusal(kling, REQUEST)
    assert (error.message, error.permanent, error.busy) == (NOT_NOW, True, False)
    assert "depleted" in error.raw


async def test_a_legacy_token_opens_only_legacy_paths(fake: KlingFake, legacy: KlingLegacy) -> None:
    async with httpx.AsyncClient(base_url=fake.base_url) as http:
        at = int(datetime.now(UTC).timestamp())
        headers = {"authorization": f"Bearer {token(ACCESS_KEY, SECRET_KEY, at)}"}
        new = await http.get("/tasks", params={"task_ids": "1"}, headers=headers)
        assert (new.status_code, new.json()["code"]) == (401, 1002)
        for moved, code in [(-1801, 1004), (60, 1003)]:
            headers = {"authorization": f"Bearer {token(ACCESS_KEY, SECRET_KEY, at + moved)}"}
            refused = await http.get(f"{LEGACY_PATH}/1", headers=headers)
            assert (refused.status_code, refused.json()["code"]) == (401, code)
    assert await legacy.check_status(["1"]) == {}


@pytest.mark.parametrize(
    "query", [{}, {"task_ids": "1", "external_task_ids": "2"}, {"task_ids": ",".join(map(str, range(21)))}]
)
async def test_the_fake_minds_how_it_is_asked(fake: KlingFake, query: dict[str, str]) -> None:
    async with httpx.AsyncClient(
        base_url=fake.base_url, headers={"authorization": f"Bearer {API_KEY}"}
    ) as http:
        answer = await http.get("/tasks", params=query)
        assert (answer.status_code, answer.json()["code"]) == (400, 1201)
        listed = await http.post("/tasks", json={"start_time": 0, "end_time": 1, "limit": 10})
        assert listed.json()["data"] == []


async def test_inputs_are_links(fake: KlingFake, kling: Kling) -> None:
    error = await refusal(kling, replace(REQUEST, driver_video_url="data:video/mp4;base64,AAAA"))
    assert (error.message, error.permanent) == (NOT_TAKEN, True)
    assert fake.tasks == {}


async def test_a_look_brings_a_fresh_link(fake: KlingFake, kling: Kling) -> None:
    fake.link_seconds = 0
    task = await ended(kling, await kling.start_generation(REQUEST))
    fake.link_seconds = 3600
    fresh = (await kling.check_status([task.task_id]))[task.task_id]
    async with httpx.AsyncClient() as http:
        assert (await http.get(task.video_url or "")).status_code == 404
        assert (await http.get(fresh.video_url or "")).status_code == 200


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a store with a picture, and with performances of 4 and of 2 s."""
    folder = tmp_path_factory.mktemp("kling")
    take = makers.film(folder / "take.mp4", frames=FRAMES, size=(180, 320))
    makers.film(folder / "short.mp4", frames=60, size=(180, 320))
    makers.ffmpeg("-i", take, "-frames:v", 1, folder / "picture.png")
    contents = {path.name: path.read_bytes() for path in folder.iterdir()}

    async def file(request: Request) -> Response:
        content = contents.get(request.path_params["name"])
        return Response(content, 200 if content else 404)

    with serving(Starlette(routes=[Route("/{name}", file)])) as address:
        yield address


@pytest.fixture
def real(fake: KlingFake, files: str) -> VideoRequest:
    """A request whose files the fake really fetches."""
    fake.canned = None
    return replace(
        REQUEST, driver_video_url=f"{files}/take.mp4", target_image_url=f"{files}/picture.png", mode="pro"
    )


@pytest.mark.parametrize("charge_type", ["cash", "unit"])
async def test_what_comes_out_shorter_costs_less(
    fake: KlingFake, kling: Kling, real: VideoRequest, charge_type: str
) -> None:
    fake.charge_type = charge_type
    whole = await ended(kling, await kling.start_generation(real))
    fake.faults.add("render", "short")
    short = await ended(kling, await kling.start_generation(replace(real, external_id=str(uuid4()))))
    assert whole.billed
    assert short.billed
    assert float(whole.billed.amount) == pytest.approx(4 * 0.112 if charge_type == "cash" else 4)
    assert float(short.billed.amount) == pytest.approx(float(whole.billed.amount) * 0.6, rel=0.02)
    assert (whole.billed.usd is None) == (charge_type == "unit")


@pytest.mark.parametrize(
    ("changed", "permanent"),
    [({"driver_video_url": "{files}/short.mp4"}, True), ({"target_image_url": "{files}/none.png"}, False)],
)
async def test_files_that_kling_cannot_use(
    kling: Kling, real: VideoRequest, files: str, changed: dict[str, str], permanent: bool
) -> None:
    bent = replace(real, **{name: url.format(files=files) for name, url in changed.items()})
    task = await ended(kling, await kling.start_generation(bent))
    assert (task.status, task.permanent) == (TaskStatus.FAILED, permanent)
