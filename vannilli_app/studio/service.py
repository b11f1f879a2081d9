"""Use cases of projects: begin, change, list; and links for the files that belong to them."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.config import settings
from vannilli_app.cursors import after, cut, decode_cursor
from vannilli_app.errors import Conflict, NotFound, TooMany
from vannilli_app.media.checks import LIMITS, check_upload
from vannilli_app.models import Asset, Generation, Project
from vannilli_app.music.tempo import Section
from vannilli_app.storage import FINAL_RENDERS, RAW_UPLOADS, store
from vannilli_app.studio import queries
from vannilli_app.studio.schemas import (
    AssetView,
    FaceView,
    LatestGeneration,
    NewProject,
    ProjectChanges,
    ProjectPage,
    ProjectView,
    Upload,
    WantedAsset,
)
from vannilli_app.words import _

FOLDERS = {"driver_video": "driver-videos", "target_image": "target-images", "audio": "audio"}
LINK_SECONDS = 300
VIEW_SECONDS = 3600
LINKS_AN_HOUR = 200  # far above what a person records; bounds what a script can make the store hold


async def create(session: AsyncSession, user_id: UUID, wanted: NewProject, now: datetime) -> ProjectView:
    """Begin a project. Raises Invalid for a tempo, bars or signature that cannot be."""
    project = Project(user_id=user_id, created_at=now, **_values(wanted))
    _measure(project, now)
    session.add(project)
    await session.flush()
    return _view(project, None, set())


async def change(
    session: AsyncSession, user_id: UUID, project_id: UUID, changes: ProjectChanges, now: datetime
) -> ProjectView:
    """Change a project that is not being made right now. Raises NotFound, Conflict, Invalid."""
    project = await require_project(session, user_id, project_id)
    if project.status == "processing":
        raise Conflict(
            _("This video is being made right now. Wait until it is done, or cancel it."), code="project_busy"
        )
    for name, value in _values(changes).items():
        setattr(project, name, value)
    _measure(project, now)
    session.add(project)
    await session.flush()
    return (await _views(session, [project]))[0]


async def get(session: AsyncSession, user_id: UUID, project_id: UUID) -> ProjectView:
    """One project, with links to its track and picture, and the faces in that. Raises NotFound."""
    view = (await _views(session, [await require_project(session, user_id, project_id)]))[0]
    newest = {
        asset.kind: asset for asset in reversed(await queries.assets(session, project_id)) if asset.info
    }
    view.audio_url = await _link(newest.get("audio"))
    picture = newest.get("target_image")
    view.image_url = await _link(picture)
    view.faces = _faces(picture) if picture else []
    return view


async def page(
    session: AsyncSession, user_id: UUID, *, cursor: str | None = None, limit: int = 20
) -> ProjectPage:
    """A person's projects, newest first."""
    rows = await queries.projects_before(
        session, user_id, decode_cursor(cursor) if cursor else None, limit + 1
    )
    shown, next_cursor = cut(rows, limit, after)
    return ProjectPage(items=await _views(session, shown), next_cursor=next_cursor)


async def require_project(session: AsyncSession, user_id: UUID, project_id: UUID) -> Project:
    """A person's project. Raises NotFound, for somebody else's too."""
    project = await queries.project(session, user_id, project_id)
    if project is None:
        raise NotFound(_("There is no such project."))
    return project


async def require_asset(session: AsyncSession, user_id: UUID, asset_id: UUID) -> Asset:
    """A person's file. Raises NotFound, for somebody else's and a deleted one too."""
    asset = await queries.asset(session, user_id, asset_id)
    if asset is None:
        raise NotFound(_("There is no such file."))
    return asset


async def nudge(session: AsyncSession, user_id: UUID, asset_id: UUID, nudge_ms: int) -> AssetView:
    """Have a performance's picture shown so much later than it was found to be in time, in every video that is begun
    from now on. Raises NotFound."""
    asset = await require_asset(session, user_id, asset_id)
    await queries.nudge(session, asset, nudge_ms)
    asset.nudge_ms = nudge_ms
    return asset_view(asset)


async def promise(
    session: AsyncSession, user_id: UUID, project_id: UUID, wanted: list[WantedAsset], now: datetime
) -> list[Asset]:
    """Note the files that are about to come. Raises NotFound, TooLarge, UnsupportedMedia, TooMany."""
    await require_project(session, user_id, project_id)
    recent = await queries.count_recent_assets(session, user_id, now - timedelta(hours=1))
    if recent + len(wanted) > LINKS_AN_HOUR:
        raise TooMany(_("Those were many files for one hour. Wait a little and try again."), retry_after=600)
    promised = [_promised(user_id, project_id, asset, now) for asset in wanted]
    session.add_all(promised)
    await session.flush()
    return promised


async def links(promised: list[Asset]) -> list[Upload]:
    """A presigned PUT for each promised file; needs no transaction."""
    uploads = []
    for asset in promised:
        put = await store().presign_put(
            RAW_UPLOADS,
            asset.path,
            content_type=asset.content_type,
            size=asset.size_bytes,
            expires=LINK_SECONDS,
        )
        uploads.append(
            Upload(
                kind=asset.kind,
                asset_id=asset.id,
                method=put.method,
                url=put.url,
                headers=put.headers,
                expires_at=put.expires_at,
            )
        )
    return uploads


def asset_view(asset: Asset) -> AssetView:
    """A file as its owner sees it."""
    return AssetView(
        id=asset.id,
        kind=asset.kind,
        content_type=asset.content_type,
        size_bytes=asset.size_bytes,
        uploaded=asset.checked_at is not None,
        nudge_ms=asset.nudge_ms,
        info=asset.info,
        faces=_faces(asset),
    )


def section_of(project: Project) -> Section:
    """The project's section, to compute with."""
    return Section.parse(project.bpm, project.bars, project.time_signature, project.beat_unit)


def _promised(user_id: UUID, project_id: UUID, wanted: WantedAsset, now: datetime) -> Asset:
    content_type = wanted.content_type.lower()
    check_upload(wanted.kind, content_type, wanted.size_bytes)
    extension = LIMITS[wanted.kind].types[content_type]
    return Asset(
        project_id=project_id,
        user_id=user_id,
        kind=wanted.kind,
        path=f"{FOLDERS[wanted.kind]}/{user_id}/{uuid4()}.{extension}",
        content_type=content_type,
        size_bytes=wanted.size_bytes,
        capture_offset_seconds=wanted.capture_offset_seconds,
        created_at=now,
    )


def _values(changes: ProjectChanges) -> dict[str, Any]:
    """The given fields; an empty prompt takes the prompt away, no face the choice of one, and no other field can be
    taken away."""
    given = {
        name: value for name, value in changes.model_dump(exclude_unset=True).items() if value is not None
    }
    if "prompt" in changes.model_fields_set:
        given["prompt"] = changes.prompt or None
    if "face" in changes.model_fields_set:
        given["face"] = list(changes.face) if changes.face else None
    return given


def _measure(project: Project, now: datetime) -> None:
    section = section_of(project)
    section.require_at_most(settings().max_section_seconds)
    project.time_signature = section.meter.time_signature
    project.exact_seconds = Decimal(section.exact_seconds.numerator) / section.exact_seconds.denominator
    project.duration_seconds = section.billed_seconds
    project.updated_at = now


async def _views(session: AsyncSession, projects: list[Project]) -> list[ProjectView]:
    ids = [project.id for project in projects]
    latest = await queries.latest_generations(session, ids)
    kinds = await queries.kinds_arrived(session, ids)
    views = [
        _view(project, latest.get(project.id), {kind for owner, kind in kinds if owner == project.id})
        for project in projects
    ]
    for view in views:
        made = latest.get(view.id)
        if view.latest_generation and made and made.thumbnail_r2_path:
            view.latest_generation.thumbnail_url = await store().presign_get(
                FINAL_RENDERS, made.thumbnail_r2_path, expires=VIEW_SECONDS
            )
    return views


def _faces(asset: Asset) -> list[FaceView]:
    """None where it was not looked for them: in a performance, and long ago."""
    boxes = (asset.sight or {}).get("boxes", [])
    return [FaceView(x=x, y=y, width=width, height=height) for x, y, width, height in boxes]


async def _link(asset: Asset | None) -> str | None:
    return await store().presign_get(RAW_UPLOADS, asset.path, expires=VIEW_SECONDS) if asset else None


def _view(project: Project, latest: Generation | None, kinds: set[str]) -> ProjectView:
    section = section_of(project)
    return ProjectView(
        id=project.id,
        track_name=project.track_name,
        bpm=float(project.bpm),
        bars=float(project.bars),
        time_signature=project.time_signature,
        beat_unit=project.beat_unit,
        aspect=project.aspect,
        prompt=project.prompt,
        mode=project.mode,
        character_orientation=project.character_orientation,
        beat_accent=project.beat_accent,
        mouth=project.mouth,
        face=project.face,
        bar_one_seconds=float(project.bar_one_seconds),
        section_start_bar=float(project.section_start_bar),
        exact_seconds=round(float(section.exact_seconds), 6),
        billed_seconds=section.billed_seconds,
        part_name=section.part_name,
        status=project.status,
        has_audio="audio" in kinds,
        has_image="target_image" in kinds,
        has_performance="driver_video" in kinds,
        latest_generation=latest
        and LatestGeneration(
            generation_id=latest.id,
            internal_task_id=latest.internal_task_id,
            status=latest.status,
            stage=latest.stage,
        ),
        created_at=project.created_at,
        updated_at=project.updated_at,
    )
