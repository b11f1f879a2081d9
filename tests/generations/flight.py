"""Generations that are at their provider, without the work before and after: their files lie in the store, their
segments wait. What the product would do by the clock is done at once, until nothing moves any more.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import procrastinate
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from tests.people import add_person, add_project, insert
from vannilli_app.billing import service as billing
from vannilli_app.db import SERVICE, transaction
from vannilli_app.generations import dispatch, lifecycle, look, segment_queries, steps, work
from vannilli_app.generations.schemas import FPS, Request
from vannilli_app.models import Generation
from vannilli_app.storage import RAW_UPLOADS, store

BARS, BPM = 2, 160  # three seconds: as short as most providers take
COST = 3
CREDITS = 10


@dataclass
class Flight:
    """The database, the worker's app, and the files that every generation shares."""

    app: procrastinate.App
    owner: psycopg.Connection[Any]
    files: dict[str, Path]
    people: dict[UUID, UUID] = field(default_factory=dict)

    async def begin(self, provider: str, *, person: UUID | None = None, **columns: Any) -> UUID:
        """A generation of three seconds with one segment that waits for `provider`, its price reserved."""
        person = person or add_person(self.owner, credits=CREDITS, tier="artist")
        project = add_project(
            self.owner, person, bpm=BPM, bars=BARS, duration_seconds=COST, exact_seconds=3, status="processing",
            driver_video_r2_path="take.mp4", target_image_r2_path="picture.png",
        )  # fmt: skip
        request = Request(
            user_id=person, track_name="Flight", bpm=Decimal(BPM), bars=Decimal(BARS), time_signature="4/4",
            beat_unit="quarter", aspect="9:16", prompt=None, mode="standard", character_orientation="video",
            bar_one_seconds=Decimal(0), section_start_bar=Decimal(1), driver_path="", image_path="",
            audio_path=None, capture_offset_seconds=None, width=720, height=1280,
        )  # fmt: skip
        generation = uuid4()
        values = {
            "id": generation, "project_id": project, "provider": provider, "cost_credits": COST,
            "stage": "submitted", "status": "processing", "request": Jsonb(request.model_dump(mode="json")),
            "prepared_frames": request.section.frames(FPS),
        }  # fmt: skip
        insert(self.owner, "generations", **(values | columns))
        self.people[generation] = person
        await self._store(generation, person)
        now = datetime.now(UTC)
        async with transaction(SERVICE) as session:
            await billing.reserve(
                session,
                user_id=person,
                generation_id=generation,
                amount=COST,
                now=now,
                deadline_at=now + timedelta(days=1),
            )
            row = await session.get_one(Generation, generation)
            await segment_queries.replace(session, generation, steps.segments_of(row, now))
        return generation

    async def _store(self, generation: UUID, person: UUID) -> None:
        driver, image, _ = lifecycle.working_files(generation, person)
        await store().upload(RAW_UPLOADS, driver, self.files["driver_video"], "video/mp4")
        await store().upload(RAW_UPLOADS, image, self.files["target_image"], "image/png")

    async def until_landed(self, rounds: int = 60) -> None:
        """Let the clock run, fast, until every generation is at its finish or has failed."""
        for _ in range(rounds):
            await self.tick()
            if not self.rows(
                "SELECT FROM generations WHERE status IN ('pending', 'processing') AND stage <> 'finishing'"
            ):
                break
        await self.work("cancel")

    async def tick(self) -> None:
        """One round of the clock, with nothing that has to be waited for."""
        await self.change("UPDATE segments SET due_at = now() WHERE claim IS NULL AND due_at > now()")
        await self.change("UPDATE provider_states SET busy_until = NULL, open_until = NULL")
        now = datetime.now(UTC)
        await dispatch.dispatch_all(now)
        await self.work("segments")
        await look.look_at_due(datetime.now(UTC))
        async with transaction(SERVICE) as session:
            waiting = [
                segment
                for generation in self.people
                for segment in await segment_queries.of_generation(session, generation)
                if segment.stage in lifecycle.SEGMENT_WORKED and segment.claim is None
            ]
            for segment in waiting:
                await work.queue_segment(session, segment)
        await self.work("segments", "cancel")

    async def work(self, *queues: str) -> None:
        """Do what waits in these queues."""
        await self.app.run_worker_async(
            queues=list(queues), concurrency=8, wait=False, install_signal_handlers=False
        )

    async def change(self, statement: str, *values: Any) -> None:
        """Do this as the owner; in a thread, since a callback in this loop may hold the row that it waits for."""
        await asyncio.to_thread(self.owner.execute, statement, values)

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """What the owner of the database reads."""
        with self.owner.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query, values).fetchall()

    def outcome(self, generation: UUID) -> tuple[str, str | None]:
        """`("finishing", None)` when the provider's part went well, else `("failed", code)`."""
        (row,) = self.rows("SELECT * FROM generations WHERE id = %s", generation)
        return (row["stage"], None) if row["status"] == "processing" else (row["status"], row["error_code"])

    def held(self, generation: UUID) -> int:
        """Credits that are set aside for a generation."""
        query = (
            "SELECT coalesce(sum(amount), 0)::int AS held FROM credit_reservations"
            " WHERE status = 'held' AND generation_id = %s"
        )
        return int(self.rows(query, generation)[0]["held"])

    def tasks(self, generation: UUID) -> list[dict[str, Any]]:
        """The books on what was handed over."""
        return self.rows(
            "SELECT * FROM provider_tasks WHERE generation_id = %s ORDER BY created_at", generation
        )
