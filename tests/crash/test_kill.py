"""kill -9 of any part at any stage: the video is made all the same, once, and is paid once."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import psutil
import pytest

from tests.artist import Artist
from tests.crash.conftest import NewVideo
from tests.crash.video import COST, WELCOME, Video
from tests.product import POSTGRES, RENDERER, SERVER, WORKER, Product, eventually
from vannilli_app.generations.work import WORK_QUEUE

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
ORPHAN_SECONDS = 3


def kill(live: Product, part: str) -> None:
    """kill -9, and wait until the supervisor has started the part again."""
    killed = live.the(part)
    killed.kill()
    assert eventually(lambda: {process.pid for process in live.children(part)} - {killed.pid}, within=60)


@pytest.mark.parametrize(
    "stage",
    [
        pytest.param("preparing", marks=pytest.mark.long),
        "rendering",
        pytest.param("finishing", marks=pytest.mark.long),
    ],
)
async def test_the_worker_is_killed(live: Product, new_video: NewVideo, stage: str) -> None:
    video = await new_video()
    video.until_worked_on(stage)
    renderers = live.children(RENDERER)
    live.the(WORKER).kill()
    assert video.row["stage"] == stage
    assert psutil.wait_procs(renderers, ORPHAN_SECONDS)[1] == []
    await video.comes_out_right()


@pytest.mark.long
@pytest.mark.parametrize("stage", ["preparing", "rendering", "finishing"])
async def test_the_worker_is_killed_while_a_part_is_made_again(
    live: Product, new_video: NewVideo, stage: str
) -> None:
    first = await new_video("pieces", bars=2)
    assert (await first.until_ended())["status"] == "completed"
    with first.owner() as owner:
        owner.execute("UPDATE users SET credits_remaining = 5 WHERE id = %s", [first.artist.id])
        owner.execute(
            "INSERT INTO credit_entries (user_id, amount, kind, reference, balance_after)"
            " VALUES (%s, 2, 'admin', gen_random_uuid(), 5)",
            [first.artist.id],
        )
    started = await first.artist.http.post(f"/api/generations/{first.id}/parts/2/again")
    assert started.status_code == 202, started.text
    video = Video(live, first.artist, started.json()["generation_id"], started.json()["internal_task_id"])
    video.until_worked_on(stage)
    kill(live, WORKER)
    assert (await video.until_ended())["status"] == "completed"
    assert [task["external_id"] for task in video.renders] == [f"{video.task_id}-s2"]
    assert await video.credits() == (5, 5, 0)
    for one, price in ((video, 2), (video, 0), (first, 3)):
        answer = await one.artist.http.get(f"/api/download/{one.id}")
        assert answer.json()["credits_deducted"] == price
        assert answer.json()["duration_seconds"] == 2.4
    assert await video.credits() == (0, 0, 0)


async def test_the_worker_is_killed_between_submitting_and_noting_it(
    live: Product, new_video: NewVideo
) -> None:
    """The moment is milliseconds short: locks of the tables that it writes stretch it."""
    video = await new_video()
    with video.owner() as tasks, video.owner() as generations:
        tasks.execute("LOCK TABLE local_renders IN EXCLUSIVE MODE")
        video.until_a_query_waits("INSERT INTO local_renders")
        generations.execute("SELECT FROM generations WHERE id = %s FOR UPDATE", [video.id])
        tasks.commit()
        assert eventually(lambda: video.renders)
        assert (video.row["stage"], video.row["kling_task_id"]) == ("submitted", None)
        kill(live, WORKER)
        generations.rollback()
    await video.comes_out_right()


async def test_the_worker_is_asked_to_stop(live: Product, new_video: NewVideo) -> None:
    """A render that is not done in time is given back at once. This one is not: it is frozen."""
    video = await new_video()
    video.until_worked_on("rendering")
    worker, renderer = live.the(WORKER), live.the(RENDERER)
    claim = video.renders[0]["claim"]
    renderer.suspend()
    worker.terminate()
    assert psutil.wait_procs([worker, renderer], timeout=20)[1] == []
    assert video.renders[0]["claim"] != claim
    await video.comes_out_right()


async def test_the_server_is_asked_to_stop(live: Product) -> None:
    """What it is answering is answered; who comes meanwhile finds the next one."""
    server, sending = live.the(SERVER), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b"RIFF"
        sending.set()
        await asyncio.to_thread(eventually, lambda: not live.answers(), 10)  # it takes nobody new
        yield b"WAVE"

    async with httpx.AsyncClient(base_url=live.base_url, timeout=60) as http:
        artist = await Artist.sign_up(http)
        asset = {"kind": "audio", "content_type": "audio/wav", "size_bytes": 8}
        [link] = await artist.links(await artist.project(), [asset])
        headers = link["headers"] | {"content-length": "8", "authorization": ""}
        put = asyncio.create_task(
            http.request(link["method"], link["url"], content=slowly(), headers=headers)
        )
        await sending.wait()
        server.terminate()
        assert (await put).status_code == 200
    assert psutil.wait_procs([server], timeout=20)[1] == []
    assert eventually(live.answers, within=60)


async def test_the_server_is_killed(live: Product, new_video: NewVideo) -> None:
    video = await new_video()
    video.until_worked_on("rendering")
    kill(live, SERVER)
    await video.comes_out_right()
    assert video.renders[0]["tries"] == 1  # the render went on


@pytest.mark.parametrize("stage", ["rendering", pytest.param("finishing", marks=pytest.mark.long)])
async def test_postgresql_is_killed(live: Product, new_video: NewVideo, stage: str) -> None:
    video = await new_video()
    video.until_worked_on(stage)
    worker = live.the(WORKER)
    kill(live, POSTGRES)
    await video.comes_out_right()
    assert video.renders[0]["tries"] == 1
    assert worker.is_running()  # and neither did it lose what it was doing


async def test_a_cancel_ends_the_render_and_gives_the_credits_back(
    live: Product, new_video: NewVideo
) -> None:
    video = await new_video()
    video.until_worked_on("rendering")
    assert await video.credits() == (WELCOME, COST, WELCOME - COST)
    renderers = live.children(RENDERER)
    answer = await video.artist.http.post(f"/api/generations/{video.id}/cancel")
    assert answer.json()["error"]["code"] == "cancelled"
    assert psutil.wait_procs(renderers, ORPHAN_SECONDS)[1] == []
    assert await video.credits() == (WELCOME, 0, WELCOME)
    assert [task["status"] for task in video.renders] == ["cancelled"]


async def test_a_cancel_while_submitting_leaves_no_task_at_the_provider(
    live: Product, new_video: NewVideo
) -> None:
    video = await new_video()
    with video.owner() as tasks:
        tasks.execute("LOCK TABLE local_renders IN EXCLUSIVE MODE")
        video.until_a_query_waits("INSERT INTO local_renders")
        await video.artist.http.post(f"/api/generations/{video.id}/cancel")
    at_work = (
        "SELECT FROM procrastinate_jobs WHERE status = 'doing' AND args->>'segment_id' IN"
        " (SELECT id::text FROM segments WHERE generation_id::text = %(id)s)"
    )
    assert eventually(lambda: not video.rows(at_work))
    assert [task["status"] for task in video.renders] in ([], ["cancelled"])
    assert await video.credits() == (WELCOME, 0, WELCOME)


@pytest.mark.long
async def test_jobs_of_dead_workers_are_forgotten(live: Product, new_video: NewVideo) -> None:
    video = await new_video()
    video.until_worked_on("preparing")
    kill(live, WORKER)
    await video.until_ended()
    left = "SELECT id FROM procrastinate_jobs WHERE status = 'doing' AND task_name <> 'worker.tidy'"
    assert video.rows(left)
    with video.owner() as owner:
        owner.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"
            " WHERE id IN (SELECT worker_id FROM procrastinate_jobs WHERE status = 'doing')"
        )
        owner.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
            " VALUES (%s, 'worker.tidy', '{\"timestamp\": 0}')",
            [WORK_QUEUE],
        )
    assert eventually(lambda: not video.rows(left))
