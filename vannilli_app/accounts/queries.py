"""Every SELECT and UPDATE of accounts. Times are aware UTC."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy
from sqlalchemy import ColumnElement, bindparam, delete, func, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app import db
from vannilli_app.accounts.schemas import Client, Identity
from vannilli_app.models import (
    AccountSession,
    OneTimeLink,
    PushSubscription,
    RecoveryCode,
    SecondFactor,
    SignInFailure,
    User,
)
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


async def language_of(session: AsyncSession, email: str) -> str | None:
    """The language that the person with this email signed in with last; None when there is no such account."""
    return (await session.exec(select(User.language).where(User.email == email))).one_or_none()


async def is_still(session: AsyncSession, known: Credentials) -> bool:
    """Whether an account has this password still; it keeps it until the transaction ends."""
    statement = select(User.id).where(User.id == known.user_id, User.password_hash == known.password_hash)
    return (await session.exec(statement.with_for_update(key_share=True))).first() is not None


async def user(session: AsyncSession, user_id: UUID) -> User:
    """The person as they stand now, also after a change in this transaction."""
    return await session.get_one(User, user_id, populate_existing=True)


async def set_password_hash(session: AsyncSession, user_id: UUID, password_hash: str) -> None:
    await session.exec(update(User).where(col(User.id) == user_id).values(password_hash=password_hash))


async def locked_session(session: AsyncSession, session_id: UUID, now: datetime) -> AccountSession | None:
    """The session if it is alive, locked until the transaction ends: refreshes of one session queue here."""
    statement = select(AccountSession).where(AccountSession.id == session_id, *_alive(now)).with_for_update()
    return (await session.exec(statement)).one_or_none()


async def end_sessions(
    session: AsyncSession, user_id: UUID, now: datetime, *conditions: ColumnElement[bool]
) -> list[UUID]:
    """Revoke a person's living sessions that meet the conditions; gives their ids."""
    ended = await session.exec(
        update(AccountSession)
        .where(col(AccountSession.user_id) == user_id, col(AccountSession.revoked_at).is_(None), *conditions)
        .values(revoked_at=now)
        .returning(col(AccountSession.id))
    )
    return list(ended.scalars())


async def living_sessions(session: AsyncSession, user_id: UUID, now: datetime) -> list[AccountSession]:
    """A person's signed-in devices, the one seen last first."""
    statement = (
        select(AccountSession)
        .where(AccountSession.user_id == user_id, *_alive(now))
        .order_by(col(AccountSession.last_seen_at).desc())
    )
    return list((await session.exec(statement)).all())


def _alive(now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(AccountSession.revoked_at).is_(None), col(AccountSession.expires_at) > now


async def browsers(session: AsyncSession, user_id: UUID, now: datetime) -> list[PushSubscription]:
    """The browsers that want to be told and on which the person is signed in."""
    asked_by = col(PushSubscription.session_id)
    alive = select(AccountSession.id).where(AccountSession.user_id == user_id, *_alive(now))
    statement = select(PushSubscription).where(
        PushSubscription.user_id == user_id, or_(asked_by.is_(None), asked_by.in_(alive))
    )
    return list((await session.exec(statement)).all())


async def forget_browsers(session: AsyncSession, user_id: UUID, ended: list[UUID]) -> None:
    """Tell a person's browsers no more that asked by sessions which have ended, or by one that was not noted."""
    asked_by = col(PushSubscription.session_id)
    await session.exec(
        delete(PushSubscription).where(
            col(PushSubscription.user_id) == user_id, or_(asked_by.is_(None), asked_by.in_(ended))
        )
    )


async def is_familiar(session: AsyncSession, user_id: UUID, client: Client) -> bool:
    """Whether this person was signed in from the same kind of device at the same address before."""
    statement = select(AccountSession.id).where(
        AccountSession.user_id == user_id,
        AccountSession.ip == client.ip,
        AccountSession.user_agent == client.user_agent,
    )
    return (await session.exec(statement.limit(1))).first() is not None


async def is_known_device(session: AsyncSession, user_id: UUID, client: Client) -> bool:
    """Whether this person was signed in from the same kind of device before, wherever it was."""
    statement = select(AccountSession.id).where(
        AccountSession.user_id == user_id, AccountSession.user_agent == client.user_agent
    )
    return (await session.exec(statement.limit(1))).first() is not None


async def prove(session: AsyncSession, session_id: UUID, now: datetime) -> None:
    """Note that a session has just shown who it is."""
    await session.exec(
        update(AccountSession).where(col(AccountSession.id) == session_id).values(proven_at=now)
    )


async def locked_failures(session: AsyncSession, email_hash: str) -> SignInFailure | None:
    """The wrong passwords in a row for an address. Whoever asks for the same one waits until the transaction ends, also
    while there is no row to lock."""
    await session.exec(select(func.pg_advisory_xact_lock(func.hashtextextended(f"tries:{email_hash}", 0))))
    statement = select(SignInFailure).where(SignInFailure.email_hash == email_hash)
    return (await session.exec(statement)).one_or_none()


async def set_failures(session: AsyncSession, email_hash: str, failures: int, now: datetime) -> None:
    values = {"failures": failures, "last_at": now}
    await session.exec(
        insert(SignInFailure)
        .values(email_hash=email_hash, **values)
        .on_conflict_do_update(index_elements=[col(SignInFailure.email_hash)], set_=values)
    )


async def forget_failures(session: AsyncSession, email_hash: str) -> None:
    await session.exec(delete(SignInFailure).where(col(SignInFailure.email_hash) == email_hash))


async def set_verified(session: AsyncSession, user_id: UUID, email: str, now: datetime) -> bool:
    """Note that the person reads mail at `email`; False when that is not their address any more."""
    done = await session.exec(
        update(User)
        .where(col(User.id) == user_id, col(User.email) == email)
        .values(email_verified_at=func.coalesce(User.email_verified_at, now))
        .returning(col(User.id))
    )
    return done.first() is not None


async def take_link(
    session: AsyncSession, purpose: str, token_hash: str, now: datetime
) -> OneTimeLink | None:
    """The link with this token if it is still good; it and its likes are good no more."""
    statement = select(OneTimeLink).where(
        OneTimeLink.purpose == purpose, OneTimeLink.token_hash == token_hash, OneTimeLink.expires_at > now
    )
    found = (await session.exec(statement.with_for_update())).one_or_none()
    if found:
        await session.exec(
            delete(OneTimeLink).where(
                col(OneTimeLink.user_id) == found.user_id, col(OneTimeLink.purpose) == purpose
            )
        )
    return found


async def factor(session: AsyncSession, user_id: UUID) -> SecondFactor | None:
    """A person's authenticator, confirmed or not, locked: a code of it counts once."""
    statement = select(SecondFactor).where(SecondFactor.user_id == user_id).with_for_update()
    return (await session.exec(statement)).one_or_none()


async def use_recovery_code(session: AsyncSession, user_id: UUID, hashes: list[str], now: datetime) -> bool:
    """Use up the recovery code that is stored as one of these; False when there is no such code, or it was used."""
    used = await session.exec(
        update(RecoveryCode)
        .where(
            col(RecoveryCode.user_id) == user_id,
            col(RecoveryCode.code_hash).in_(hashes),
            col(RecoveryCode.used_at).is_(None),
        )
        .values(used_at=now)
        .returning(col(RecoveryCode.id))
    )
    return used.first() is not None


async def replace_recovery_codes(session: AsyncSession, user_id: UUID, hashes: list[str]) -> None:
    await session.exec(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))
    session.add_all(RecoveryCode(user_id=user_id, code_hash=one) for one in hashes)


async def recovery_codes_left(session: AsyncSession, user_id: UUID) -> int:
    statement = select(func.count()).where(
        RecoveryCode.user_id == user_id, col(RecoveryCode.used_at).is_(None)
    )
    return (await session.exec(statement)).one()


# Asked by every request and every event of a page.
_IDENTITY = db.statement(
    sqlalchemy.select(
        col(User.email),
        col(User.tier),
        col(User.credits_remaining),
        col(User.role),
        col(User.email_verified_at),
        col(User.device_fingerprint),
        col(AccountSession.proven_at),
    )
    .join(AccountSession, col(AccountSession.user_id) == col(User.id))
    .where(
        col(User.id) == bindparam("user_id"),
        col(AccountSession.id) == bindparam("session_id"),
        col(User.banned_at).is_(None),
        col(AccountSession.revoked_at).is_(None),
        col(AccountSession.expires_at) > bindparam("now"),
    )
)


async def identity(user_id: UUID, session_id: UUID, now: datetime) -> Identity | None:
    """The person of a session that is alive at `now`."""
    found = await db.ask(db.as_user(user_id), _IDENTITY, user_id=user_id, session_id=session_id, now=now)
    for email, tier, credits_remaining, role, email_verified_at, device_fingerprint, proven_at in found:
        return Identity(
            user_id=user_id,
            session_id=session_id,
            email=email,
            tier=Tier(tier),
            credits_remaining=credits_remaining,
            role=role,
            email_verified=email_verified_at is not None,
            device_fingerprint=device_fingerprint,
            proven_at=proven_at,
        )
    return None
