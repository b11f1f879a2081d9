"""The payment service's events and the nightly comparisons with it. Sessions are of the reading role."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.admin.queries import rows
from vannilli_app.admin.schemas import Comparison, EventPage, EventRow
from vannilli_app.cursors import cut, decode_foreign, encode_cursor

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
        values["before"], values["before_id"] = decode_foreign(cursor)
        conditions.append("(received_at, id) < (:before, :before_id)")
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    query = f"{_EVENTS} {where} ORDER BY received_at DESC, id DESC LIMIT {PAGE + 1}"
    found = [EventRow(**row) for row in await rows(session, query, **values)]
    items, next_cursor = cut(found, PAGE, lambda event: encode_cursor(event.received_at, event.id))
    return EventPage(
        items=items,
        next_cursor=next_cursor,
        comparisons=[Comparison(**row) for row in await rows(session, _COMPARISONS)],
    )
