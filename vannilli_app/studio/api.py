"""Projects and uploads over JSON."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from vannilli_app import routes
from vannilli_app.accounts.identity import CurrentIdentity
from vannilli_app.db import as_user, transaction
from vannilli_app.problems import documented
from vannilli_app.studio import hearing, inspection, parts, service
from vannilli_app.studio.schemas import (
    Alignment,
    AssetChanges,
    AssetView,
    CheckedAsset,
    HeardBeats,
    NewProject,
    PartsLeft,
    ProjectChanges,
    ProjectPage,
    ProjectView,
    Uploads,
    WantedAssets,
)

router = APIRouter(tags=["studio"])
SECTION_CODES = "bpm_out_of_range, bars_out_of_range, invalid_time_signature, validation_error"


@router.post(
    routes.API_PROJECTS, status_code=201, responses=documented({401: "not_signed_in", 422: SECTION_CODES})
)
async def create_project(wanted: NewProject, identity: CurrentIdentity) -> ProjectView:
    """Begin a project: a section of a track, as a draft."""
    async with transaction(as_user(identity.user_id)) as session:
        return await service.create(session, identity.user_id, wanted, datetime.now(UTC))


@router.get(routes.API_PROJECTS, responses=documented({401: "not_signed_in", 422: "invalid_cursor"}))
async def list_projects(
    identity: CurrentIdentity,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> ProjectPage:
    """My projects, newest first."""
    async with transaction(as_user(identity.user_id)) as session:
        return await service.page(session, identity.user_id, cursor=cursor, limit=limit)


@router.get(routes.API_PROJECT, responses=documented({401: "not_signed_in", 404: "not_found"}))
async def get_project(project_id: UUID, identity: CurrentIdentity) -> ProjectView:
    """One of my projects."""
    async with transaction(as_user(identity.user_id)) as session:
        return await service.get(session, identity.user_id, project_id)


@router.patch(
    routes.API_PROJECT,
    responses=documented({401: "not_signed_in", 404: "not_found", 409: "project_busy", 422: SECTION_CODES}),
)
async def change_project(project_id: UUID, changes: ProjectChanges, identity: CurrentIdentity) -> ProjectView:
    """Change what is given; the rest stays."""
    async with transaction(as_user(identity.user_id)) as session:
        return await service.change(session, identity.user_id, project_id, changes, datetime.now(UTC))


@router.post(
    routes.API_UPLOAD_ASSETS,
    responses=documented(
        {
            401: "not_signed_in",
            404: "not_found",
            413: "asset_too_large",
            415: "unsupported_media_type",
            422: "validation_error",
            429: "rate_limited",
        }
    ),
)
async def upload_assets(wanted: WantedAssets, identity: CurrentIdentity) -> Uploads:
    """Links to PUT files straight into the store; each is good for 5 minutes, one type and one length."""
    async with transaction(as_user(identity.user_id)) as session:
        promised = await service.promise(
            session, identity.user_id, wanted.project_id, wanted.assets, datetime.now(UTC)
        )
    return Uploads(uploads=await service.links(promised))


@router.post(
    routes.API_ASSET_PARTS,
    responses=documented({401: "not_signed_in", 404: "not_found", 503: "store_unavailable"}),
)
async def asset_parts(asset_id: UUID, identity: CurrentIdentity) -> PartsLeft:
    """Links to PUT a promised file in parts instead of in one go: the next ones that have not arrived, each good for 5
    minutes. Ask again until none are left; whoever was interrupted asks too, and goes on where it stopped. Then have
    the file checked."""
    return await parts.left(identity.user_id, asset_id)


@router.post(
    routes.API_CHECK_ASSET,
    responses=documented({401: "not_signed_in", 404: "not_found, asset_missing"}),
)
async def check_asset(asset_id: UUID, identity: CurrentIdentity) -> CheckedAsset:
    """Decode an uploaded file and say what it is, and what is wrong with it before anything is started."""
    return await inspection.check_asset(identity.user_id, asset_id)


@router.patch(
    routes.API_ASSET, responses=documented({401: "not_signed_in", 404: "not_found", 422: "validation_error"})
)
async def change_asset(asset_id: UUID, changes: AssetChanges, identity: CurrentIdentity) -> AssetView:
    """Nudge a performance, for every video that is begun from now on."""
    async with transaction(as_user(identity.user_id)) as session:
        return await service.nudge(session, identity.user_id, asset_id, changes.nudge_ms)


@router.post(
    routes.API_ASSET_ALIGNMENT,
    responses=documented(
        {
            401: "not_signed_in",
            404: "not_found, asset_missing",
            409: "not_checked",
            422: "asset_invalid",
            503: "store_unavailable",
        }
    ),
)
async def asset_alignment(asset_id: UUID, identity: CurrentIdentity) -> Alignment:
    """How an uploaded performance that was checked lies in time with the track, as a video from it would be cut, before
    any nudge."""
    return await hearing.alignment(identity.user_id, asset_id)


@router.get(
    routes.API_PROJECT_BEATS,
    responses=documented({401: "not_signed_in", 404: "not_found, asset_missing", 503: "store_unavailable"}),
)
async def project_beats(project_id: UUID, identity: CurrentIdentity) -> HeardBeats:
    """Tempo, beats and bars as they are heard in the track. Nothing of the project changes by it."""
    return await hearing.beats_of_track(identity.user_id, project_id)
