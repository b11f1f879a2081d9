"""The steps that a worker does while it holds a generation's row: prepare and finish.

Each gives the columns to write when it is done, the next stage among them. Each may be begun again after a crash.
"""

import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.config import settings
from vannilli_app.db import SERVICE, transaction
from vannilli_app.generations import lifecycle, remake, segment_queries
from vannilli_app.generations.schemas import FPS, Request
from vannilli_app.leases import Hold
from vannilli_app.media import cut, finish, join, sync
from vannilli_app.media.checks import SHORT_BY
from vannilli_app.media.marking import Marking
from vannilli_app.models import Generation, Segment
from vannilli_app.music.segments import Piece, crossfade_frames, plan
from vannilli_app.providers import provider
from vannilli_app.storage import FINAL_RENDERS, RAW_UPLOADS, store

Row = Hold[Generation]
Values = dict[str, Any]


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
        start, stretch = await _performance_clock(request, take_file, sound if request.audio_path else None)
        if not request.audio_path:
            await cut.cut_track(take_file, sound, start_seconds=start, seconds=section.exact_seconds)
        hold.news = {"progress": 0.4}
        if request.remake:
            await remake.keep_results(hold.row, request.remake)
            first, frames = await remake.reach(hold.row, request.remake)
        else:
            first, frames = _prepared(plan_for(hold.row))
        shown = start - Fraction(request.nudge_ms, 1000)
        await cut.prepare_driver(
            take_file,
            driver,
            start_seconds=shown + Fraction(first, FPS) * stretch,
            stretch=stretch,
            seconds=Fraction(frames, FPS),
            fps=Fraction(FPS),
            may_hold=SHORT_BY + Fraction(max(frames - section.frames(FPS), 0), FPS),
        )
        await cut.prepare_image(picture, image)
        types = ("video/mp4", "image/png", "audio/wav")
        for key, path, content_type in zip(keys, (driver, image, sound), types, strict=True):
            await store().upload(RAW_UPLOADS, key, path, content_type)
    return {"status": "processing", "stage": "submitted", "prepared_frames": frames}


def plan_for(row: Generation) -> list[Piece]:
    """The pieces in which a generation's provider makes its section."""
    request = Request.model_validate(row.request)
    capabilities = provider(row.provider).capabilities
    return plan(
        request.section,
        fps=FPS,
        min_seconds=capabilities.min_seconds,
        max_seconds=capabilities.max_seconds[request.character_orientation],
        crossfade=request.crossfade,
    )


async def segments_for(session: AsyncSession, row: Generation, now: datetime) -> list[Segment]:
    """A prepared generation's segments: new ones, or those of the video of which one is made again."""
    again = Request.model_validate(row.request).remake
    return await remake.segments_of(session, row, again, now) if again else segments_of(row, now)


def segments_of(row: Generation, now: datetime) -> list[Segment]:
    """A generation's segments, waiting for their turn. The prepared performance begins where the first piece does."""
    pieces = plan_for(row)
    first, _ = _prepared(pieces)
    return [
        Segment(
            generation_id=row.id,
            user_id=Request.model_validate(row.request).user_id,
            number=number,
            first_frame=piece.first_frame,
            frames=piece.frames,
            take_first=piece.take_first - first,
            take_frames=piece.take_frames,
            skip_frames=piece.first_frame - piece.take_first,
            provider=row.provider,
            external_id=lifecycle.external_id(row.internal_task_id, number, 1),
            due_at=now,
            created_at=now,
        )
        for number, piece in enumerate(pieces, start=1)
    ]


def _prepared(pieces: list[Piece]) -> tuple[int, int]:
    """First frame (before the section's start where it is negative) and length of the performance that all pieces are
    cut from."""
    first = min(piece.take_first for piece in pieces)
    return first, max(piece.take_first + piece.take_frames for piece in pieces) - first


async def _performance_clock(
    request: Request, performance: Path, track: Path | None
) -> tuple[Fraction, Fraction]:
    """How far into the performance the section begins, and how many of its seconds are one of the track's: heard
    against the track where the microphone caught it, else by the recorder's clock."""
    noted = Fraction(request.capture_offset_seconds or 0)
    if track is None:
        return noted, Fraction(1)
    offset = await sync.align(track, performance, clock_seconds=float(noted))
    start = max(Fraction(offset.seconds).limit_denominator(100_000), Fraction(0))
    return start, 1 + Fraction(offset.drift).limit_denominator(1_000_000)


async def _finish(hold: Row) -> Values:
    """Put the untouched track under the video at its exact length, and make what is shown before it is bought."""
    row = hold.row
    request = Request.model_validate(row.request)
    _, _, track_key = lifecycle.working_files(row.id, request.user_id)
    with tempfile.TemporaryDirectory(prefix="vannilli-finish-") as name:
        folder = Path(name)
        sound = folder / "sound.wav"
        await store().download(RAW_UPLOADS, track_key, sound)
        video = await _whole(row, request, folder)
        files = await finish.finish(
            video,
            sound,
            folder,
            size=(request.width, request.height),
            fps=Fraction(FPS),
            frames=request.section.frames(FPS),
            watermark=row.watermarked,
            marking=marking(row),
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
        await store().upload(FINAL_RENDERS, sound_key(row.id), sound, "audio/wav")
    return {
        **paths,
        "status": "completed",
        "stage": "done",
        "width": files.width,
        "height": files.height,
        "duration_seconds": float(files.duration),
        "completed_at": datetime.now(UTC),
    }


def sound_key(generation_id: UUID) -> str:
    """Where a finished video's sound lies before it is packed, for what is made of it later."""
    return f"videos/{generation_id}/sound.wav"


def marking(row: Generation) -> Marking:
    """What a generation's files say of themselves."""
    made_by = provider(row.provider).capabilities
    return Marking(made_by.source_type, made_by.label, datetime.now(UTC), settings())


async def _whole(row: Generation, request: Request, folder: Path) -> Path:
    """The picture of the whole section, joined where it was made in several pieces."""
    async with transaction(SERVICE) as session:
        segments = await segment_queries.of_generation(session, row.id)
    parts = [
        join.Part(folder / f"part-{segment.number}.mp4", segment.skip_frames, segment.frames)
        for segment in segments
    ]
    for segment, part in zip(segments, parts, strict=True):
        await store().download(RAW_UPLOADS, segment.result_key or "", part.path)
    if len(parts) == 1 and parts[0].skip_frames == 0:
        return parts[0].path
    whole = folder / "whole.mp4"
    await join.join(
        parts,
        whole,
        size=(request.width, request.height),
        fps=Fraction(FPS),
        crossfade=crossfade_frames(request.section, FPS) if request.crossfade else 0,
    )
    return whole


STEPS: dict[str, Callable[[Row], Awaitable[Values]]] = {
    "preparing": _prepare,
    "finishing": _finish,
}


async def leftovers(session: AsyncSession, row: Generation) -> tuple[list[str], list[str]]:
    """Keys and folders of the raw uploads' bucket that are of no use any more once a generation has ended. Where a
    finished video was made in parts, their results stay as long as uploads do: one may be made again."""
    user_id = Request.model_validate(row.request).user_id
    files = [*lifecycle.working_files(row.id, user_id)]
    pieces, results = lifecycle.working_folders(row.id, user_id)
    segments = await segment_queries.of_generation(session, row.id)
    if len(segments) > 1 and all(segment.stage == "done" for segment in segments):
        return files, [pieces]
    return [*files, *(segment.result_key for segment in segments if segment.result_key)], [pieces, results]
