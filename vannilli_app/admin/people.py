"""Finding people. Sessions are of the reading role."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.admin.queries import rows
from vannilli_app.admin.schemas import PersonPage, PersonRow
from vannilli_app.cursors import after, cut, decode_cursor

PAGE = 50

_PEOPLE = """
SELECT person.id, person.email, person.tier, person.credits_remaining AS credits, person.credit_debt AS owed,
    person.role, person.created_at, person.banned_at,
    (SELECT count(*) FROM generations generation JOIN projects project ON project.id = generation.project_id
        WHERE project.user_id = person.id) AS videos,
    (SELECT coalesce(sum(cents), 0) / 100.0 FROM credit_entries entry
        WHERE entry.user_id = person.id AND entry.kind IN ('plan', 'topup', 'open_mic')) AS paid_usd
FROM users person
"""
_FOUND = """(person.email LIKE '%' || lower(:search) || '%' OR person.id::text = :search
    OR person.stripe_customer_id = :search OR person.device_fingerprint = :search)"""
_BEFORE = "(person.created_at, person.id) < (:before, :before_id)"


async def page(session: AsyncSession, search: str, cursor: str | None) -> PersonPage:
    """People whose email has `search` in it, or whose id, Stripe customer or device it is; newest first.

    Raises Invalid (`invalid_cursor`).
    """
    values: dict[str, Any] = {"search": search.strip()} if search.strip() else {}
    conditions = [_FOUND] if values else []
    if cursor:
        values["before"], values["before_id"] = decode_cursor(cursor)
        conditions.append(_BEFORE)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    query = f"{_PEOPLE} {where} ORDER BY person.created_at DESC, person.id DESC LIMIT {PAGE + 1}"
    found = [PersonRow(**row) for row in await rows(session, query, **values)]
    items, next_cursor = cut(found, PAGE, after)
    return PersonPage(items=items, next_cursor=next_cursor)
