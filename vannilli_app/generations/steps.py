"""The steps that a worker does while it holds a generation's row: prepare, submit, finish.

Each gives the columns to write when it is done, the next stage among them. Each may be begun again after a crash.
"""

import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from vannilli_app.generations import lifecycle
from vannilli_app.generations.schemas import FPS, Request
from vannilli_app.leases import Hold
from vannilli_app.media import cut, finish, sync
from vannilli_app.models import Generation
from vannilli_app.providers import VideoRequest, provider
from vannilli_app.storage import FINAL_RENDERS, RAW_UPLOADS, store

Row = Hold[Generation]
Values = dict[str, Any]


def soon() -> datetime:
    """When to look whether the job that was just queued has been taken up."""
    return datetime.now(UTC) + timedelta(seconds=10)


async def _prepare(hold: Row) -> Values:
    """Cut performance and track on the section, in time with each other, and clean the picture."""
    request = Request.model_validate(hold.row.request)
    section = request.section
    keys = lifecycle.working_files(hold.row.id, request.user_id)
    with tempfile.TemporaryDirectory(prefix="vannilli-prepare-") as name:
        folder = Path(name)
        take_file, picture, track = folder / "take", folder / "picture", folder / "track"
        driver, image, sound = folder / "driver.mp4", folder / "image.png", folder / "sound.wav"
        await store().download(RAW_UPLOADS, request.driver_path, take_file)
        await store().download(RAW_UPLOADS, request.image_path, picture)
        if request.audio_path:
            await store().download(RAW_UPLOADS, request.audio_path, track)
            await cut.cut_track(
                track, sound, start_seconds=request.track_start, seconds=section.exact_seconds
            )
        hold.news = {"status": "processing", "progress": 0.2}
        start = await _performance_start(request, take_file, sound if request.audio_path else None)
        if not request.audio_path:
            await cut.cut_track(take_file, sound, start_seconds=start, seconds=section.exact_seconds)
        hold.news = {"progress": 0.4}
        await cut.prepare_driver(
            take_file, driver, start_seconds=start, seconds=section.exact_seconds, fps=Fraction(FPS)
        )
        await cut.prepare_image(picture, image)
        types = ("video/mp4", "image/png", "audio/wav")
        for key, path, content_type in zip(keys, (driver, image, sound), types, strict=True):
            await store().upload(RAW_UPLOADS, key, path, content_type)
    return {"status": "processing", "stage": "submitted", "due_at": soon()}


async def _performance_start(request: Request, performance: Path, track: Path | None) -> Fraction:
    """How far into the performance the section begins, in seconds: heard against the track where the microphone
    caught it, else by the recorder's clock."""
    noted = Fraction(request.capture_offset_seconds or 0)
    if track is None:
        return noted
    offset = await sync.align(track, performance, clock_seconds=float(noted))
    return max(Fraction(offset.seconds).limit_denominator(100_000), Fraction(0))


async def _submit(hold: Row) -> Values:
    """Hand the work to the provider, once: after a crash the task is found again by our id."""
    row = hold.row
    chosen = provider(row.provider)
    request = await _video_request(row, fetches_links=chosen.capabilities.fetches_links)
    task = await chosen.find(request.external_id) if row.tries > 1 else None
    task = task or await chosen.start_generation(request)
    now = datetime.now(UTC)
    return {
        "stage": "rendering",
        "kling_task_id": task.task_id,
        "due_at": now + timedelta(seconds=chosen.capabilities.poll_seconds),
    }


async def _finish(hold: Row) -> Values:
    """Put the untouched track under the video at its exact length, and make what is shown before it is bought."""
    row = hold.row
    request = Request.model_validate(row.request)
    _, _, sound_key = lifecycle.working_files(row.id, request.user_id)
    with tempfile.TemporaryDirectory(prefix="vannilli-finish-") as name:
        folder = Path(name)
        video, sound = folder / "result.mp4", folder / "sound.wav"
        await _fetch(row.result_url or "", video)
        await store().download(RAW_UPLOADS, sound_key, sound)
        files = await finish.finish(
            video,
            sound,
            folder,
            size=(request.width, request.height),
            fps=Fraction(FPS),
            frames=request.section.frames(FPS),
            watermark=row.watermarked,
            on_progress=lambda done: hold.news.update(progress=done),
        )
        keys = {
            "final_video_r2_path": (files.final, "video/mp4"),
            "preview_video_r2_path": (files.preview, "video/mp4"),
            "preview_gif_r2_path": (files.gif, "image/gif"),
            "thumbnail_r2_path": (files.thumbnail, "image/jpeg"),
        }
        paths = {column: f"videos/{row.id}/{path.name}" for column, (path, _) in keys.items()}
        for column, (path, content_type) in keys.items():
            await store().upload(FINAL_RENDERS, paths[column], path, content_type)
    return {
        **paths,
        "status": "completed",
        "stage": "done",
        "width": files.width,
        "height": files.height,
        "duration_seconds": float(files.duration),
        "completed_at": datetime.now(UTC),
    }


STEPS: dict[str, Callable[[Row], Awaitable[Values]]] = {
    "preparing": _prepare,
    "submitted": _submit,
    "finishing": _finish,
}


def leftovers(row: Generation) -> list[str]:
    """Keys of the raw uploads' bucket that a generation made on its way."""
    request = Request.model_validate(row.request)
    keys = [*lifecycle.working_files(row.id, request.user_id)]
    if (row.result_url or "").startswith("store:"):
        keys.append(_located(row.result_url or "")[1])
    return keys


async def _video_request(row: Generation, *, fetches_links: bool) -> VideoRequest:
    request = Request.model_validate(row.request)
    driver_key, image_key, _ = lifecycle.working_files(row.id, request.user_id)

    async def link(key: str) -> str:
        if fetches_links:
            return await store().presign_get(RAW_UPLOADS, key, expires=24 * 3600)
        return f"store:{RAW_UPLOADS}/{key}"

    return VideoRequest(
        external_id=lifecycle.external_id(row.internal_task_id, row.attempt),
        driver_video_url=await link(driver_key),
        target_image_url=await link(image_key),
        width=request.width,
        height=request.height,
        fps=FPS,
        frames=request.section.frames(FPS),
        bpm=float(request.bpm),
        prompt=request.prompt,
        mode=request.mode,
        character_orientation=request.character_orientation,
    )


async def _fetch(url: str, path: Path) -> None:
    """Copy a provider's result. Only our own store's links exist so far."""
    await store().download(*_located(url), path)


def _located(url: str) -> tuple[str, str]:
    bucket, _, key = url.removeprefix("store:").partition("/")
    return bucket, key
