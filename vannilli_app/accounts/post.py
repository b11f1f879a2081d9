"""Mails to people: queued in the transaction that they tell of, sent by the worker."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.db import defer
from vannilli_app.models import Mail
from vannilli_app.words import language

MAIL_TASK = "accounts.send_mail"
MAIL_QUEUE = "mail"
UNTIL_REVIVED = timedelta(seconds=10)


async def queue(
    session: AsyncSession,
    kind: str,
    recipient: str,
    now: datetime,
    *,
    user_id: UUID | None = None,
    **details: Any,
) -> None:
    """Have the letter of this `kind` (`letters`) sent, exactly if the transaction commits. `details`: no
    secret. It is in the language that its reader signed in with last; the one that holds here is for who has no
    account."""
    mail = Mail(
        id=uuid4(),
        user_id=user_id,
        recipient=recipient,
        kind=kind,
        details={**details, "language": language()},
        created_at=now,
        due_at=now + UNTIL_REVIVED,
    )
    session.add(mail)
    await queue_again(session, mail)


async def queue_again(session: AsyncSession, mail: Mail) -> None:
    """Queue the job that sends a mail, unless it waits already."""
    await defer(session, MAIL_TASK, queue=MAIL_QUEUE, mail_id=str(mail.id))
