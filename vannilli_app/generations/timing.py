"""How long a provider takes, by its own recent tasks: what a person is told that it will still take."""

from datetime import datetime, timedelta

from vannilli_app.db import SERVICE, transaction
from vannilli_app.generations import provider_queries

RECENT = timedelta(days=7)
KEPT_SECONDS = 60

Timing = tuple[timedelta | None, timedelta | None]
_known: dict[str, tuple[datetime, Timing]] = {}


async def timing(provider: str, now: datetime) -> Timing:
    """Median and 95th percentile of a provider's recent tasks, read at most once a minute; None while nobody knows."""
    known = _known.get(provider)
    if known is None or (now - known[0]).total_seconds() > KEPT_SECONDS:
        async with transaction(SERVICE) as session:
            found = await provider_queries.timings(session, provider, now - RECENT)
        fresh: Timing = (timedelta(seconds=found[0]), timedelta(seconds=found[1])) if found else (None, None)
        _known[provider] = known = (now, fresh)
    return known[1]
