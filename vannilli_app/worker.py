"""The worker: a process of its own that does what takes long, from procrastinate's queues in PostgreSQL.

`vannilli worker` starts it. Rows, not jobs, are the truth: a job says only "look at this row", and every row that a
dead worker left behind is queued again by the scheduler.
"""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable

import procrastinate
from psycopg.conninfo import make_conninfo

from vannilli_app import backup, deletions, leases
from vannilli_app.accounts import jobs as accounts_jobs
from vannilli_app.accounts import post, privacy
from vannilli_app.billing import jobs as billing_jobs
from vannilli_app.billing import leaving
from vannilli_app.config import Settings, settings
from vannilli_app.db import SERVICE_ROLE, database
from vannilli_app.generations import collect, handover, jobs, word, work
from vannilli_app.providers import local
from vannilli_app.releases import jobs as release_jobs
from vannilli_app.releases import service as releases
from vannilli_app.scratch import scratch
from vannilli_app.showcase import jobs as showcase_jobs
from vannilli_app.showcase import service as showcase
from vannilli_app.storage import wait_for_the_store
from vannilli_app.tracing import traced

STEPS_AT_ONCE = 2
SEGMENTS_AT_ONCE = 4  # they wait for providers most of the time
CANCELS_AT_ONCE = 2
MAILS_AT_ONCE = 2
POLL_SECONDS = 0.5  # delayed jobs and freed locks wait for it; new ones are notified
MOST_PAUSE_SECONDS = 600  # before a job that failed is tried again
GRACE_SECONDS = 5  # with the end of a render and of the process it must stay below the supervisor's 10
TIDY_CRON = "*/10 * * * *"


class UntilDone(procrastinate.BaseRetryStrategy):
    """Again and again, each time twice as late and at last every ten minutes: for what only its job knows of. The alert
    `undone` tells when it takes hours."""

    def get_retry_decision(
        self,
        *,
        exception: BaseException,  # noqa: ARG002 (as procrastinate asks)
        job: procrastinate.jobs.Job,
    ) -> procrastinate.RetryDecision:
        return procrastinate.RetryDecision(
            retry_in={"seconds": min(2 ** min(job.attempts + 1, 10), MOST_PAUSE_SECONDS)}
        )


Task = tuple[str, str, UntilDone | None, Callable[..., Awaitable[None]]]
TASKS: tuple[Task, ...] = (
    (work.ADVANCE_TASK, work.WORK_QUEUE, None, jobs.advance),
    (work.DISCARD_TASK, work.WORK_QUEUE, UntilDone(), jobs.discard_files),
    (work.WORD_TASK, work.WORK_QUEUE, None, word.send_word),
    (work.SUBMIT_TASK, work.SEGMENT_QUEUE, None, handover.submit),
    (work.COLLECT_TASK, work.SEGMENT_QUEUE, None, collect.collect),
    (work.CANCEL_TASK, work.CANCEL_QUEUE, None, handover.cancel_remote),
    (releases.KIT_TASK, releases.KIT_QUEUE, None, release_jobs.make_kit),
    (showcase.SETTLE_TASK, work.WORK_QUEUE, UntilDone(), showcase_jobs.settle),
    (leaving.FORGET_TASK, leaving.FORGET_QUEUE, UntilDone(), billing_jobs.forget),
    (deletions.NOTE_TASK, deletions.NOTE_QUEUE, UntilDone(), deletions.write),
    (backup.BACKUP_TASK, backup.BACKUP_QUEUE, None, backup.make_nightly),
    (post.MAIL_TASK, post.MAIL_QUEUE, None, accounts_jobs.send_mail),
    (privacy.EXPORT_TASK, post.MAIL_QUEUE, None, accounts_jobs.make_export),
    (local.RENDER_TASK, local.RENDER_QUEUE, None, local.render),
)
"""Name, queue, how it is tried again by itself, and what is done. Where a row stands behind it, it is not: the row has
it queued again."""

log = logging.getLogger(__name__)


def make_app(config: Settings) -> procrastinate.App:
    """procrastinate's app with our tasks, on a direct connection (it LISTENs) with the service's role."""
    conninfo = make_conninfo(config.listening_url, options=f"-c role={SERVICE_ROLE}")
    app = procrastinate.App(
        connector=procrastinate.PsycopgConnector(conninfo=conninfo, min_size=1, max_size=4),
        # What a job was asked names files, and files name people: rows say what is done.
        worker_defaults={"delete_jobs": procrastinate.jobs.DeleteJobCondition.SUCCESSFUL},
    )
    for name, queue, again, job in TASKS:
        app.task(name=name, queue=queue, retry=again or False)(traced(name, job))

    @app.periodic(cron=TIDY_CRON)
    @app.task(name="worker.tidy", queue=work.WORK_QUEUE, queueing_lock="worker.tidy", pass_context=True)
    async def tidy(context: procrastinate.JobContext, timestamp: int) -> None:
        await _tidy(context.app, timestamp)

    return app


async def main() -> None:
    """Work until SIGTERM or SIGINT; then finish what can be finished in a few seconds, and give back the rest."""
    wait_for_the_store()
    app = make_app(settings())
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    with scratch(settings().data_dir / "scratch"):
        await _work(app, stopped)
    await database().close()


async def _work(app: procrastinate.App, stopped: asyncio.Event) -> None:
    async with app.open_async(), asyncio.TaskGroup() as group:
        queues = {
            work.WORK_QUEUE: STEPS_AT_ONCE,
            work.SEGMENT_QUEUE: SEGMENTS_AT_ONCE,
            work.CANCEL_QUEUE: CANCELS_AT_ONCE,
            post.MAIL_QUEUE: MAILS_AT_ONCE,
            local.RENDER_QUEUE: 1,
            backup.BACKUP_QUEUE: 1,
            releases.KIT_QUEUE: 1,
        }
        workers = [group.create_task(_serve(app, queue, at_once)) for queue, at_once in queues.items()]
        log.info("worker ready")
        await stopped.wait()
        for worker in workers:
            worker.cancel()
        await asyncio.wait(workers, timeout=GRACE_SECONDS)
        leases.interrupt()


async def _serve(app: procrastinate.App, queue: str, at_once: int) -> None:
    """Do a queue's jobs until cancelled, and then those that run to their end.

    When the database goes away, procrastinate's worker ends as soon as its jobs have, and is started again.
    """
    while True:
        try:
            await app.run_worker_async(
                queues=[queue],
                concurrency=at_once,
                install_signal_handlers=False,
                fetch_job_polling_interval=POLL_SECONDS,
            )
        except procrastinate.exceptions.ConnectorException:
            log.warning("the database is away; the queue %s waits for it", queue)
        await asyncio.sleep(POLL_SECONDS)


async def _tidy(app: procrastinate.App, _timestamp: int) -> None:
    """Forget old jobs, and those that died with a worker: their rows were queued anew long ago."""
    until_done = {name for name, _, again, _ in TASKS if again}
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=60):
        if job.task_name in until_done:
            await app.job_manager.retry_job(job)
            continue
        await app.job_manager.finish_job(job, status=procrastinate.jobs.Status.FAILED, delete_job=True)
    await app.job_manager.delete_old_jobs(nb_hours=24, include_failed=True)
