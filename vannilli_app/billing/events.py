"""Events of the payment service: kept as they came until they are handled, and then without what they say of a person.
Twice, late or out of order makes no difference.
"""

import logging
from collections.abc import Mapping
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.billing import facts, queries
from vannilli_app.db import SERVICE, transaction
from vannilli_app.errors import NotFound
from vannilli_app.models import PaymentEvent
from vannilli_app.payments import Event, Forged, payments

ERROR_KEPT = 2000  # characters

log = logging.getLogger(__name__)


async def receive(body: bytes, headers: Mapping[str, str], now: datetime) -> str:
    """Store a signed event and handle it; gives its status. An error while handling is kept with it and raised, so that
    the service sends it again. Raises Forged. `headers` have names in lower case."""
    try:
        event = payments().read_event(body, headers)
    except Forged:
        log.warning("refused an event of %d bytes that is not signed, or too old", len(body))
        raise
    async with transaction(SERVICE) as session:
        await queries.keep_event(session, event, now)
    return await handle(event, now)


async def replay(event_id: str, now: datetime) -> str:
    """Handle a stored event again; gives its status. Raises NotFound."""
    async with transaction(SERVICE) as session:
        found = await queries.event(session, event_id)
    if found is None:
        raise NotFound(f"There is no event {event_id}.")
    return await handle(Event(found.id, found.type, found.created_at, found.payload), now)


async def handle(event: Event, now: datetime) -> str:
    """Book what an event speaks of; gives its status afterwards."""
    try:
        found = await payments().facts_of_event(event, now)
        changed = await facts.book_all(found or [], now)
    except Exception as error:
        async with transaction(SERVICE) as session:
            await queries.note_event(session, event.id, "failed", now, error=repr(error)[:ERROR_KEPT])
        raise
    status = "ignored" if found is None else "handled"
    async with transaction(SERVICE) as session:
        await queries.note_event(session, event.id, status, now)
        await queries.rewrite_event(session, event.id, payments().without_person(event.payload))
    log.info("event %s (%s) %s, new: %s", event.id, event.type, status, changed)
    return status


async def failed(session: AsyncSession, limit: int = 100) -> list[PaymentEvent]:
    """Events that wait to be handled, newest first; needs the service's role."""
    return await queries.open_events(session, limit)
