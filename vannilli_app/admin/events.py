"""The payment service's events and the nightly comparisons with it. Sessions are of the reading role."""

import base64
import binascii
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.admin.queries import rows
from vannilli_app.admin.schemas import Comparison, EventPage, EventRow
from vannilli_app.errors import Invalid

PAGE = 50
COMPARISONS = 14

_EVENTS = "SELECT id, type, status, tries, error, received_at FROM payment_events"
_COMPARISONS = f"""
SELECT day, ended_at, facts, repaired, differences FROM reconciliations ORDER BY day DESC LIMIT {COMPARISONS}
"""  # noqa: S608 (a constant)


async def page(session: AsyncSession, status: str, cursor: str | None) -> EventPage:
    """Events, newest first, of one status or of all, and the last two weeks' comparisons. Raises Invalid."""
    values: dict[str, Any] = {"status": status} if status else {}
    conditions = ["status = :status"] if status else []
    if cursor:
        values["before"], values["before_id"] = _read(cursor)
        conditions.append("(received_at, id) < (:before, :before_id)")
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    query = f"{_EVENTS} {where} ORDER BY received_at DESC, id DESC LIMIT {PAGE + 1}"
    found = [EventRow(**row) for row in await rows(session, query, **values)]
    last = found[PAGE - 1] if len(found) > PAGE else None
    return EventPage(
        items=found[:PAGE],
        next_cursor=_write(last) if last else None,
        comparisons=[Comparison(**row) for row in await rows(session, _COMPARISONS)],
    )


def _write(event: EventRow) -> str:
    """Like `cursors`, whose ids are UUIDs; an event's is the payment service's."""
    return base64.urlsafe_b64encode(f"{event.received_at.isoformat()}|{event.id}".encode()).decode()


def _read(cursor: str) -> tuple[datetime, str]:
    try:
        moment, _, event = base64.urlsafe_b64decode(cursor).decode().partition("|")
        return datetime.fromisoformat(moment), event
    except (ValueError, binascii.Error) as error:
        raise Invalid(
            _("That page link is broken. Start again from the first page."), code="invalid_cursor"
        ) from error
