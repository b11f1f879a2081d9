"""What accounts forget, and when. Every server does it; doing it twice is harmless. What went is counted in the log."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, or_
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.accounts import audit, privacy
from vannilli_app.accounts.schemas import Client
from vannilli_app.db import SERVICE, transaction
from vannilli_app.models import (
    AccountSession,
    AuditEntry,
    CreditEntry,
    Export,
    OneTimeLink,
    SignInFailure,
    User,
)
from vannilli_app.storage import FINAL_RENDERS, store

LOG_KEPT_FOR = timedelta(days=90)
FAILURES_KEPT_FOR = timedelta(days=1)
UNVERIFIED_KEPT_FOR = timedelta(days=30)
BATCH = 50


async def run(now: datetime) -> int:
    """Delete old log lines, ended sessions, spent links and old copies; returns copies deleted."""
    log_ended = now - LOG_KEPT_FOR
    async with transaction(SERVICE) as session:
        counts = {
            "audit_log": await _delete(session, AuditEntry, col(AuditEntry.created_at) < log_ended),
            "one_time_links": await _delete(session, OneTimeLink, col(OneTimeLink.expires_at) < now),
            "sign_in_failures": await _delete(
                session, SignInFailure, col(SignInFailure.last_at) < now - FAILURES_KEPT_FOR
            ),
            "sessions": await _delete(
                session,
                AccountSession,
                or_(col(AccountSession.expires_at) < log_ended, col(AccountSession.revoked_at) < log_ended),
            ),
        }
        old = await session.exec(
            delete(Export)
            .where(col(Export.created_at) < now - privacy.EXPORT_KEPT_FOR)
            .returning(col(Export.user_id), col(Export.id))
        )
        copies = [privacy.export_key(user_id, export_id) for user_id, export_id in old]
        note(session, counts | {"exports": len(copies)})
    for key in copies:
        await store().delete(FINAL_RENDERS, key)
    return len(copies)


async def forget_unverified(leave: tuple[privacy.Leave, ...], now: datetime) -> int:
    """Delete the accounts whose address was never confirmed, unless money was spent on them; returns how many.

    Nobody is mailed: the address may be a stranger's.
    """
    statement = select(User.id, User.email).where(
        col(User.email_verified_at).is_(None),
        User.created_at < now - UNVERIFIED_KEPT_FOR,
        User.tier == "free",
        User.role == "artist",
        ~exists().where(col(CreditEntry.user_id) == User.id, col(CreditEntry.cents) > 0),
    )
    async with transaction(SERVICE) as session:
        found = (await session.exec(statement.limit(BATCH))).all()
    for user_id, email in found:  # one at a time: leaving locks all that a person has
        async with transaction(SERVICE) as session:
            await privacy.forget(session, user_id, email, leave, Client(), now)
            note(session, {"unverified_accounts": 1})
    return len(found)


def note(session: AsyncSession, counts: dict[str, int]) -> None:
    """Write into the log how many of what went because their time was over; nothing when none did."""
    if any(counts.values()):
        gone: dict[str, Any] = {name: count for name, count in counts.items() if count}
        audit.record(session, "retention", user_id=None, resource_type="retention", client=Client(), **gone)


async def _delete(session: AsyncSession, table: type[SQLModel], old: ColumnElement[bool]) -> int:
    return (await session.exec(delete(table).where(old))).rowcount
