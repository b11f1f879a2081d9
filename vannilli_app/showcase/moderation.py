"""Deciding on reports, for admins: each decision is one transaction, audited, and mailed to those whom it concerns.

Callers give a session of the service's role and have checked that `admin` is one. From the commit on nobody sees what
was taken down: pages and links ask the row, caches are told by the database, and the worker moves the files away.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app import routes
from vannilli_app.accounts import audit, post
from vannilli_app.accounts import queries as accounts
from vannilli_app.accounts.schemas import Client, Identity
from vannilli_app.errors import Conflict, NotFound
from vannilli_app.models import ContentReport, Takedown
from vannilli_app.showcase import queries, report_queries
from vannilli_app.showcase.schemas import ReportRow, ReportState
from vannilli_app.showcase.service import queue_settling
from vannilli_app.words import _, speaking


async def take_down(
    session: AsyncSession, generation_id: UUID, reason: str, admin: Identity, client: Client, now: datetime
) -> None:
    """Take a video out of the showcase and uphold its open reports. `reason` is a sentence that the artist reads.

    Raises NotFound when it is not in the showcase, Conflict (`taken_down`) when it is down already.
    """
    found = await queries.item(session, generation_id, lock=True)
    if found is None:
        raise NotFound(_("This video is not in the showcase."))
    if found.state == "taken_down":
        raise Conflict(_("This video is taken down already."), code="taken_down")
    found.state = "taken_down"
    session.add(found)
    session.add(
        Takedown(
            generation_id=generation_id,
            user_id=found.user_id,
            title=found.title,
            reason=reason,
            created_at=now,
        )
    )
    await queue_settling(session, generation_id)
    _audit(session, "video_taken_down", admin, generation_id, client, reason=reason)
    artist = await accounts.user(session, found.user_id)
    await post.queue(
        session,
        "video_taken_down",
        artist.email,
        now,
        user_id=artist.id,
        title=found.title,
        reason=reason,
    )
    await _decide(session, await report_queries.open_against(session, generation_id), "upheld", now)


async def restore(
    session: AsyncSession,
    generation_id: UUID,
    admin: Identity,
    client: Client,
    now: datetime,
    reason: str = "",
) -> None:
    """Lift a takedown: it no longer counts against the artist, and the video is seen again where they still show it.

    Raises NotFound when nothing stands against this video.
    """
    down = await queries.standing_takedown(session, generation_id)
    if down is None:
        raise NotFound(_("This video is not taken down."))
    down.restored_at = now
    session.add(down)
    if await queries.move(session, generation_id, "taken_down", "copying"):
        await queue_settling(session, generation_id)
    _audit(session, "video_restored", admin, generation_id, client, reason=reason)
    artist = await accounts.user(session, down.user_id)
    await post.queue(
        session,
        "video_restored",
        artist.email,
        now,
        user_id=artist.id,
        title=down.title,
        path=routes.showcase_item(generation_id),
    )


async def dismiss(
    session: AsyncSession, report_id: UUID, admin: Identity, client: Client, now: datetime, reason: str = ""
) -> None:
    """Decide that a report is no reason to do anything. Raises NotFound, Conflict (`decided`)."""
    found = await session.get(ContentReport, report_id, with_for_update=True)
    if found is None:
        raise NotFound(_("There is no such report."))
    if found.state != "open":
        raise Conflict(_("This report is decided already."), code="decided")
    await _decide(session, [found], "dismissed", now)
    audit.record(
        session,
        "report_dismissed",
        user_id=admin.user_id,
        resource_type="content_report",
        resource_id=report_id,
        client=client,
        reason=reason,
    )


async def reports(
    session: AsyncSession, state: ReportState | None, after: tuple[datetime, UUID] | None, limit: int
) -> list[ReportRow]:
    """A page of reports in this state, or in all, newest first: those behind `after`, the last one's time and id."""
    found = await report_queries.page(session, state, after, limit)
    said = await report_queries.said_by(session, {report.reporter for report, _, _ in found})
    artists = {artist for _, _, artist in found if artist}
    takedowns = await report_queries.standing_against(session, artists)
    emails = await report_queries.emails(
        session, artists | {one.user_id for one, _, _ in found if one.user_id}
    )
    return [
        ReportRow(
            id=report.id,
            generation_id=report.generation_id,
            reason=report.reason,
            description=report.description,
            state=report.state,
            created_at=report.created_at,
            decided_at=report.decided_at,
            reporter_id=report.user_id,
            reporter_email=emails[report.user_id] if report.user_id else report.email,
            reporter_reports=said[report.reporter].all,
            reporter_dismissed=said[report.reporter].dismissed,
            artist_id=artist,
            artist_email=emails[artist] if artist else None,
            artist_takedowns=takedowns.get(artist, 0) if artist else 0,
            title=item.title if item else None,
            item_state=item.state if item else None,
        )
        for report, item, artist in found
    ]


async def _decide(
    session: AsyncSession, decided: Sequence[ContentReport], state: ReportState, now: datetime
) -> None:
    """Note the decision on these reports and tell those who can be told."""
    emails = await report_queries.emails(session, {one.user_id for one in decided if one.user_id})
    for one in decided:
        recipient = emails[one.user_id] if one.user_id else one.email
        if recipient:
            with speaking(one.language):  # who has no account has no other
                await post.queue(
                    session, "report_decided", recipient, now, user_id=one.user_id, upheld=state == "upheld"
                )
        one.state, one.decided_at, one.email = state, now, None  # nobody needs the address any more
        session.add(one)


def _audit(
    session: AsyncSession, action: str, admin: Identity, generation_id: UUID, client: Client, **details: str
) -> None:
    audit.record(
        session,
        action,
        user_id=admin.user_id,
        resource_type="generation",
        resource_id=generation_id,
        client=client,
        **details,
    )
