"""The worker's part of release kits: making them, taking up what a dead worker left, and forgetting old ones."""

import logging
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import cast
from uuid import UUID

from sqlmodel import col, update

from vannilli_app.db import SERVICE, transaction
from vannilli_app.generations import steps, work
from vannilli_app.generations.schemas import FPS, Request
from vannilli_app.leases import Hold, LostClaim, free_lapsed, heartbeat, persistently, take, write
from vannilli_app.media import kit
from vannilli_app.media.finish import Aspect
from vannilli_app.models import Generation, ReleaseKit
from vannilli_app.music import markers
from vannilli_app.music.segments import beat_lines
from vannilli_app.music.tempo import Section
from vannilli_app.releases import service
from vannilli_app.storage import FINAL_RENDERS, ObjectMissing, store

MOST_TRIES = 3

log = logging.getLogger(__name__)


async def make_kit(generation_id: str) -> None:
    """Make a kit, if nobody else does. Runs again after a crash without harm."""
    hold = await take(
        ReleaseKit,
        col(ReleaseKit.generation_id) == UUID(generation_id),
        col(ReleaseKit.status) == "pending",
        now=datetime.now(UTC),
    )
    if hold is None:
        return
    row = hold.row
    try:
        async with heartbeat(hold, tell=lambda session: work.tell(session, row.user_id, row.generation_id)):
            size = await _make(hold)
        await persistently(lambda: _ready(hold, size))
    except LostClaim:
        log.info("the kit of %s was taken over, or its video is not there any more", generation_id)
        await _discard_if_deleted(row)
    except Exception:
        log.exception("the kit of %s, try %s", generation_id, row.tries)
        await persistently(lambda: _failed(hold))


async def revive(now: datetime) -> int:
    """Queue again the kits whose worker died, or that wait for their next try; returns how many."""
    async with transaction(SERVICE) as session:
        lapsed = await free_lapsed(session, ReleaseKit, col(ReleaseKit.status) == "pending", now=now)
        for row in lapsed:
            await service.queue(session, row.generation_id)
    return len(lapsed)


async def forget_old(now: datetime) -> int:
    """Delete the kits of videos that are not kept any more; returns how many."""
    async with transaction(SERVICE) as session:
        gone = await service.forget_old(session, now)
    for generation_id in gone:
        await store().delete(FINAL_RENDERS, service.kit_key(generation_id))
    return len(gone)


async def _make(hold: Hold[ReleaseKit]) -> int:
    """Make it and store it; its size in bytes."""
    async with transaction(SERVICE) as session:
        made = await session.get_one(Generation, hold.row.generation_id)
    request = Request.model_validate(made.request)
    section = request.section
    with tempfile.TemporaryDirectory(prefix="vannilli-kit-") as name:
        final, sound, packed = (Path(name) / one for one in ("final.mp4", "sound.wav", "kit.zip"))
        await store().download(FINAL_RENDERS, made.final_video_r2_path or "", final)
        try:
            await store().download(FINAL_RENDERS, steps.sound_key(made.id), sound)
        except ObjectMissing:  # of a video that was made before its sound was kept
            sound = final
        frames, times = markers.canvas_loop(section, FPS)
        video = kit.Video(
            file=final,
            sound=sound,
            aspect=cast(Aspect, request.aspect),
            seconds=section.exact_seconds,
            fps=FPS,
            frames=section.frames(FPS),
            beat=beat_lines(section, FPS)[1],
            canvas=frames,
            canvas_times=times,
        )
        await kit.pack(
            video,
            packed,
            steps.marking(made),
            _texts(section, request.track_name),
            lambda share: hold.news.update(progress=share),
        )
        await store().upload(FINAL_RENDERS, service.kit_key(made.id), packed, "application/zip")
        return packed.stat().st_size


def _texts(section: Section, title: str) -> dict[str, str | bytes]:
    return {
        "bar-lines.csv": markers.bar_table(section, FPS),
        "bar-lines.edl": markers.edit_list(section, FPS, title=title),
        "tempo-map.mid": markers.tempo_map(section),
    }


async def _ready(hold: Hold[ReleaseKit], size: int) -> None:
    row = hold.row
    async with transaction(SERVICE) as session:
        await write(
            session,
            hold,
            claim=None,
            status="ready",
            progress=1.0,
            size_bytes=size,
            ready_at=datetime.now(UTC),
        )
        await work.tell(session, row.user_id, row.generation_id)


async def _failed(hold: Hold[ReleaseKit]) -> None:
    row = hold.row
    async with transaction(SERVICE) as session:
        later = {"claim": None, "due_at": datetime.now(UTC) + service.UNTIL_REVIVED}
        status = "failed" if row.tries >= MOST_TRIES else "pending"
        await session.exec(update(ReleaseKit).where(hold.is_held()).values(status=status, **later))
        await work.tell(session, row.user_id, row.generation_id)


async def _discard_if_deleted(row: ReleaseKit) -> None:
    """Keep nothing of a video that was deleted while its kit was made."""
    async with transaction(SERVICE) as session:
        gone = await session.get(ReleaseKit, row.generation_id) is None
    if gone:
        await store().delete(FINAL_RENDERS, service.kit_key(row.generation_id))
