"""The free tier's limit: so many starts a day by one account, one device and one address, counted from rows that
survive the project and the account, and name nobody."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.accounts.identity import network_of
from vannilli_app.accounts.schemas import Client
from vannilli_app.accounts.tokens import free_use_key
from vannilli_app.errors import Forbidden
from vannilli_app.generations.lifecycle import free_again_at
from vannilli_app.models import FreeUse
from vannilli_app.words import _, day

DAY = timedelta(days=1)


async def use(
    session: AsyncSession, user_id: UUID, device: str | None, client: Client, per_day: int, now: datetime
) -> None:
    """Count a start, also of one that fails later: it uses the machine. Needs the service's role.

    `device` is the HMAC under which a device is known. Raises Forbidden (`free_tier_limit`).
    """
    keys = _keys(user_id, device, client)
    for key in keys:  # starts of one device or address wait for each other until the transaction ends
        await session.exec(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
    again_at = free_again_at(await _uses(session, keys, now - DAY), per_day, now)
    if again_at:
        raise Forbidden(
            _(
                "The free tier's videos for today are used up. It opens again at {time} UTC on {day}.",
                time=f"{again_at:%H:%M}",
                day=day(again_at),
            ),
            code="free_tier_limit",
            available_at=again_at.isoformat(),
        )
    use_id = uuid4()
    session.add_all(FreeUse(use_id=use_id, key=key, created_at=now) for key in keys)


async def forget(session: AsyncSession, now: datetime) -> None:
    """Delete what is older than a day."""
    await session.exec(delete(FreeUse).where(col(FreeUse.created_at) < now - DAY))


async def _uses(session: AsyncSession, keys: list[str], since: datetime) -> list[datetime]:
    """When each start was that shares any of the keys."""
    statement = (
        select(func.max(FreeUse.created_at))
        .where(col(FreeUse.key).in_(keys), FreeUse.created_at > since)
        .group_by(col(FreeUse.use_id))
    )
    return list(await session.exec(statement))


def _keys(user_id: UUID, device: str | None, client: Client) -> list[str]:
    parts = {"account": str(user_id), "device": device, "address": client.ip and network_of(client.ip)}
    return sorted(free_use_key(kind, value) for kind, value in parts.items() if value)
