"""What people did, newest first, filtered. Sessions are of the reading role."""

from datetime import UTC, date, datetime, time, timedelta
from ipaddress import IPv4Address, IPv6Address
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.admin.queries import rows
from vannilli_app.cursors import after, cut, decode_cursor

PAGE = 50

_ENTRIES = """
SELECT entry.id, entry.created_at, entry.action, entry.resource_type, entry.resource_id, entry.metadata AS details,
    entry.ip_address AS ip, entry.user_agent, entry.user_id, person.email
FROM audit_log entry LEFT JOIN users person ON person.id = entry.user_id
"""
_CONDITIONS = {
    "action": "position(lower(:action) IN replace(entry.action, '_', ' ')) > 0",
    "since": "entry.created_at >= :since AND entry.created_at < :until",
    "search": "(entry.user_id IN (SELECT id FROM users WHERE email = lower(:search) OR id::text = :search)"
    " OR entry.resource_id::text = :search OR host(entry.ip_address) = :search)",
    "before": "(entry.created_at, entry.id) < (:before, :before_id)",
}


class AuditFilter(BaseModel):
    """Which entries to list; empty fields do not filter. `action` is a part of its name, `day` is UTC; `search` is an
    email, an address of the network, or the id of a person or of what something was done to."""

    action: str = Field("", max_length=60)
    search: str = Field("", max_length=320)
    day: date | None = None


class AuditRow(BaseModel):
    """One thing that somebody did. `user_id` and `email` are None where nobody was signed in, or who was has left."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    created_at: datetime
    action: str
    resource_type: str
    resource_id: UUID | None
    details: dict[str, Any] | None
    ip: IPv4Address | IPv6Address | None
    user_agent: str | None
    user_id: UUID | None
    email: str | None


class AuditPage(BaseModel):
    """A page of the log."""

    items: list[AuditRow]
    next_cursor: str | None


async def page(session: AsyncSession, wanted: AuditFilter, cursor: str | None) -> AuditPage:
    """Entries of the audit log, newest first. Raises Invalid (`invalid_cursor`)."""
    values = _values(wanted)
    if cursor:
        values["before"], values["before_id"] = decode_cursor(cursor)
    conditions = [_CONDITIONS[name] for name in values if name in _CONDITIONS] or ["true"]
    query = f"{_ENTRIES} WHERE {' AND '.join(conditions)}" + (
        f" ORDER BY entry.created_at DESC, entry.id DESC LIMIT {PAGE + 1}"
    )
    found = [AuditRow(**row) for row in await rows(session, query, **values)]
    items, next_cursor = cut(found, PAGE, after)
    return AuditPage(items=items, next_cursor=next_cursor)


def _values(wanted: AuditFilter) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if action := wanted.action.strip():
        values["action"] = action.replace("_", " ")
    if search := wanted.search.strip():
        values["search"] = search
    if wanted.day:
        values["since"] = datetime.combine(wanted.day, time.min, UTC)
        values["until"] = values["since"] + timedelta(days=1)
    return values
