"""The clock inside the backend: which job, how often. Every process ticks; each job claims the rows it takes."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from vannilli_app import backup, leaving, traffic
from vannilli_app.accounts import jobs as accounts_jobs
from vannilli_app.accounts import retention as accounts_retention
from vannilli_app.alerts import jobs as alerts
from vannilli_app.billing import jobs as billing
from vannilli_app.errors import Unavailable
from vannilli_app.generations import dispatch, jobs, look, retention, word
from vannilli_app.leases import DATABASE_AWAY
from vannilli_app.providers import local
from vannilli_app.releases import jobs as releases
from vannilli_app.showcase import jobs as showcase

log = logging.getLogger(__name__)
Job = Callable[[datetime], Awaitable[int]]
JOBS: tuple[tuple[Job, float], ...] = (
    (look.look_at_due, 1),
    (dispatch.dispatch_all, 1),
    (jobs.revive, 3),
    (jobs.cancel_again, 5),
    (word.revive, 5),
    (jobs.sweep, 60),
    (local.revive, 3),
    (accounts_jobs.revive, 5),
    (accounts_retention.run, 600),
    (leaving.forget_unverified, 3600),
    (retention.run, 600),
    (releases.revive, 5),
    (releases.forget_old, 600),
    (showcase.sweep, 600),
    (alerts.look, 5),
    (alerts.send, 5),
    (billing.end_expired, 60),
    (billing.renew_sandbox, 60),
    (billing.reconcile_nightly, 600),
    (backup.nightly, 600),
    (backup.revive, 60),
    (traffic.write_down, 30),
)


@asynccontextmanager
async def running() -> AsyncIterator[None]:
    """Tick while the block runs. A job that is still at work when its next tick comes skips that tick."""
    scheduler = AsyncIOScheduler(timezone=UTC)
    for job, seconds in JOBS:
        scheduler.add_job(
            _tick,
            "interval",
            args=[job],
            seconds=seconds,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)


async def _tick(job: Job) -> None:
    try:
        await job(datetime.now(UTC))
    except DATABASE_AWAY:
        log.warning("the database is away; the next tick tries again")
    except Unavailable as error:
        log.warning("%s: %s", job.__name__, error.message)
