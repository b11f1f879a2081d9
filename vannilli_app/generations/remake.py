"""The worker's part of making one segment again: the others' results are copied, so that each video has files of its
own and goes with them.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.db import SERVICE, transaction
from vannilli_app.errors import Conflict, NotFound
from vannilli_app.generations import lifecycle, segment_queries
from vannilli_app.generations.schemas import Remake
from vannilli_app.models import Generation, Segment
from vannilli_app.storage import RAW_UPLOADS, ObjectMissing, store
from vannilli_app.words import _

_SAME = ("user_id", "number", "first_frame", "frames", "take_first", "take_frames", "skip_frames")


async def require_results(segments: Sequence[Segment]) -> None:
    """Raises Conflict (`files_gone`) unless every segment's result is still in our store."""
    there = await asyncio.gather(*(store().head(RAW_UPLOADS, one.result_key or "none") for one in segments))
    if not all(there):
        raise Conflict(files_gone(), code="files_gone")


def files_gone() -> str:
    """What a person is told whose take, or what was made of it, is deleted."""
    return _(
        "Your take is gone from here: uploads are kept for 24 hours. Send it again, and all of it can be made anew."
    )


async def reach(row: Generation, again: Remake) -> tuple[int, int]:
    """First frame (before the section's start where it is negative) and length of the performance that the segments of
    the video before were cut from."""
    before, segments = await _before(again)
    one = segments[0]
    return (
        one.first_frame - one.skip_frames - one.take_first,
        before.prepared_frames or row.prepared_frames or 0,
    )


async def keep_results(row: Generation, again: Remake) -> None:
    """Copy the results that are kept. Raises NotFound (`files_gone`) when one is not there any more."""
    _, segments = await _before(again)
    with tempfile.TemporaryDirectory(prefix="vannilli-kept-") as name:
        for segment in _kept(segments, again):
            path = Path(name) / f"{segment.number}.mp4"
            try:
                await store().download(RAW_UPLOADS, segment.result_key or "none", path)
            except ObjectMissing as error:
                raise NotFound(files_gone(), code="files_gone") from error
            await store().upload(RAW_UPLOADS, _copy_of(row, segment), path, "video/mp4")
            path.unlink()


async def segments_of(session: AsyncSession, row: Generation, again: Remake, now: datetime) -> list[Segment]:
    """The segments of the new video: the one that is made again waits for its turn, the others are done."""
    old = await segment_queries.of_generation(session, again.generation_id)
    return [_like(row, segment, segment.number == again.number, now) for segment in old]


async def _before(again: Remake) -> tuple[Generation, list[Segment]]:
    async with transaction(SERVICE) as session:
        before = await session.get(Generation, again.generation_id)
        segments = await segment_queries.of_generation(session, again.generation_id)
    if before is None or not segments:
        raise NotFound(files_gone(), code="files_gone")
    return before, segments


def _kept(segments: Sequence[Segment], again: Remake) -> list[Segment]:
    return [segment for segment in segments if segment.number != again.number]


def _copy_of(row: Generation, segment: Segment) -> str:
    return lifecycle.result_file(row.id, segment.number, 1)


def _like(row: Generation, segment: Segment, waits: bool, now: datetime) -> Segment:
    fresh = Segment(
        **{name: getattr(segment, name) for name in _SAME},
        generation_id=row.id,
        provider=row.provider,
        external_id=lifecycle.external_id(row.internal_task_id, segment.number, 1),
        due_at=now,
        created_at=now,
    )
    if not waits:
        fresh.stage, fresh.progress, fresh.result_key = "done", 1.0, _copy_of(row, segment)
    return fresh
