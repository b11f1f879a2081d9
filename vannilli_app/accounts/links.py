"""Mailed links that are good once: to verify an address, and to choose a new password."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.accounts import audit, backoff, post, queries, sessions, tokens
from vannilli_app.accounts.schemas import Client
from vannilli_app.errors import Gone
from vannilli_app.models import AccountSession, OneTimeLink
from vannilli_app.words import _

LIFETIMES = {"verify": timedelta(hours=24), "reset": timedelta(minutes=30)}


async def ask(session: AsyncSession, purpose: str, email: str, now: datetime) -> None:
    """Have a link sent to an address. Whether it has an account is found out by the worker, so that nobody can
    tell from the answer or from how long it takes."""
    await post.queue(session, purpose, email, now)


async def issue(session: AsyncSession, user_id: UUID, purpose: str, email: str, now: datetime) -> str:
    """The token of a new link; only its hash is kept."""
    token = tokens.new_link_token()
    session.add(
        OneTimeLink(
            user_id=user_id,
            purpose=purpose,
            email=email,
            token_hash=tokens.link_hash(token),
            expires_at=now + LIFETIMES[purpose],
            created_at=now,
        )
    )
    return token


async def require(session: AsyncSession, purpose: str, token: str, now: datetime) -> OneTimeLink:
    """Use up a link. Raises Gone (`link_expired`)."""
    link = await queries.take_link(session, purpose, tokens.link_hash(token), now)
    if link is None:
        raise Gone(_("This link was used or has expired. Ask for a new one."), code="link_expired")
    return link


async def verify(session: AsyncSession, token: str, client: Client, now: datetime) -> None:
    """The person reads mail at their address. Raises Gone."""
    link = await require(session, "verify", token, now)
    await queries.set_verified(session, link.user_id, link.email, now)
    audit.record(session, "email_verified", user_id=link.user_id, resource_type="user", client=client)


async def reset(session: AsyncSession, token: str, password_hash: str, client: Client, now: datetime) -> None:
    """Set a new password by a link: every session ends, and the address is known to be read. Raises Gone."""
    link = await require(session, "reset", token, now)
    await queries.set_password_hash(session, link.user_id, password_hash)
    await queries.set_verified(session, link.user_id, link.email, now)
    await backoff.succeeded(session, link.email)
    await sessions.end(session, link.user_id, now, col(AccountSession.user_id) == link.user_id)
    audit.record(session, "password_reset", user_id=link.user_id, resource_type="user", client=client)
    await post.queue(session, "password_changed", link.email, now, user_id=link.user_id)
