"""Sessions of a person: which there are, how they end, and that they gave proof a moment ago."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.accounts import audit, device, queries
from vannilli_app.accounts.schemas import Client, Identity, SessionView
from vannilli_app.db import notify
from vannilli_app.errors import Forbidden, NotFound
from vannilli_app.models import AccountSession
from vannilli_app.words import _

CHANNEL = "vannilli_session"
"""Notified with the person's id when sessions of theirs end: their open pages look whether it was their own."""


def require_recent(identity: Identity, now: datetime) -> None:
    """Raises Forbidden (`confirmation_required`) unless the session gave its password or a code in the last ten
    minutes. For what somebody at an unlocked phone must not be able to do."""
    if not identity.is_recent(now):
        raise Forbidden(_("Confirm that it is you, then try again."), code="confirmation_required")


async def mine(session: AsyncSession, identity: Identity, now: datetime) -> list[SessionView]:
    """My signed-in devices, the one in use first."""
    found = await queries.living_sessions(session, identity.user_id, now)
    views = [
        SessionView(
            id=one.id,
            device=device.words(one.user_agent),
            ip=str(one.ip) if one.ip else None,
            created_at=one.created_at,
            last_seen_at=one.last_seen_at,
            current=one.id == identity.session_id,
        )
        for one in found
    ]
    return sorted(views, key=lambda view: not view.current)


async def end(
    session: AsyncSession, user_id: UUID, now: datetime, *conditions: ColumnElement[bool]
) -> list[UUID]:
    """End the sessions that meet the conditions, tell the person's open pages, and those browsers no more when a video
    is done. Needs the service's role."""
    ended = await queries.end_sessions(session, user_id, now, *conditions)
    await queries.forget_browsers(session, user_id, ended)
    if ended:
        await notify(session, CHANNEL, str(user_id))
    return ended


async def end_one(
    session: AsyncSession, identity: Identity, session_id: UUID, client: Client, now: datetime
) -> None:
    """End one of my sessions. Raises NotFound."""
    ended = await end(session, identity.user_id, now, col(AccountSession.id) == session_id)
    if not ended:
        raise NotFound(_("There is no such session, or it has ended."))
    _audit(session, "session_ended", identity, client, session_id)


async def end_others(session: AsyncSession, identity: Identity, client: Client, now: datetime) -> None:
    """End all of my sessions but this one."""
    await end(session, identity.user_id, now, col(AccountSession.id) != identity.session_id)
    _audit(session, "other_sessions_ended", identity, client, identity.session_id)


def _audit(session: AsyncSession, action: str, identity: Identity, client: Client, session_id: UUID) -> None:
    audit.record(
        session,
        action,
        user_id=identity.user_id,
        resource_type="session",
        resource_id=session_id,
        client=client,
    )
