"""Every SELECT about work and people: what was made, how long it took, what waits, who shares a free tier."""

from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, text
from sqlmodel.ext.asyncio.session import AsyncSession

_WORK = """
SELECT count(*) AS started,
    count(*) FILTER (WHERE status = 'completed') AS completed,
    count(*) FILTER (WHERE status = 'failed' AND error_code IS DISTINCT FROM 'cancelled') AS failed,
    count(*) FILTER (WHERE status = 'failed' AND error_code = 'cancelled') AS cancelled,
    count(*) FILTER (WHERE status IN ('pending', 'processing')) AS running,
    count(*) FILTER (WHERE free_tier) AS free,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM completed_at - created_at))
        FILTER (WHERE status = 'completed') AS wait_p50,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM completed_at - created_at))
        FILTER (WHERE status = 'completed') AS wait_p95
FROM generations WHERE created_at >= :since AND created_at < :until
"""

_RELEASED = """
SELECT coalesce(sum(amount), 0) FROM credit_reservations
WHERE status = 'released' AND settled_at >= :since AND settled_at < :until
"""

_FAILURES = """
SELECT coalesce(error_code, 'unknown') AS key, count(*) AS count FROM generations
WHERE status = 'failed' AND created_at >= :since AND created_at < :until
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20
"""

_CONVERSION = """
WITH came AS (
    SELECT id, email_verified_at FROM users WHERE created_at >= :since AND created_at < :until),
made AS (
    SELECT project.user_id, bool_or(generation.status = 'completed') AS completed
    FROM came JOIN projects project ON project.user_id = came.id
    JOIN generations generation ON generation.project_id = project.id GROUP BY 1),
paid AS (
    SELECT DISTINCT entry.user_id FROM came JOIN credit_entries entry ON entry.user_id = came.id
    WHERE entry.kind IN ('plan', 'topup', 'open_mic'))
SELECT count(*) AS signed_up, count(email_verified_at) AS verified, count(made.user_id) AS started,
    count(*) FILTER (WHERE made.completed) AS completed, count(paid.user_id) AS paid
FROM came LEFT JOIN made ON made.user_id = came.id LEFT JOIN paid ON paid.user_id = came.id
"""

_QUEUES = """
SELECT job.queue_name AS name, count(*) AS depth, min(event.at) AS oldest
FROM procrastinate_jobs job
LEFT JOIN procrastinate_events event ON event.job_id = job.id AND event.type = 'deferred'
WHERE job.status = 'todo' GROUP BY 1 ORDER BY 1
"""

_WAITING = """
SELECT provider, count(*) AS depth, min(created_at) AS oldest FROM segments
WHERE stage = 'waiting' GROUP BY 1
"""

_TASKS = """
SELECT provider, count(*) AS tasks,
    count(*) FILTER (WHERE status = 'completed') AS completed,
    count(*) FILTER (WHERE status = 'failed') AS failed,
    count(*) FILTER (WHERE status = 'unsure') AS unsure,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM ended_at - submitted_at))
        FILTER (WHERE status = 'completed') AS latency_p50,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM ended_at - submitted_at))
        FILTER (WHERE status = 'completed') AS latency_p95,
    sum(coalesce(billed_usd, estimated_usd)) AS cost_usd,
    coalesce(sum(billed_usd), 0) AS billed_usd,
    count(*) FILTER (WHERE billed_usd IS NULL AND estimated_usd > 0) AS unbilled_tasks
FROM provider_tasks WHERE created_at >= :since AND created_at < :until GROUP BY 1
"""

_SHARED = """
SELECT made.kind, made.key, count(DISTINCT project.user_id) AS accounts, count(*) AS videos
FROM (SELECT 'device' AS kind, device_fingerprint AS key, project_id FROM generations
        WHERE free_tier AND device_fingerprint IS NOT NULL AND created_at >= :since AND created_at < :until
    UNION ALL SELECT 'address', host(ip), project_id FROM generations
        WHERE free_tier AND ip IS NOT NULL AND created_at >= :since AND created_at < :until) made
JOIN projects project ON project.id = made.project_id
GROUP BY 1, 2 HAVING count(DISTINCT project.user_id) > 1
ORDER BY 3 DESC, 4 DESC, 2 LIMIT 20
"""

_EVENTS = """
SELECT count(*) AS received,
    count(*) FILTER (WHERE status = 'handled') AS handled,
    count(*) FILTER (WHERE status = 'ignored') AS ignored,
    count(*) FILTER (WHERE status = 'failed') AS failed
FROM payment_events WHERE received_at >= :since AND received_at < :until
"""

_COMPARED = """
SELECT day AS compared_on, jsonb_array_length(differences) AS differences FROM reconciliations
WHERE ended_at IS NOT NULL ORDER BY day DESC LIMIT 1
"""

_TRAFFIC = """
SELECT coalesce(sum(requests), 0)::bigint AS requests, coalesce(sum(unchanged), 0)::bigint AS unchanged,
    coalesce(sum(bytes), 0)::bigint AS bytes
FROM traffic WHERE day >= :since
"""
_INCIDENTS = """
SELECT id, rule, subject, sentence, opened_at, recovered_at FROM incidents
ORDER BY recovered_at IS NOT NULL, opened_at DESC LIMIT :limit
"""


async def work(session: AsyncSession, since: datetime, until: datetime) -> RowMapping:
    """Generations that were started between two moments, by what became of them, and their waits in seconds."""
    return (await rows(session, _WORK, since=since, until=until))[0]


async def released_credits(session: AsyncSession, since: datetime, until: datetime) -> int:
    """Credits that were set aside and came back."""
    found = await (await session.connection()).execute(text(_RELEASED), {"since": since, "until": until})
    return int(found.scalar_one())


async def failures(session: AsyncSession, since: datetime, until: datetime) -> list[RowMapping]:
    """Why generations failed, the commonest first."""
    return await rows(session, _FAILURES, since=since, until=until)


async def conversion(session: AsyncSession, since: datetime, until: datetime) -> RowMapping:
    """How far the people came who signed up between two moments."""
    return (await rows(session, _CONVERSION, since=since, until=until))[0]


async def queues(session: AsyncSession) -> list[RowMapping]:
    """The workers' queues: depth, and when the oldest job was put there."""
    return await rows(session, _QUEUES)


async def waiting(session: AsyncSession) -> dict[str, RowMapping]:
    """Segments that wait for their turn at a provider, by provider."""
    return {row["provider"]: row for row in await rows(session, _WAITING)}


async def tasks(session: AsyncSession, since: datetime, until: datetime) -> dict[str, RowMapping]:
    """What was handed to each provider between two moments, and what became of it."""
    return {row["provider"]: row for row in await rows(session, _TASKS, since=since, until=until)}


async def shared(session: AsyncSession, since: datetime, until: datetime) -> list[RowMapping]:
    """Devices and addresses from which several accounts made free videos."""
    return await rows(session, _SHARED, since=since, until=until)


async def events(session: AsyncSession, since: datetime, until: datetime) -> RowMapping:
    """The payment service's events by status."""
    return (await rows(session, _EVENTS, since=since, until=until))[0]


async def compared(session: AsyncSession) -> RowMapping | None:
    """The newest finished comparison with the payment service."""
    return next(iter(await rows(session, _COMPARED)), None)


async def traffic(session: AsyncSession, since: datetime) -> RowMapping:
    """What was served from the day of a moment on."""
    return (await rows(session, _TRAFFIC, since=since.date()))[0]


async def incidents(session: AsyncSession, limit: int) -> list[RowMapping]:
    """Incidents, the open ones first, then the newest."""
    return await rows(session, _INCIDENTS, limit=limit)


async def rows(session: AsyncSession, query: str, **values: Any) -> list[RowMapping]:
    """The rows of a query by column name."""
    return list((await (await session.connection()).execute(text(query), values)).mappings())
