"""Every SELECT and UPDATE of the studio."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.models import Asset, Generation, Project


async def project(session: AsyncSession, user_id: UUID, project_id: UUID) -> Project | None:
    """A person's project; None when there is none or it is somebody else's."""
    found = await session.exec(select(Project).where(Project.id == project_id, Project.user_id == user_id))
    return found.one_or_none()


async def projects_before(
    session: AsyncSession, user_id: UUID, before: tuple[datetime, UUID] | None, limit: int
) -> list[Project]:
    """A page of a person's projects, newest first."""
    query = select(Project).where(Project.user_id == user_id)
    if before:
        query = query.where(tuple_(col(Project.created_at), col(Project.id)) < before)
    order = (col(Project.created_at).desc(), col(Project.id).desc())
    return list(await session.exec(query.order_by(*order).limit(limit)))


async def latest_generations(session: AsyncSession, project_ids: Iterable[UUID]) -> dict[UUID, Generation]:
    """The newest generation of each of these projects."""
    newest = (
        select(Generation)
        .where(col(Generation.project_id).in_(list(project_ids)))
        .ext(distinct_on(col(Generation.project_id)))
        .order_by(col(Generation.project_id), col(Generation.created_at).desc())
    )
    return {row.project_id: row for row in await session.exec(newest)}


async def kinds_arrived(session: AsyncSession, project_ids: Iterable[UUID]) -> set[tuple[UUID, str]]:
    """Which kinds of file each of these projects has, decoded."""
    found = await session.exec(
        select(Asset.project_id, Asset.kind)
        .where(
            col(Asset.project_id).in_(list(project_ids)),
            col(Asset.checked_at).is_not(None),
            col(Asset.info).is_not(None),
            col(Asset.deleted_at).is_(None),
        )
        .distinct()
    )
    return set(found)


async def assets(session: AsyncSession, project_id: UUID) -> list[Asset]:
    """The files promised for a project and not deleted, newest first."""
    found = await session.exec(
        select(Asset)
        .where(Asset.project_id == project_id, col(Asset.deleted_at).is_(None))
        .order_by(col(Asset.created_at).desc(), col(Asset.id))
    )
    return list(found)


async def newest_decoded(session: AsyncSession, project_id: UUID, kind: str) -> Asset | None:
    """The newest file of a kind that arrived and could be decoded."""
    found = await session.exec(
        select(Asset)
        .where(
            Asset.project_id == project_id,
            Asset.kind == kind,
            col(Asset.deleted_at).is_(None),
            col(Asset.info).is_not(None),
        )
        .order_by(col(Asset.created_at).desc(), col(Asset.id))
        .limit(1)
    )
    return found.one_or_none()


async def asset(session: AsyncSession, user_id: UUID, asset_id: UUID) -> Asset | None:
    found = await session.exec(
        select(Asset).where(Asset.id == asset_id, Asset.user_id == user_id, col(Asset.deleted_at).is_(None))
    )
    return found.one_or_none()


async def count_recent_assets(session: AsyncSession, user_id: UUID, since: datetime) -> int:
    """How many links a person asked for since then."""
    found = await session.exec(
        select(func.count()).select_from(Asset).where(Asset.user_id == user_id, Asset.created_at > since)
    )
    return found.one()


async def keep_inspection(session: AsyncSession, asset: Asset) -> None:
    """Write down what decoding found."""
    await session.exec(
        update(Asset)
        .where(col(Asset.id) == asset.id)
        .values(info=asset.info, findings=asset.findings, sight=asset.sight, checked_at=asset.checked_at)
    )


async def keep_upload(
    session: AsyncSession, asset: Asset, upload: str, part_bytes: int
) -> tuple[str | None, int | None] | None:
    """Note the upload in parts that was begun in the place of `asset.upload`; the upload and length of parts that hold
    now, which are another tab's where that was quicker. None when the file has been deleted."""
    await session.exec(
        update(Asset)
        .where(col(Asset.id) == asset.id, col(Asset.upload).is_not_distinct_from(asset.upload))
        .values(upload=upload, part_bytes=part_bytes)
        .execution_options(synchronize_session=False)
    )
    found = await session.exec(
        select(Asset.upload, Asset.part_bytes).where(Asset.id == asset.id, col(Asset.deleted_at).is_(None))
    )
    return found.one_or_none()


async def keep_beats(session: AsyncSession, asset: Asset, beats: dict[str, Any]) -> None:
    """Write down what was heard in a track."""
    await session.exec(update(Asset).where(col(Asset.id) == asset.id).values(beats=beats))


async def nudge(session: AsyncSession, asset: Asset, nudge_ms: int) -> None:
    """Show a performance later than it was found, or earlier."""
    await session.exec(update(Asset).where(col(Asset.id) == asset.id).values(nudge_ms=nudge_ms))
