"""What it takes one process to look at 10,000 videos that Kling is making, with 20 ids a call and with one.

The process that polls, the fake that answers it and PostgreSQL are three: only the first is measured. Each task is due
every `poll_seconds`. Lateness is what passes from when a look was due until a statement has claimed it; PostgreSQL
notes it, by a trigger that the product knows nothing of.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.bench.figures import Figure
from tests.bench.poller import Window
from tests.fakes.kling import API_KEY
from tests.people import add_person
from vannilli_app import db
from vannilli_app.config import ROOT, Settings
from vannilli_app.embedded import EmbeddedPostgres
from vannilli_app.providers.kling import CAPABILITIES

JOBS = 10_000
READY_SECONDS = 5  # until the polling process runs: what was due before would stay a crowd
AGAINST = "the same with 1 id a call"

IN_FLIGHT = """
WITH project AS (
    INSERT INTO projects (user_id, track_name, bpm, bars, duration_seconds, exact_seconds, status,
                          driver_video_r2_path, target_image_r2_path)
    SELECT %(person)s, 'Bench', 160, 2, 3, 3, 'processing', 'take.mp4', 'picture.png'
    FROM generate_series(1, %(jobs)s)
    RETURNING id
), generation AS (
    INSERT INTO generations (project_id, provider, cost_credits, status, stage, request)
    SELECT id, 'kling', 3, 'processing', 'rendering', '{}' FROM project
    RETURNING id, internal_task_id::text AS task_id
)
INSERT INTO segments (generation_id, user_id, number, first_frame, frames, take_first, take_frames, skip_frames,
                      provider, stage, external_id, task_id, submitted_at, due_at)
SELECT id, %(person)s, 1, 0, 90, 0, 90, 0, 'kling', 'rendering', task_id, task_id, now(),
       now() + interval '1 second' * (%(ready)s + %(poll_seconds)s * (row_number() OVER ()) / %(jobs)s::float)
FROM generation
"""
# A claim changes a row that is due; what is written back after the answer is not due any more.
WATCH = """
CREATE TABLE changes (at TIMESTAMPTZ NOT NULL, late INTERVAL NOT NULL);
GRANT INSERT ON changes TO vannilli_service;
CREATE FUNCTION note_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO changes SELECT clock_timestamp(), clock_timestamp() - due_at FROM was;
    RETURN NULL;
END $$;
CREATE TRIGGER note_changes AFTER UPDATE ON segments REFERENCING OLD TABLE AS was
    FOR EACH STATEMENT EXECUTE FUNCTION note_changes();
"""
SEEN = """
SELECT count(*) FILTER (WHERE late < '0'),
       1000 * extract(epoch FROM percentile_cont(0.99) WITHIN GROUP (ORDER BY late) FILTER (WHERE late >= '0'))
FROM changes WHERE at BETWEEN to_timestamp(%s) AND to_timestamp(%s)
"""


@dataclass(frozen=True)
class Polled:
    """What one run used, how many looks were answered and written back meanwhile, and how late they were claimed."""

    window: Window
    looks: int
    late_ms: float

    @property
    def looks_a_second(self) -> float:
        return self.looks / self.window.seconds

    @property
    def percent_of_a_core(self) -> float:
        return 100 * self.window.cpu_seconds / self.window.seconds

    @property
    def cpu_ms(self) -> float:
        """Of a look."""
        return 1000 * self.window.cpu_seconds / self.looks


def figures() -> list[Figure]:
    """Speed, work, lateness and memory of the polling process."""
    many, one = _polled(CAPABILITIES.batch), _polled(1)
    what = f"{JOBS:,} in flight, {CAPABILITIES.batch} ids a call"
    return [
        Figure(f"{what}: looks", many.looks_a_second, one.looks_a_second, "/s", AGAINST),
        Figure("  share of one core", many.percent_of_a_core, one.percent_of_a_core, "%", AGAINST),
        Figure("  processor time for a look", many.cpu_ms, one.cpu_ms, "ms", AGAINST),
        Figure(
            "  lateness of a look, p99", many.late_ms, one.late_ms, "ms", AGAINST, "about a tick, 1000 ms"
        ),
        Figure("  memory of the process", many.window.peak_mib, one.window.peak_mib, "MiB", AGAINST),
    ]


def _polled(ids: int) -> Polled:
    """One run on a database of its own. Raises RuntimeError when it fails or jobs were lost on the way."""
    with (
        tempfile.TemporaryDirectory(prefix="vannilli-bench-") as name,
        EmbeddedPostgres(Path(name) / "postgres", fast=True) as postgres,
        _asked() as address,
    ):
        url = postgres.url()
        db.migrate(url)
        with psycopg.connect(url, autocommit=True) as owner:
            _begin(owner)
            window = _measured(ids, DATABASE_URL=url, DATA_DIR=name, KLING_BASE_URL=address)
            seen = owner.execute(SEEN, (window.began, window.ended)).fetchone()
            left = owner.execute("SELECT count(*) FROM segments WHERE stage = 'rendering'").fetchone()
    if left != (JOBS,) or seen is None or not seen[0]:
        raise RuntimeError(f"of {JOBS} jobs {left} are in flight; looks and their lateness: {seen}")
    return Polled(window, int(seen[0]), float(seen[1]))


def _begin(owner: psycopg.Connection[Any]) -> None:
    """Let one person have all jobs in flight, their looks due evenly from when the polling begins."""
    person = add_person(owner)
    owner.execute(WATCH)
    spread = {"ready": READY_SECONDS, "poll_seconds": CAPABILITIES.poll_seconds}
    owner.execute(IN_FLIGHT, {"person": person, "jobs": JOBS, **spread})
    owner.execute("VACUUM ANALYZE")


@contextmanager
def _asked() -> Iterator[str]:
    """The fake's address; it ends when the block closes its standard input."""
    command = [sys.executable, "-m", "tests.bench.asked"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        yield process.stdout.readline().strip()


def _measured(ids: int, **env: str) -> Window:
    unset = {name.upper() for name in Settings.model_fields}
    kept = {name: value for name, value in os.environ.items() if name not in unset}
    ended = subprocess.run(
        [sys.executable, "-m", "tests.bench.poller", str(ids)],
        cwd=ROOT,
        env={**kept, "KLING_API_KEY": API_KEY, "PUBLIC_URL": "https://vannilli.test", **env},
        capture_output=True,
        text=True,
    )
    if ended.returncode:
        raise RuntimeError(f"the polling failed: {ended.stderr[-800:]}")
    return Window(**json.loads(ended.stdout.splitlines()[-1]))
