"""A provider's call that a task of its has changed: verified, and then only a reason to look at once."""

from collections.abc import Mapping
from datetime import datetime

from vannilli_app.db import SERVICE, transaction
from vannilli_app.errors import NotFound
from vannilli_app.generations import segment_queries
from vannilli_app.providers import providers


async def receive(
    name: str, headers: Mapping[str, str], query: Mapping[str, str], body: bytes, now: datetime
) -> int:
    """Have the segments that a callback speaks of looked at now; returns how many. Called twice, it does no more.

    `headers` have names in lower case. Raises NotFound for a provider that is not set up here, and what
    `parse_callback` raises.
    """
    chosen = providers().get(name)
    if chosen is None:
        raise NotFound
    callback = chosen.parse_callback(headers, query, body, now)
    async with transaction(SERVICE) as session:
        return await segment_queries.hurry(session, name, callback.task_id, callback.external_id, now)
