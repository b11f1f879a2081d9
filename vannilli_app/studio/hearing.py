"""What can be heard in a person's files: the beats of a track, and where the track lies in a performance.

Decoding and listening take seconds, and happen between transactions and in threads.
"""

import asyncio
import tempfile
from math import ceil
from pathlib import Path
from uuid import UUID

from vannilli_app.db import as_user, transaction
from vannilli_app.errors import Conflict, Invalid, NotFound
from vannilli_app.media import beats, cut, sync
from vannilli_app.models import Asset, Project
from vannilli_app.storage import RAW_UPLOADS, store
from vannilli_app.studio import queries
from vannilli_app.studio.inspection import judge
from vannilli_app.studio.parts import has_arrived
from vannilli_app.studio.schemas import Alignment, HeardBeats
from vannilli_app.studio.service import require_asset, require_project, section_of
from vannilli_app.words import _

HEARD_SECONDS = 120.0  # of a track: enough for its tempo and its first bars
_LISTENERS = asyncio.Semaphore(2)


async def beats_of_track(user_id: UUID, project_id: UUID) -> HeardBeats:
    """The beats of a project's newest track, from the first minutes of it, in bars of the project's metre.

    Heard once and then kept. Raises NotFound, also `asset_missing` without a track.
    """
    async with transaction(as_user(user_id)) as session:
        project = await require_project(session, user_id, project_id)
        track = await queries.newest_decoded(session, project_id, "audio")
    if track is None:
        raise NotFound(_("There is no track yet. Bring it first."), code="asset_missing")
    in_a_bar = ceil(section_of(project).meter.beats_per_bar)
    if track.beats and track.beats["beats_per_bar"] == in_a_bar:
        return HeardBeats.model_validate(track.beats)
    heard = await _listen(track, in_a_bar)
    async with transaction(as_user(user_id)) as session:
        await queries.keep_beats(session, track, heard.model_dump())
    return heard


async def _listen(track: Asset, in_a_bar: int) -> HeardBeats:
    async with _LISTENERS:
        with tempfile.TemporaryDirectory(prefix="vannilli-beats-") as folder:
            path = await _fetched(track, Path(folder))
            try:
                found = await beats.beats_of(path, in_a_bar, most_seconds=HEARD_SECONDS)
            except beats.NoBeat:
                return HeardBeats(beats_per_bar=in_a_bar)
    return HeardBeats(
        bpm=found.bpm,
        confidence=found.confidence,
        alternatives=list(found.alternatives),
        beats_per_bar=in_a_bar,
        beats=list(found.beats),
        downbeats=list(found.downbeats),
    )


async def alignment(user_id: UUID, asset_id: UUID) -> Alignment:
    """Where the section begins in an uploaded performance, as a generation would find it. Raises NotFound, also
    `asset_missing` while the performance has not arrived; Conflict (`not_checked`) before `check_asset` has looked at
    it, and Invalid (`asset_invalid`) for one that no generation would take."""
    async with transaction(as_user(user_id)) as session:
        performance = await require_asset(session, user_id, asset_id)
        project = await require_project(session, user_id, performance.project_id)
        track = await queries.newest_decoded(session, project.id, "audio")
    if not await has_arrived(performance):
        raise NotFound(_("This file has not arrived yet. Upload it again."), code="asset_missing")
    _require_good(performance, project)
    noted = float(performance.capture_offset_seconds or 0)
    if track is None:
        return _told(sync.Offset(noted, 0.0, "clock"))
    async with _LISTENERS:
        with tempfile.TemporaryDirectory(prefix="vannilli-align-") as name:
            folder = Path(name)
            sound = await _section(project, await _fetched(track, folder), folder)
            take = await _fetched(performance, folder)
            return _told(await sync.align(sound, take, clock_seconds=noted))


def _require_good(performance: Asset, project: Project) -> None:
    """Nothing is decoded here that was not found to be an ordinary file before, by a process within limits."""
    if performance.checked_at is None:
        raise Conflict(_("This file was not looked at yet. Have it checked first."), code="not_checked")
    errors = [one for one in judge(performance, project) if one.severity == "error"]
    if errors:
        raise Invalid(errors[0].detail, code="asset_invalid", findings=[one.model_dump() for one in errors])


async def _section(project: Project, track: Path, folder: Path) -> Path:
    section = section_of(project)
    begins = section.begins_at(project.bar_one_seconds, project.section_start_bar)
    sound = folder / "section.wav"
    await cut.cut_track(track, sound, start_seconds=begins, seconds=section.exact_seconds)
    return sound


async def _fetched(asset: Asset, folder: Path) -> Path:
    path = folder / Path(asset.path).name
    await store().download(RAW_UPLOADS, asset.path, path)
    return path


def _told(offset: sync.Offset) -> Alignment:
    return Alignment(
        offset_seconds=round(offset.seconds, 4),
        margin_ms=offset.margin_ms,
        method=offset.method,
        confidence=round(offset.confidence, 3),
        drift_ppm=round(1e6 * offset.drift, 1),
    )
