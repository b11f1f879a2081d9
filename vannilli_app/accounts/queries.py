"""Every SELECT and UPDATE of accounts. Times are aware UTC."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.accounts.schemas import Identity
from vannilli_app.models import AccountSession, User
from vannilli_app.music.price import Tier


class Credentials(NamedTuple):
    """What sign-in has to know of an account."""

    user_id: UUID
    password_hash: str


async def add_user(
    session: AsyncSession, email: str, password_hash: str, device_fingerprint: str | None
) -> UUID | None:
    """A new account's id; None when the email is taken, whoever asks at the same time."""
    statement = (
        insert(User)
        .values(email=email, password_hash=password_hash, device_fingerprint=device_fingerprint)
        .on_conflict_do_nothing(index_elements=[col(User.email)])
        .returning(col(User.id))
    )
    return (await session.exec(statement)).scalar_one_or_none()


async def credentials(session: AsyncSession, email: str) -> Credentials | None:
    """The account with this (normalised) email."""
    row = (await session.exec(select(User.id, User.password_hash).where(User.email == email))).one_or_none()
    return row and Credentials(*row)


async def user(session: AsyncSession, user_id: UUID) -> User:
    """The person as they stand now, also after a change in this transaction."""
    return await session.get_one(User, user_id, populate_existing=True)


async def set_password_hash(session: AsyncSession, user_id: UUID, password_hash: str) -> None:
    await session.exec(update(User).where(col(User.id) == user_id).values(password_hash=password_hash))


async def locked_session(session: AsyncSession, session_id: UUID, now: datetime) -> AccountSession | None:
    """The session if it is alive, locked until the transaction ends: refreshes of one session queue here."""
    statement = (
        select(AccountSession)
        .where(
            AccountSession.id == session_id,
            col(AccountSession.revoked_at).is_(None),
            AccountSession.expires_at > now,
        )
        .with_for_update()
    )
    return (await session.exec(statement)).one_or_none()


async def end_session(session: AsyncSession, session_id: UUID, now: datetime) -> None:
    """Revoke a session; one that has ended stays as it is."""
    await session.exec(
        update(AccountSession)
        .where(col(AccountSession.id) == session_id, col(AccountSession.revoked_at).is_(None))
        .values(revoked_at=now)
    )


async def identity(session: AsyncSession, user_id: UUID, session_id: UUID, now: datetime) -> Identity | None:
    """The person of a session that is alive at `now`."""
    statement = (
        select(User)
        .join(AccountSession, col(AccountSession.user_id) == col(User.id))
        .where(
            User.id == user_id,
            AccountSession.id == session_id,
            col(AccountSession.revoked_at).is_(None),
            AccountSession.expires_at > now,
        )
    )
    found = (await session.exec(statement)).one_or_none()
    if found is None:
        return None
    return Identity(
        user_id=user_id,
        session_id=session_id,
        email=found.email,
        tier=Tier(found.tier),
        credits_remaining=found.credits_remaining,
        role=found.role,
        email_verified=found.email_verified_at is not None,
        device_fingerprint=found.device_fingerprint,
    )
