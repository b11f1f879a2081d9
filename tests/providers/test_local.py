"""The local animator as a provider: its books, and what of its failures is worth another try."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.engine import clips
from vannilli_app import demo
from vannilli_app.config import Settings
from vannilli_app.db import SERVICE, Database, transaction
from vannilli_app.models import LocalRender
from vannilli_app.providers import TaskStatus, VideoRequest
from vannilli_app.providers.local import LocalAnimator, render
from vannilli_app.storage import RAW_UPLOADS, store


@pytest.fixture
def local(database: Database, environment: Settings) -> LocalAnimator:
    return LocalAnimator()


async def put(key: str, path: Path, content_type: str) -> str:
    await store().upload(RAW_UPLOADS, key, path, content_type)
    return f"store:{RAW_UPLOADS}/{key}"


async def request(inputs: demo.Inputs, **values: Any) -> VideoRequest:
    """Half a second, small."""
    links = {
        "driver_video_url": await put("driver-videos/test.mp4", inputs.performance.path, "video/mp4"),
        "target_image_url": await put("target-images/test.png", inputs.image, "image/png"),
    }
    sizes = {"external_id": "one", "width": 256, "height": 448}
    return VideoRequest(fps=30, frames=15, bpm=100, **(sizes | links | values))


async def test_a_task_is_made_once_however_often_it_is_submitted(
    local: LocalAnimator, inputs: demo.Inputs, tmp_path: Path
) -> None:
    assert await local.find("one") is None
    wanted = await request(inputs)
    for _ in range(2):
        submitted = await local.start_generation(wanted)
        assert (submitted.task_id, submitted.status) == ("one", TaskStatus.PENDING)
    await render("one")
    await render("one")  # has ended: nothing happens
    found = await local.check_status(["one", "two"])
    assert list(found) == ["one"]
    assert (found["one"].status, found["one"].progress) == (TaskStatus.COMPLETED, 1.0)
    await store().download(RAW_UPLOADS, "local-renders/one.mp4", tmp_path / "made.mp4")
    assert (tmp_path / "made.mp4").stat().st_size > 0


async def test_a_picture_that_is_none_fails_for_good(
    local: LocalAnimator, inputs: demo.Inputs, tmp_path: Path
) -> None:
    text = tmp_path / "text.png"
    text.write_text("no picture")
    await local.start_generation(
        await request(inputs, target_image_url=await put("target-images/text.png", text, "image/png"))
    )
    await render("one")
    task = (await local.check_status(["one"]))["one"]
    assert (task.status, task.permanent) == (TaskStatus.FAILED, True)
    assert task.error is not None
    assert task.error.endswith(".")


async def test_a_file_that_could_not_be_fetched_may_be_there_the_next_time(
    local: LocalAnimator, inputs: demo.Inputs
) -> None:
    await local.start_generation(
        await request(inputs, target_image_url=f"store:{RAW_UPLOADS}/target-images/absent.png")
    )
    await render("one")
    task = (await local.check_status(["one"]))["one"]
    assert (task.status, task.permanent) == (TaskStatus.FAILED, False)


async def test_a_cancelled_task_is_not_made(local: LocalAnimator, inputs: demo.Inputs) -> None:
    await local.start_generation(await request(inputs))
    await local.cancel_generation("one")
    await render("one")
    assert (await local.check_status(["one"]))["one"].status is TaskStatus.FAILED
    await local.cancel_generation("one")
    await local.cancel_generation("nobody knows it")


async def test_the_camera_of_a_scene_plays_along_to_the_sections_tempo(
    local: LocalAnimator, inputs: demo.Inputs, tmp_path: Path
) -> None:
    """Bars of one beat and four frames each: the camera cuts to a nearer view for the third one."""
    hills = np.tile(np.arange(256, dtype=np.uint8), (448, 1))
    cv2.imwrite(str(tmp_path / "hills.png"), cv2.GaussianBlur(np.roll(hills, 90, 1), (0, 0), 3) // 8 * 8)
    picture = await put("target-images/hills.png", tmp_path / "hills.png", "image/png")
    wanted = replace(await request(inputs, target_image_url=picture), bpm=450, beats_per_bar=1)
    await local.start_generation(wanted)
    await render("one")
    await store().download(RAW_UPLOADS, "local-renders/one.mp4", tmp_path / "made.mp4")
    frames = np.stack(clips.read(tmp_path / "made.mp4")).astype(int)
    changes = np.abs(np.diff(frames, axis=0)).mean((1, 2, 3))
    assert set(changes.argsort()[-2:] + 1) == {8, 12}


async def test_the_chosen_face_is_moved_and_the_camera_holds_still_unless_it_was_asked_for(
    local: LocalAnimator, inputs: demo.Inputs, tmp_path: Path
) -> None:
    alone = cv2.imread(str(inputs.image))
    cv2.imwrite(str(tmp_path / "both.png"), np.hstack([alone, alone]))
    picture = await put("target-images/both.png", tmp_path / "both.png", "image/png")
    frames = {}
    for accent in ("off", "strong"):
        choices = {"beat_accent": accent, "mouth": "drawn", "face": (0.75, 0.45)}
        wanted = await request(inputs, target_image_url=picture, external_id=accent, height=256, **choices)
        await local.start_generation(wanted)
        await render(accent)
        await store().download(RAW_UPLOADS, f"local-renders/{accent}.mp4", tmp_path / "made.mp4")
        frames[accent] = np.stack(clips.read(tmp_path / "made.mp4")).astype(int)
    left, right = (np.ptp(half, axis=0).mean() for half in np.split(frames["off"], 2, axis=2))
    assert right > 2 * left
    nearer = np.abs(frames["strong"] - frames["off"])[:, :, :128].mean(
        (1, 2, 3)
    )  # on the beat, and then no more
    assert nearer[0] > 2 * nearer[-1]


async def test_a_task_that_was_queued_before_there_were_choices_is_made(
    local: LocalAnimator, inputs: demo.Inputs
) -> None:
    await local.start_generation(await request(inputs))
    async with transaction(SERVICE) as session:
        queued = await session.get_one(LocalRender, "one")
        old = ("beat_accent", "mouth", "face")
        queued.request = {name: value for name, value in queued.request.items() if name not in old}
    await render("one")
    assert (await local.check_status(["one"]))["one"].status is TaskStatus.COMPLETED
