"""What the rules look at: each gives values by subject. A subject that is missing cannot be told, or is well."""

import asyncio
import shutil
import socket
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.alerts.rules import Rule
from vannilli_app.config import settings
from vannilli_app.generations import breaker, provider_queries
from vannilli_app.media.authority import FOLDER

Values = dict[str, float]
LEAST_ENDED = 5  # of fewer videos no share is told
LEAST_COST_CENTS = 100  # a margin of cents is chance
UNHANDLED_AFTER = timedelta(minutes=5)  # an event that was received and never handled: its process died

_MARGIN = """
SELECT (SELECT coalesce(-sum(cents), 0) FROM credit_entries
        WHERE kind IN ('generation', 'returned') AND created_at >= :since AND created_at < :until) AS earned,
    (SELECT coalesce(sum(coalesce(billed_usd, estimated_usd)), 0) * 100 FROM provider_tasks
        WHERE created_at >= :since AND created_at < :until) AS cost
"""
_ENDED = """
SELECT count(*) AS ended, count(*) FILTER (WHERE status = 'failed') AS failed FROM generations
WHERE completed_at >= :since AND completed_at < :until AND error_code IS DISTINCT FROM 'cancelled'
"""
_OLDEST = """
SELECT min(oldest) FROM (
    SELECT min(greatest(event.at, job.scheduled_at)) AS oldest FROM procrastinate_jobs job
    JOIN procrastinate_events event ON event.job_id = job.id AND event.type = 'deferred'
    WHERE job.status = 'todo' AND coalesce(job.scheduled_at, :now) <= :now
    UNION ALL SELECT min(due_at) FROM generations WHERE status IN ('pending', 'processing') AND claim IS NULL
        AND stage IN ('preparing', 'finishing')) waiting
"""
_EVENTS = """
SELECT count(*) FROM payment_events WHERE received_at >= :since
    AND (status = 'failed' OR (status = 'received' AND received_at < :late))
"""
_STUCK = """
SELECT count(*) FROM credit_reservations WHERE status = 'held' AND deadline_at <= :now AND user_id IS NOT NULL
"""
_UNDONE = """
SELECT job.task_name, min(event.at) FROM procrastinate_jobs job
JOIN procrastinate_events event ON event.job_id = job.id AND event.type = 'deferred'
WHERE job.status = 'todo' AND job.attempts > 0 GROUP BY 1
"""
_LAST_BACKUP = "SELECT coalesce(max(ended_at), min(day)::timestamptz) FROM backups"


async def read(session: AsyncSession, rule: Rule, now: datetime) -> Values:
    """The present values of a rule, by subject. Needs the service's role."""
    return await _READINGS[rule.name](session, now, timedelta(seconds=rule.window))


def here() -> str:
    """The name of this machine."""
    return socket.gethostname()


async def _margin(session: AsyncSession, now: datetime, window: timedelta) -> Values:
    """What is left of a dollar earned. Cost without any earning is a margin of -100 %."""
    earned, cost = await _row(session, _MARGIN, since=now - window, until=now)
    if earned <= 0:
        return {"": -1.0} if cost >= LEAST_COST_CENTS else {}
    return {"": float((earned - cost) / earned)}


async def _errors(session: AsyncSession, now: datetime, window: timedelta) -> Values:
    ended, failed = await _row(session, _ENDED, since=now - window, until=now)
    return {"": failed / ended} if ended >= LEAST_ENDED else {}


async def _queue_age(session: AsyncSession, now: datetime, _: timedelta) -> Values:
    (oldest,) = await _row(session, _OLDEST, now=now)
    return {"": max((now - oldest).total_seconds(), 0.0)} if oldest else {}


async def _provider_down(session: AsyncSession, _: datetime, __: timedelta) -> Values:
    """A breaker stays counted while it is half open: it is closed by a success alone."""
    states = await provider_queries.states(session)
    return {name: float(row.failures) for name, row in states.items() if row.failures >= breaker.FAILURES}


async def _payment_events(session: AsyncSession, now: datetime, window: timedelta) -> Values:
    (count,) = await _row(session, _EVENTS, since=now - window, late=now - UNHANDLED_AFTER)
    return {"": float(count)}


async def _stuck_credits(session: AsyncSession, now: datetime, _: timedelta) -> Values:
    (count,) = await _row(session, _STUCK, now=now)
    return {"": float(count)}


async def _undone(session: AsyncSession, now: datetime, _: timedelta) -> Values:
    """For how long a task has been tried again, in hours."""
    found = (await (await session.connection()).execute(text(_UNDONE))).all()
    return {task: (now - since).total_seconds() / 3600 for task, since in found}


async def _backup(session: AsyncSession, now: datetime, _: timedelta) -> Values:
    """Since the last one, or since the first was begun; nothing before that."""
    (since,) = await _row(session, _LAST_BACKUP)
    return {"": (now - since).total_seconds() / 3600} if since else {}


async def _disk(_: AsyncSession, __: datetime, ___: timedelta) -> Values:
    settings().data_dir.mkdir(parents=True, exist_ok=True)
    usage = await asyncio.to_thread(shutil.disk_usage, settings().data_dir)
    return {here(): usage.free / usage.total}


async def _certificate(_: AsyncSession, now: datetime, __: timedelta) -> Values:
    """Nothing where no certificate signs videos."""
    path = settings().c2pa_certificates or settings().data_dir / FOLDER / "signer.pem"
    try:
        chain = x509.load_pem_x509_certificates(await asyncio.to_thread(path.read_bytes))
    except (OSError, ValueError):
        return {}
    return {here(): min((one.not_valid_after_utc - now).total_seconds() for one in chain) / 86400}


async def _row(session: AsyncSession, query: str, **values: datetime) -> tuple[Any, ...]:
    return tuple((await (await session.connection()).execute(text(query), values)).one())


_READINGS: dict[str, Callable[[AsyncSession, datetime, timedelta], Awaitable[Values]]] = {
    "margin": _margin,
    "errors": _errors,
    "queue_age": _queue_age,
    "provider_down": _provider_down,
    "payment_events": _payment_events,
    "stuck_credits": _stuck_credits,
    "undone": _undone,
    "backup": _backup,
    "disk": _disk,
    "certificate": _certificate,
}
