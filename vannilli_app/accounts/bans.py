"""Closing somebody's account, and opening it again. Their rows stay; they can neither sign in nor do anything."""

from datetime import datetime
from uuid import UUID

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.accounts import post, sessions
from vannilli_app.errors import Conflict, NotFound
from vannilli_app.models import User
from vannilli_app.words import _


async def ban(session: AsyncSession, user_id: UUID, reason: str, now: datetime) -> None:
    """Close an account, end its sessions and say why by mail. Needs the service's role.

    Raises NotFound, and Conflict (`banned_already`, `is_admin`): an admin's role is taken away first.
    """
    user = await _locked(session, user_id)
    if user.role == "admin":
        raise Conflict(
            _("This is an admin. Take the role away first: vannilli admin revoke."), code="is_admin"
        )
    if user.banned_at is not None:
        raise Conflict(_("This account is closed already."), code="banned_already")
    await _set(session, user_id, now, now)
    await sessions.end(session, user_id, now)
    await post.queue(session, "banned", user.email, now, user_id=user_id, reason=reason)


async def unban(session: AsyncSession, user_id: UUID, now: datetime) -> None:
    """Open an account again and say so by mail. Needs the service's role. Raises NotFound, Conflict (`not_banned`)."""
    user = await _locked(session, user_id)
    if user.banned_at is None:
        raise Conflict(_("This account is open."), code="not_banned")
    await _set(session, user_id, None, now)
    await post.queue(session, "unbanned", user.email, now, user_id=user_id)


async def _locked(session: AsyncSession, user_id: UUID) -> User:
    # Not FOR UPDATE: whoever holds a session of theirs just now may yet write a row that names them.
    statement = select(User).where(User.id == user_id).with_for_update(key_share=True)
    found = (await session.exec(statement)).one_or_none()
    if found is None:
        raise NotFound(_("There is no such person."))
    return found


async def _set(session: AsyncSession, user_id: UUID, banned_at: datetime | None, now: datetime) -> None:
    await session.exec(
        update(User).where(col(User.id) == user_id).values(banned_at=banned_at, updated_at=now)
    )
