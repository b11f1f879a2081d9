"""Every SELECT and UPDATE of alerts. All need the service's role."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.db import PUSH_ADMINS, PUSH_CHANNEL, notify
from vannilli_app.models import AlertClaim, AlertMessage, Incident

TRIED_FOR = timedelta(days=1)


async def not_due(session: AsyncSession, now: datetime) -> set[tuple[str, str]]:
    """Rules and places whose turn it is not yet."""
    found = await session.exec(select(AlertClaim.rule, AlertClaim.place).where(col(AlertClaim.due_at) > now))
    return set(found.all())


async def claim(session: AsyncSession, rule: str, place: str, now: datetime, next_at: datetime) -> bool:
    """Take a rule's turn if it is due; whoever asks at the same time waits, and gets no."""
    statement = (
        insert(AlertClaim)
        .values(rule=rule, place=place, due_at=next_at)
        .on_conflict_do_update(
            index_elements=[col(AlertClaim.rule), col(AlertClaim.place)],
            set_={"due_at": next_at},
            where=col(AlertClaim.due_at) <= now,
        )
        .returning(col(AlertClaim.rule))
    )
    return (await session.exec(statement)).scalar_one_or_none() is not None


async def open_incidents(session: AsyncSession, rule: str) -> dict[str, Incident]:
    """What is open of a rule, by subject, locked until the transaction ends."""
    found = await session.exec(
        select(Incident)
        .where(Incident.rule == rule, col(Incident.recovered_at).is_(None))
        .with_for_update(key_share=True)
    )
    return {one.subject: one for one in found}


def is_next(now: datetime) -> ColumnElement[bool]:
    """The condition that a message is still worth sending and not before its turn: that an incident is over is told
    after that it began."""
    earlier = aliased(AlertMessage)
    waits = (
        select(earlier.id)
        .where(
            earlier.incident_id == AlertMessage.incident_id,
            earlier.channel == AlertMessage.channel,
            earlier.recipient == AlertMessage.recipient,
            earlier.created_at < AlertMessage.created_at,
            col(earlier.sent_at).is_(None),
        )
        .exists()
    )
    return and_(col(AlertMessage.sent_at).is_(None), col(AlertMessage.created_at) > now - TRIED_FOR, ~waits)


async def tell_pages(session: AsyncSession) -> None:
    """Have the admins' open pages read again."""
    await notify(session, PUSH_CHANNEL, f"{PUSH_ADMINS} incidents")
