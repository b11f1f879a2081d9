"""Who is let in, three times over: the role of the person who asks, the database's own check under its reading role,
and again in the transaction that changes something. Everybody else is told that there is nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.accounts import sessions
from vannilli_app.accounts.identity import OptionalIdentity
from vannilli_app.accounts.schemas import Identity
from vannilli_app.db import SERVICE, as_admin, transaction
from vannilli_app.errors import NotFound
from vannilli_app.models import User

NOTHING_HERE = "There is nothing at this address."


def require_admin(identity: Identity | None) -> Identity:
    """The admin who asks. Raises NotFound for everybody else, signed in or not."""
    if identity is None or identity.role != "admin":
        raise NotFound(NOTHING_HERE)
    return identity


async def current_admin(identity: OptionalIdentity) -> Identity:
    """Dependency: the admin who asks. Raises NotFound."""
    return require_admin(identity)


async def recent_admin(identity: OptionalIdentity) -> Identity:
    """Dependency: the admin, who gave proof in the last ten minutes. Raises NotFound, Forbidden
    (`confirmation_required`)."""
    admin = require_admin(identity)
    sessions.require_recent(admin, datetime.now(UTC))
    return admin


@asynccontextmanager
async def reading(identity: Identity | None) -> AsyncIterator[AsyncSession]:
    """A transaction that reads everybody's rows, if the database too finds that this is an admin. Raises NotFound."""
    admin = require_admin(identity)
    async with transaction(as_admin(admin.user_id)) as session:
        yield session


@asynccontextmanager
async def acting(identity: Identity | None) -> AsyncIterator[AsyncSession]:
    """A transaction of the service in which the person is an admin still, and stays one until it ends.
    Raises NotFound."""
    admin = require_admin(identity)
    async with transaction(SERVICE) as session:
        role = await session.exec(
            select(User.role).where(User.id == admin.user_id).with_for_update(read=True, key_share=True)
        )
        if role.one_or_none() != "admin":
            raise NotFound(NOTHING_HERE)
        yield session


Admin = Annotated[Identity, Depends(current_admin)]
RecentAdmin = Annotated[Identity, Depends(recent_admin)]
