"""Backups hold one instant of everything; restored into an empty place, work goes on and who left stays away."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.artist import NewArtist
from tests.conftest import forget_choices
from tests.generations.conftest import files, working
from tests.people import add_everything, add_person
from tests.test_cli import vannilli
from vannilli_app import backup, deletions, dumps, restore
from vannilli_app.config import Settings, settings
from vannilli_app.db import Database
from vannilli_app.db import database as the_database
from vannilli_app.embedded import EmbeddedPostgres
from vannilli_app.errors import VannilliError
from vannilli_app.storage import BACKUPS, FINAL_RENDERS, store

__all__ = ["files"]
MoveTo = Callable[[str], None]
NIGHT = datetime.combine(date(2026, 11, 29), time(2, 1), UTC)


@pytest.fixture
def empty(postgres: EmbeddedPostgres) -> str:
    """The owner's URL of a database with nothing in it."""
    name = f"empty_{uuid4().hex[:12]}"
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return postgres.url(name)


@pytest.fixture
def move_to(monkeypatch: pytest.MonkeyPatch) -> MoveTo:
    """Has this process use another database."""

    def move(url: str) -> None:
        monkeypatch.setenv("DATABASE_URL", url)
        forget_choices()

    return move


def digests(url: str) -> dict[str, str]:
    """A digest of every table's rows."""
    with psycopg.connect(url) as connection:
        return {
            name: str(connection.execute(
                f"SELECT md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM {name} t"  # type: ignore[arg-type]
            ).fetchone())
            for name in backup.count_rows(connection)
        }  # fmt: skip


def ids(url: str, table: str) -> set[UUID]:
    with psycopg.connect(url) as connection:
        return {id for (id,) in connection.execute(f"SELECT id FROM {table}")}  # type: ignore[arg-type]


async def write_notes(url: str) -> None:
    """What the worker would have done, and nothing else of its work."""
    with psycopg.connect(url) as connection:
        for (args,) in connection.execute(
            "SELECT args FROM procrastinate_jobs WHERE task_name = %s", [deletions.NOTE_TASK]
        ):
            await deletions.write(**args)


async def test_a_video_goes_on_after_the_restore_and_who_left_stays_away(
    new_artist: NewArtist,
    files: dict[str, Path],
    environment: Settings,
    empty: str,
    move_to: MoveTo,
) -> None:
    ana, ben = await new_artist(), await new_artist()
    project, unwanted = await ana.project(), await ana.project()
    await ana.upload(project, **files)
    task = (await ana.start(project)).json()["internal_task_id"]
    made, size = await backup.to_store(datetime.now(UTC))
    assert size > 0
    assert {file.key.split("/")[0] for file in made.files} == {"driver-videos", "target-images", "audio"}

    assert (await ben.http.delete("/api/account")).status_code == 204
    assert (await ana.http.delete(f"/api/projects/{unwanted}")).status_code == 204
    await write_notes(environment.database_url)
    await the_database().close()
    move_to(empty)
    done = await restore.from_store(empty, "", datetime.now(UTC))

    assert (done.name, done.missing) == (made.name, [])
    assert (done.rows["users"], done.rows["projects"], done.rows["generations"]) == (2, 2, 1)
    assert (done.people_deleted, done.projects_deleted) == (1, 1)
    assert ids(empty, "users") == {UUID(ana.id)}
    assert ids(empty, "projects") == {UUID(project)}
    assert (await ana.status(task))["status"] == "pending"
    async with working(settings()) as go_on:
        await go_on()
    assert (await ana.status(task))["status"] == "completed"
    await the_database().close()


def test_a_folder_holds_everything_and_puts_it_back_in_an_empty_place(
    environment: Settings, empty: str, move_to: MoveTo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(environment.database_url, autocommit=True) as owner:
        add_everything(owner, add_person(owner, credits=66))
    place = environment.data_dir / "files" / FINAL_RENDERS / "videos"
    assert vannilli("backup").exit_code == 0  # makes the store's folder
    (tmp_path / "final.mp4").write_bytes(b"a video" * 1000)
    store_now(tmp_path / "final.mp4")
    before = digests(environment.database_url)
    made = vannilli("backup", "--to", tmp_path / "copy", "--json")
    assert (json.loads(made.stdout)["files"], json.loads(made.stdout)["bytes"]) == (1, 7000)
    assert "is not empty" in vannilli("backup", "--to", tmp_path / "copy").stderr
    refused = vannilli("restore", "--from", tmp_path / "copy")
    assert "The database is not empty" in refused.stderr

    move_to(empty)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "another machine"))
    forget_choices()
    damaged = tmp_path / "copy" / backup.DUMP
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:-1] + b"!")
    assert "checksum differs" in vannilli("restore", "--from", tmp_path / "copy").stderr
    assert "it needs a whole manifest.json" in vannilli("restore", "--from", tmp_path).stderr
    assert "There is none yet" in vannilli("restore").stderr
    damaged.write_bytes(whole)
    done = vannilli("restore", "--from", tmp_path / "copy", "--json")
    assert json.loads(done.stdout)["missing"] == [], done.stderr
    assert digests(empty) == before
    again = settings().data_dir / "files" / FINAL_RENDERS / "videos" / "final.mp4"
    assert again.read_bytes() == (place / "final.mp4").read_bytes()


def store_now(file: Path) -> None:
    asyncio.run(store().upload(FINAL_RENDERS, f"videos/{file.name}", file, "video/mp4"))


async def test_each_night_has_one_backup_that_is_kept_for_seven_days(database: Database) -> None:
    assert await backup.nightly(NIGHT - timedelta(hours=1)) == 0
    assert [await backup.nightly(NIGHT) for _ in range(2)] == [1, 0]
    assert await backup.revive(NIGHT + timedelta(minutes=2)) == 1  # no worker took it
    for _ in range(2):
        await backup.make_nightly(NIGHT.date().isoformat())
    [made] = await restore.names()
    assert await backup.revive(NIGHT + timedelta(days=1)) == 0
    now = datetime.now(UTC)
    assert (await backup.drop_old(now + timedelta(days=6)), await restore.names()) == (0, [made])
    assert (await backup.drop_old(now + timedelta(days=7, minutes=1)), await restore.names()) == (1, [])


async def test_notes_of_deletions_outlive_every_backup_and_key(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = uuid4()
    await deletions.write(deletions.PERSON, deletions.mark_of(gone))
    [note] = [one async for one in deletions.noted()]
    assert (note.kind, note.mark) == ("person", deletions.mark_of(gone))
    assert deletions.is_among(gone, {note.mark})
    assert not deletions.is_among(uuid4(), {note.mark})
    monkeypatch.setenv("SECRET_KEY_OLD", settings().signing_key().decode())
    monkeypatch.setenv("SECRET_KEY", "another key than the one of that note")
    settings.cache_clear()
    assert deletions.mark_of(gone) != note.mark
    assert deletions.is_among(gone, {note.mark})
    now = datetime.now(UTC)
    assert await deletions.forget(now + backup.KEPT_FOR + timedelta(hours=1)) == 0
    assert await deletions.forget(now + timedelta(days=9)) == 1
    assert [one async for one in store().list(BACKUPS, "")] == []


def test_a_program_that_is_missing_is_named_with_what_to_do() -> None:
    with pytest.raises(VannilliError, match=r"There is no pg_nothing here. Install PostgreSQL's client"):
        dumps.program("pg_nothing")
