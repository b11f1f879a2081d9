"""What accounts have the worker do: send a mail, make a copy of a person's data. Rows are the truth, as in `leases`."""

import logging
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import col

from vannilli_app.accounts import export, letters, links, post, privacy, queries
from vannilli_app.db import SERVICE, transaction
from vannilli_app.leases import Hold, LostClaim, free_lapsed, heartbeat, persistently, take, write
from vannilli_app.mail import mailer
from vannilli_app.models import Export, Mail
from vannilli_app.storage import FINAL_RENDERS, store
from vannilli_app.words import SOURCE, speaking

MOST_TRIES = 8  # the last one about 2 hours after the first
MOST_EXPORT_TRIES = 3

log = logging.getLogger(__name__)


async def send_mail(mail_id: str) -> None:
    """Send a mail, at least once: whoever dies in between has it sent again, with the same Message-ID."""
    hold = await take(Mail, col(Mail.id) == UUID(mail_id), now=datetime.now(UTC))
    if hold is None:
        return
    try:
        async with heartbeat(hold):
            message = await _message(hold.row)
            if message is not None:
                await mailer().send(message)
        await persistently(lambda: _sent(hold))
    except LostClaim:
        log.info("mail %s is sent by another worker", mail_id)
    except Exception:
        log.exception("mail %s, try %s", mail_id, hold.row.tries)
        await persistently(lambda: _try_later(hold))


async def make_export(export_id: str) -> None:
    """Make a copy of everything about a person, store it, and tell them."""
    hold = await take(
        Export, col(Export.id) == UUID(export_id), col(Export.status) == "pending", now=datetime.now(UTC)
    )
    if hold is None:
        return
    try:
        async with heartbeat(hold):
            size = await export.make(hold.row.user_id, privacy.export_key(hold.row.user_id, hold.row.id))
        await persistently(lambda: _ready(hold, size))
    except LostClaim:
        log.info("export %s was taken over, or is not wanted any more", export_id)
        await _discard_if_deleted(hold.row)
    except Exception:
        log.exception("export %s, try %s", export_id, hold.row.tries)
        await persistently(lambda: _export_failed(hold))


async def _discard_if_deleted(export: Export) -> None:
    """A copy of somebody who left while it was made."""
    async with transaction(SERVICE) as session:
        gone = await session.get(Export, export.id) is None
    if gone:
        await store().delete(FINAL_RENDERS, privacy.export_key(export.user_id, export.id))


async def revive(now: datetime) -> int:
    """Queue again the mails and copies whose worker died, or that wait for their next try; returns how many."""
    async with transaction(SERVICE) as session:
        mails = await free_lapsed(session, Mail, now=now)
        for mail in mails:
            await post.queue_again(session, mail)
        copies = await free_lapsed(session, Export, col(Export.status) == "pending", now=now)
        for copy in copies:
            await privacy.queue_export(session, copy.id)
    return len(mails) + len(copies)


async def _message(mail: Mail) -> EmailMessage | None:
    """The finished mail, in its reader's language; None when there is nobody to send it to."""
    async with transaction(SERVICE) as session:
        theirs = await queries.language_of(session, mail.recipient)
    with speaking(theirs or mail.details.get("language", SOURCE)):
        return await _written(mail)


async def _written(mail: Mail) -> EmailMessage | None:
    if mail.kind in letters.LETTERS:
        return letters.LETTERS[mail.kind](mail.details).message(mail.id, mail.recipient)
    async with transaction(SERVICE) as session:
        known = await queries.credentials(session, mail.recipient)
        if known is None:
            return None
        token = await links.issue(session, known.user_id, mail.kind, mail.recipient, datetime.now(UTC))
    return letters.with_link(mail.kind, token).message(mail.id, mail.recipient)


async def _sent(hold: Hold[Mail]) -> None:
    async with transaction(SERVICE) as session:
        await session.exec(delete(Mail).where(hold.is_held()))


async def _try_later(hold: Hold[Mail]) -> None:
    """After 1, 2, 4 … minutes; in the end the address is wrong, and is forgotten."""
    if hold.row.tries >= MOST_TRIES:
        return await _sent(hold)
    later = datetime.now(UTC) + timedelta(minutes=2.0 ** (hold.row.tries - 1))
    async with transaction(SERVICE) as session:
        await session.exec(update(Mail).where(hold.is_held()).values(claim=None, due_at=later))
    return None


async def _ready(hold: Hold[Export], size: int) -> None:
    now = datetime.now(UTC)
    async with transaction(SERVICE) as session:
        await write(session, hold, claim=None, status="ready", size_bytes=size, ready_at=now)
        person = await queries.user(session, hold.row.user_id)
        await post.queue(session, "export_ready", person.email, now, user_id=person.id)


async def _export_failed(hold: Hold[Export]) -> None:
    last = hold.row.tries >= MOST_EXPORT_TRIES
    later = datetime.now(UTC) + timedelta(minutes=1)
    async with transaction(SERVICE) as session:
        await session.exec(
            update(Export)
            .where(hold.is_held())
            .values(claim=None, due_at=later, status="failed" if last else "pending")
        )
