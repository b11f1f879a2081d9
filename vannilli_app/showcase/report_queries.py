"""Every SELECT of reports and of what they came to."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.models import ContentReport, Generation, Project, ShowcaseItem, Takedown, User


class Said(NamedTuple):
    """How many reports somebody made, and how many of them came to nothing."""

    all: int
    dismissed: int


async def page(
    session: AsyncSession, state: str | None, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[tuple[ContentReport, ShowcaseItem | None, UUID | None]]:
    """Reports newest first, each with its video as long as it is shown or held, and with whose it is."""
    query = (
        select(ContentReport, ShowcaseItem, Project.user_id)
        .outerjoin(Generation, col(Generation.id) == ContentReport.generation_id)
        .outerjoin(Project, col(Project.id) == Generation.project_id)
        .outerjoin(ShowcaseItem, col(ShowcaseItem.generation_id) == ContentReport.generation_id)
    )
    if state:
        query = query.where(ContentReport.state == state)
    if after:
        query = query.where(tuple_(col(ContentReport.created_at), col(ContentReport.id)) < after)
    order = (col(ContentReport.created_at).desc(), col(ContentReport.id).desc())
    return (await session.exec(query.order_by(*order).limit(limit))).all()


async def open_against(session: AsyncSession, generation_id: UUID) -> Sequence[ContentReport]:
    """The reports of a video that wait for a decision, held until the transaction ends."""
    query = select(ContentReport).where(
        ContentReport.generation_id == generation_id, ContentReport.state == "open"
    )
    return (await session.exec(query.with_for_update())).all()


async def said_by(session: AsyncSession, reporters: Iterable[str]) -> dict[str, Said]:
    dismissed = func.count().filter(col(ContentReport.state) == "dismissed")
    found = await session.exec(
        select(ContentReport.reporter, func.count(), dismissed)
        .where(col(ContentReport.reporter).in_(list(reporters)))
        .group_by(col(ContentReport.reporter))
    )
    return defaultdict(lambda: Said(0, 0), {who: Said(all_, none) for who, all_, none in found})


async def standing_against(session: AsyncSession, artists: Iterable[UUID]) -> dict[UUID, int]:
    """How many takedowns stand against each of these artists."""
    found = await session.exec(
        select(Takedown.user_id, func.count())
        .where(col(Takedown.user_id).in_(list(artists)), col(Takedown.restored_at).is_(None))
        .group_by(col(Takedown.user_id))
    )
    return dict(found.all())


async def emails(session: AsyncSession, people: Iterable[UUID]) -> dict[UUID, str]:
    found = await session.exec(select(User.id, User.email).where(col(User.id).in_(list(people))))
    return dict(found.all())
