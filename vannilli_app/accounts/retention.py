"""What accounts forget, and when. Every server does it; doing it twice is harmless."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_
from sqlmodel import col

from vannilli_app.accounts import privacy
from vannilli_app.db import SERVICE, transaction
from vannilli_app.models import AccountSession, AuditEntry, Export, OneTimeLink, SignInFailure
from vannilli_app.storage import FINAL_RENDERS, store

LOG_KEPT_FOR = timedelta(days=90)
FAILURES_KEPT_FOR = timedelta(days=1)


async def run(now: datetime) -> int:
    """Delete old log lines, ended sessions, spent links and old copies; returns copies deleted."""
    async with transaction(SERVICE) as session:
        await session.exec(delete(AuditEntry).where(col(AuditEntry.created_at) < now - LOG_KEPT_FOR))
        await session.exec(delete(OneTimeLink).where(col(OneTimeLink.expires_at) < now))
        await session.exec(delete(SignInFailure).where(col(SignInFailure.last_at) < now - FAILURES_KEPT_FOR))
        await session.exec(
            delete(AccountSession).where(
                or_(
                    col(AccountSession.expires_at) < now - LOG_KEPT_FOR,
                    col(AccountSession.revoked_at) < now - LOG_KEPT_FOR,
                )
            )
        )
        old = await session.exec(
            delete(Export)
            .where(col(Export.created_at) < now - privacy.EXPORT_KEPT_FOR)
            .returning(col(Export.user_id), col(Export.id))
        )
        copies = [privacy.export_key(user_id, export_id) for user_id, export_id in old]
    for key in copies:
        await store().delete(FINAL_RENDERS, key)
    return len(copies)
