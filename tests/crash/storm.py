"""Many videos at once through providers that misbehave, on two servers and two workers that are killed again and again.

    python -m tests.crash.storm [--jobs 200] [--rounds 10]

Prints what became of them, and exits with 1 when a job did not end, was submitted twice, or was charged wrongly.
"""

import argparse
import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg.rows import dict_row

from tests import product
from tests.artist import Artist
from tests.fakes import everyone
from tests.fakes.everyone import Everyone
from tests.fakes.faults import What, Where
from tests.media import makers
from tests.product import SERVER, WORKER, Product, eventually
from vannilli_app import frontend
from vannilli_app.config import ROOT

BPM, BARS, COST = 160, 2, 3
GIVEN = 1000  # credits for each artist, besides the three of the welcome
WELCOME = 3
JOBS_AN_ARTIST = 25
PROVIDERS = ("kling", "runway")
PAUSES = (2.0, 6.0)  # seconds between two kills
# Of a hundred calls, so many go wrong.
FAULTS: list[tuple[Where, What, float]] = [
    ("submit", "429", 0.05), ("submit", "503", 0.03), ("submit", "reset_after", 0.03), ("submit", "half", 0.02),
    ("look", "500", 0.05), ("look", "wrong_json", 0.03), ("look", "reset", 0.03),
    ("render", "fails", 0.05), ("result", "404", 0.05), ("result", "half", 0.03), ("callback", "lost", 0.3),
]  # fmt: skip
# Every claim of a row, noted by PostgreSQL itself; one that took the place of another was claimed twice.
WATCH = """
CREATE TABLE claims (doubled BOOLEAN NOT NULL);
GRANT INSERT ON claims TO vannilli_service;
CREATE FUNCTION note_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO claims VALUES (OLD.claim IS NOT NULL);
    RETURN NULL;
END $$;
CREATE TRIGGER note_claim AFTER UPDATE ON generations FOR EACH ROW
    WHEN (NEW.claim IS DISTINCT FROM OLD.claim AND NEW.claim IS NOT NULL) EXECUTE FUNCTION note_claim();
CREATE TRIGGER note_claim AFTER UPDATE ON segments FOR EACH ROW
    WHEN (NEW.claim IS DISTINCT FROM OLD.claim AND NEW.claim IS NOT NULL) EXECUTE FUNCTION note_claim();
"""


@dataclass
class Outcome:
    """What a storm came to. `problems` are sentences; empty when all is well. `making_seconds` passed from the first
    start to the last end, `claims` rows were claimed meanwhile."""

    completed: int = 0
    claims: int = 0
    making_seconds: float = 0.0
    failed: dict[str, int] = field(default_factory=dict)
    kills: int = 0
    seconds: float = 0.0
    submissions: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass
class Storm:
    """The fakes, two instances of the product on one database and one store, and the artists."""

    fakes: Everyone
    instances: list[Product]
    files: dict[str, Path]
    artists: list[Artist] = field(default_factory=list)

    async def start(self, jobs: int) -> None:
        """Start so many videos, by turns at each provider and through each server."""
        places = asyncio.Semaphore(4)

        async def one(number: int) -> None:
            async with places:
                artist = self.artists[number % len(self.artists)]
                project = await artist.project(bpm=BPM, bars=BARS)
                await artist.upload(project, **self.files)
                started = await artist.start(project, provider=PROVIDERS[number % len(PROVIDERS)])
                assert started.status_code == 202, "\n".join([started.text, *self.unexpected()])

        await asyncio.gather(*(one(number) for number in range(jobs)))

    def unexpected(self) -> list[str]:
        """The logged lines of requests that a server answered with 500."""
        return [line for instance in self.instances for line in instance.unexpected]

    def kill_something(self, lots: random.Random) -> None:
        """kill -9 of a server or a worker; its supervisor starts it again."""
        found = lots.choice(self.instances).children(lots.choice((SERVER, WORKER)))
        if found:
            found[0].kill()

    def rows(self, query: str) -> list[dict[str, Any]]:
        with psycopg.connect(self.instances[0].database_url, row_factory=dict_row) as owner:
            return owner.execute(query).fetchall()  # type: ignore[arg-type]

    def all_ended(self) -> bool:
        return not self.rows("SELECT FROM generations WHERE status IN ('pending', 'processing') LIMIT 1")

    def books_problems(self) -> list[str]:
        """Where our books and the providers' differ, or a segment was left behind."""
        alive = ("waiting", "submitting", "rendering", "collecting")
        problems = [
            f"segment {row['external_id']} is still {row['stage']}"
            for row in self.rows(f"SELECT * FROM segments WHERE stage IN {alive}")
        ]
        known = self.rows("SELECT * FROM provider_tasks")
        for name, fake in (("kling", self.fakes.kling), ("runway", self.fakes.runway)):
            mine = [row for row in known if row["provider"] == name]
            noted = {row["task_id"] for row in mine if row["task_id"]}
            unsure = sum(row["status"] == "unsure" for row in mine)
            cancelled = sum(row["status"] == "cancelled" for row in mine)
            strange = set(fake.tasks) - noted
            if not noted <= set(fake.tasks) or len(strange) > unsure + cancelled:
                problems.append(
                    f"{name} has {len(fake.tasks)} tasks, we know {len(noted)}, {unsure} are unsure"
                )
            ids = [task.external_id for task in fake.tasks.values() if task.external_id]
            if len(ids) != len(set(ids)):
                problems.append(f"{name} got a submission twice")
        return problems

    async def money_problems(self) -> list[str]:
        """Where an artist's credits are not what their videos explain; downloads every video twice."""
        problems = []
        for artist in self.artists:
            made = self.rows(
                "SELECT g.id, g.status FROM generations g JOIN projects p ON p.id = g.project_id"
                f" WHERE p.user_id = '{artist.id}'"
            )
            good = [row["id"] for row in made if row["status"] == "completed"]
            had = GIVEN + WELCOME
            before = await artist.balance()
            if (before["credits_remaining"], before["reserved"]) != (had, COST * len(good)):
                problems.append(f"{artist.id} has {before} with {len(good)} videos")
            for generation in good * 2:
                await artist.http.get(f"/api/download/{generation}")
            after = await artist.balance()
            if (after["credits_remaining"], after["reserved"]) != (had - COST * len(good), 0):
                problems.append(f"{artist.id} has {after} after {len(good)} downloads")
        return problems


async def blow(folder: Path, *, jobs: int, rounds: int, seed: int = 1) -> Outcome:
    """Start `jobs` videos, kill something `rounds` times while they are made, and look at what came of it."""
    lots, began = random.Random(seed), time.monotonic()
    outcome = Outcome()
    with ExitStack() as stack:
        fakes = everyone.serving(stack, render_seconds=0.5, slots=20)
        for where, what, share in FAULTS:
            for fake in (fakes.kling, fakes.runway):
                fake.faults.add(where, what, times=-1, share=share)
        env = fakes.settings | {
            "EXTRA_PROVIDERS": "tests.fakes.eager:providers",
            "FREE_GENERATIONS_PER_DAY": "10000",
            "LOG_LEVEL": "ERROR",
            "PYTHONPATH": str(ROOT),
        }
        data = folder / "data"
        data.mkdir()
        instances = [stack.enter_context(product.running(data, **env)) for _ in range(2)]
        storm = Storm(fakes, instances, _files(folder))
        async with AsyncExitStack() as clients:
            for number in range(-(-jobs // JOBS_AN_ARTIST)):
                base = instances[number % 2].base_url
                http = await clients.enter_async_context(httpx.AsyncClient(base_url=base, timeout=60))
                storm.artists.append(await Artist.sign_up(http))
                _grant(instances[0], storm.artists[-1].id)
            with psycopg.connect(instances[0].database_url, autocommit=True) as owner:
                owner.execute(WATCH)
            making = time.monotonic()
            await storm.start(jobs)
            for _ in range(rounds):
                await asyncio.sleep(lots.uniform(*PAUSES))
                storm.kill_something(lots)
                outcome.kills += 1
            if not await asyncio.to_thread(eventually, storm.all_ended, 120 + 6 * jobs):
                outcome.problems.append("some videos never ended")
            outcome.making_seconds = time.monotonic() - making
            for instance in instances:
                assert await asyncio.to_thread(eventually, instance.answers, 60)
            await asyncio.sleep(2)  # what was cancelled at the end is told to its provider
            outcome.problems += storm.books_problems() + await storm.money_problems()
            (claims,) = storm.rows(
                "SELECT count(*) AS n, count(*) FILTER (WHERE doubled) AS twice FROM claims"
            )
            outcome.claims = claims["n"]
            if claims["twice"]:
                outcome.problems.append(f"{claims['twice']} rows were claimed by two at once")
        for row in storm.rows("SELECT status, error_code, count(*)::int AS n FROM generations GROUP BY 1, 2"):
            if row["status"] == "completed":
                outcome.completed = row["n"]
            else:
                outcome.failed[row["error_code"]] = row["n"]
        outcome.submissions = len(fakes.kling.tasks) + len(fakes.runway.tasks)
    outcome.seconds = time.monotonic() - began
    return outcome


def _files(folder: Path) -> dict[str, Path]:
    clip = makers.film(folder / "take.mp4", frames=95, size=(360, 640), sound=makers.music(3.2, bpm=BPM))
    makers.ffmpeg("-i", clip, "-frames:v", 1, folder / "picture.png")
    track = makers.wav(folder / "track.wav", makers.music(3.2, bpm=BPM))
    return {"driver_video": clip, "target_image": folder / "picture.png", "audio": track}


def _grant(instance: Product, user_id: str) -> None:
    with psycopg.connect(instance.database_url) as owner:
        (email,) = owner.execute("SELECT email FROM users WHERE id = %s", [user_id]).fetchone() or ("",)
    command = [
        sys.executable,
        "-m",
        "vannilli_app.cli",
        "credits",
        "grant",
        email,
        str(GIVEN),
        "--reason",
        "storm",
    ]
    env = os.environ | {"DATABASE_URL": instance.database_url}
    subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash.storm")
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    frontend.ensure()
    with tempfile.TemporaryDirectory(prefix="vannilli-storm-") as name:
        outcome = asyncio.run(
            blow(Path(name), jobs=arguments.jobs, rounds=arguments.rounds, seed=arguments.seed)
        )
    sys.stdout.write(f"{outcome}\n")
    return 1 if outcome.problems else 0


if __name__ == "__main__":
    sys.exit(main())
