"""What is deleted when."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg.types.json import Jsonb

from tests.artist import NewArtist
from tests.generations.conftest import Work
from tests.locks import until_waiting
from tests.people import add_person, add_project, insert
from vannilli_app.billing.books import open_books
from vannilli_app.config import Settings
from vannilli_app.db import SERVICE, Database, transaction
from vannilli_app.generations import retention


def age(environment: Settings, generation_id: str, days: float) -> None:
    """Move everything in the database and the store into the past."""
    seconds = days * 24 * 3600
    with psycopg.connect(environment.database_url, autocommit=True) as owner:
        past = {"seconds": seconds, "id": generation_id}
        owner.execute(
            "UPDATE generations SET completed_at = completed_at - make_interval(secs => %(seconds)s)"
            " WHERE id = %(id)s",
            past,
        )
        owner.execute(
            "UPDATE credit_reservations SET deadline_at = deadline_at - make_interval(secs => %(seconds)s)"
            " WHERE generation_id = %(id)s",
            past,
        )
        owner.execute("UPDATE assets SET created_at = created_at - make_interval(secs => %(seconds)s)", past)
    for path in (environment.data_dir / "files").rglob("*"):
        if path.is_file():
            os.utime(path, (path.stat().st_atime, path.stat().st_mtime - seconds))


def stored(environment: Settings, bucket: str) -> list[Path]:
    return [path for path in (environment.data_dir / "files" / bucket).rglob("*.mp4") if path.is_file()]


async def test_uploads_go_after_a_day_and_videos_after_thirty_and_unfetched_ones_are_paid(
    new_artist: NewArtist, work: Work, files: dict[str, Path], priced: None, environment: Settings
) -> None:
    artist = await new_artist()
    project = await artist.project()
    await artist.upload(project, **files)
    started = (await artist.start(project, provider="priced")).json()
    await work()
    now = datetime.now(UTC)

    await retention.run(now)
    assert len(stored(environment, "vannilli-raw-uploads")) == 1
    assert len(stored(environment, "vannilli-final-renders")) == 2

    age(environment, started["generation_id"], days=1)
    await retention.run(now)
    assert stored(environment, "vannilli-raw-uploads") == []
    assert len(stored(environment, "vannilli-final-renders")) == 2
    assert (await artist.balance())["reserved"] == 2
    again = await artist.start(project)
    assert again.json()["code"] == "asset_missing"

    age(environment, started["generation_id"], days=29.5)
    await retention.run(now)
    assert stored(environment, "vannilli-final-renders") == []
    balance = await artist.balance()
    assert (balance["credits_remaining"], balance["reserved"]) == (1, 0)
    ledger = (await artist.http.get("/api/credits/ledger")).json()["items"]
    assert ledger[0]["words"] == "A finished video: finished, kept for 30 days"
    download = await artist.http.get(f"/api/download/{started['generation_id']}")
    assert (download.status_code, download.json()["code"]) == (410, "expired")

    await retention.run(now + timedelta(minutes=10))
    assert (await artist.balance())["credits_remaining"] == 1


async def test_people_are_settled_in_the_order_in_which_expired_credits_end(
    database: Database, environment: Settings
) -> None:
    now = datetime.now(UTC)
    with psycopg.connect(environment.database_url, autocommit=True) as owner:
        first, second = sorted((add_person(owner), add_person(owner)))
        for person, late in ((second, 2), (first, 1)):
            insert(
                owner, "generations", id=(generation := uuid4()), project_id=add_project(owner, person),
                status="failed", error_code="x", error_message="x", cost_credits=1, request=Jsonb({}),
            )  # fmt: skip
            insert(
                owner, "credit_reservations", id=uuid4(), user_id=person, generation_id=generation, amount=1,
                deadline_at=now - timedelta(hours=late),
            )  # fmt: skip
        async with transaction(SERVICE) as session:  # as `billing.end_expired`
            await open_books(session, first, now)
            settling = asyncio.create_task(retention.run(now))
            await until_waiting(owner, settling)
            await open_books(session, second, now)
        await settling
        assert owner.execute("SELECT DISTINCT status FROM credit_reservations").fetchall() == [("released",)]
