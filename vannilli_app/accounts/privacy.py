"""What a person may ask about their data: a copy, that none is sold, what they did, and that all of it goes."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app import deletions
from vannilli_app.accounts import audit, post, queries, second_factor, sessions, tokens
from vannilli_app.accounts.schemas import Client, ExportView, Identity, Standing
from vannilli_app.db import defer
from vannilli_app.errors import Conflict, NotFound
from vannilli_app.models import AuditEntry, Export, Mail, User
from vannilli_app.words import N_, _

EXPORT_TASK = "accounts.export"
EXPORT_KEPT_FOR = timedelta(days=7)
UNTIL_REVIVED = timedelta(seconds=10)
_NOT_READY = {
    "pending": N_("This copy is being made. A mail says when it is ready."),
    "failed": N_("This copy could not be made. Ask for a new one."),
}

Leave = Callable[[AsyncSession, UUID, Client, datetime], Awaitable[None]]
"""What a feature does when a person leaves, in the same transaction and before their row goes: end what runs, queue
the deletion of files, tell the outside world. The wiring gives them: features stand above accounts."""


async def standing(session: AsyncSession, identity: Identity) -> Standing:
    """How an account is secured. Needs the service's role: the second factor is its alone."""
    person = await queries.user(session, identity.user_id)
    return Standing(
        email_verified=person.email_verified_at is not None,
        totp=await second_factor.is_on(session, identity.user_id),
        recovery_codes_left=await queries.recovery_codes_left(session, identity.user_id),
        do_not_sell=person.do_not_sell_at is not None,
    )


async def ask_for_export(
    session: AsyncSession, identity: Identity, client: Client, now: datetime
) -> ExportView:
    """Have a copy made; one that is being made already is the answer to a second asking."""
    asked = insert(Export).values(user_id=identity.user_id, created_at=now, due_at=now + UNTIL_REVIVED)
    held = asked.on_conflict_do_update(  # holds the one that there is: it cannot become ready meanwhile
        index_elements=[col(Export.user_id)],
        index_where=col(Export.status) == "pending",
        set_={"user_id": asked.excluded.user_id},
    )
    pending = (await session.exec(held.returning(Export))).scalar_one()
    await queue_export(session, pending.id)
    audit.record(session, "export_asked", user_id=identity.user_id, resource_type="export", client=client)
    return view(pending)


async def queue_export(session: AsyncSession, export_id: UUID) -> None:
    """Queue the job that makes a copy, unless it waits already."""
    await defer(session, EXPORT_TASK, queue=post.MAIL_QUEUE, export_id=str(export_id))


async def exports(session: AsyncSession, user_id: UUID) -> list[ExportView]:
    """My copies, newest first."""
    statement = (
        select(Export).where(Export.user_id == user_id).order_by(col(Export.created_at).desc()).limit(20)
    )
    return [view(one) for one in (await session.exec(statement)).all()]


async def ready_export(session: AsyncSession, user_id: UUID, export_id: UUID) -> Export:
    """A finished copy of mine. Raises NotFound, Conflict (`not_ready`)."""
    found = await session.get(Export, export_id)
    if found is None or found.user_id != user_id:
        raise NotFound(_("There is no such copy. It may have been deleted after 7 days."))
    if found.status != "ready":
        raise Conflict(_(_NOT_READY[found.status]), code="not_ready")
    return found


async def set_do_not_sell(
    session: AsyncSession, identity: Identity, wanted: bool, client: Client, now: datetime
) -> None:
    """Keep the person's word on it, with its time."""
    await session.exec(
        update(User).where(col(User.id) == identity.user_id).values(do_not_sell_at=now if wanted else None)
    )
    audit.record(
        session,
        "do_not_sell_on" if wanted else "do_not_sell_off",
        user_id=identity.user_id,
        resource_type="user",
        client=client,
    )


async def honour_gpc(session: AsyncSession, user_id: UUID, client: Client, now: datetime) -> None:
    """Take a browser's Global Privacy Control signal as the person's word, where they have not given it yet."""
    if not client.gpc:
        return
    noted = await session.exec(
        update(User)
        .where(col(User.id) == user_id, col(User.do_not_sell_at).is_(None))
        .values(do_not_sell_at=now)
        .returning(col(User.id))
    )
    if noted.first():
        audit.record(
            session, "do_not_sell_on", user_id=user_id, resource_type="user", client=client, signal="gpc"
        )


async def actions_before(
    session: AsyncSession, user_id: UUID, before: tuple[datetime, UUID] | None, limit: int
) -> list[AuditEntry]:
    """What I did, newest first."""
    statement = select(AuditEntry).where(AuditEntry.user_id == user_id)
    if before:
        statement = statement.where(tuple_(col(AuditEntry.created_at), col(AuditEntry.id)) < before)
    ordered = statement.order_by(col(AuditEntry.created_at).desc(), col(AuditEntry.id).desc())
    return list((await session.exec(ordered.limit(limit))).all())


async def delete_account(
    session: AsyncSession, identity: Identity, leave: tuple[Leave, ...], client: Client, now: datetime
) -> None:
    """Delete a person who asks for it, and confirm it by mail. Needs the service's role. Raises what a feature raises
    that cannot let them go yet."""
    await forget(session, identity.user_id, identity.email, leave, client, now)
    audit.record(session, "account_deleted", user_id=None, resource_type="user", client=Client())
    await post.queue(session, "account_deleted", identity.email, now)


async def forget(
    session: AsyncSession, user_id: UUID, email: str, leave: tuple[Leave, ...], client: Client, now: datetime
) -> None:
    """Delete a person: what they brought and made, their rows, their log, mail that waits. The ledger stays without a
    name. Their sessions go with them, and open pages are told."""
    # First, before anything locks the person: a copy that gets ready holds its row, and then wants the person.
    await session.exec(delete(Export).where(col(Export.user_id) == user_id))
    for feature in leave:
        await feature(session, user_id, client, now)
    await sessions.end(session, user_id, now)
    await session.exec(delete(AuditEntry).where(col(AuditEntry.user_id) == user_id))
    await session.exec(delete(Mail).where(col(Mail.recipient) == email))
    await queries.forget_failures(session, tokens.email_hash(email))
    await session.exec(delete(User).where(col(User.id) == user_id))
    await deletions.note(session, deletions.PERSON, user_id)


def export_key(user_id: UUID, export_id: UUID) -> str:
    """Where a copy is kept in the bucket of renders."""
    return f"{export_folder(user_id)}{export_id}.zip"


def export_folder(user_id: UUID) -> str:
    """Where all copies of a person are."""
    return f"exports/{user_id}/"


def view(export: Export) -> ExportView:
    """A copy as its person sees it."""
    return ExportView(
        id=export.id,
        status=export.status,
        size_bytes=export.size_bytes,
        created_at=export.created_at,
        ready_at=export.ready_at,
        expires_at=export.ready_at + EXPORT_KEPT_FOR if export.ready_at else None,
    )
