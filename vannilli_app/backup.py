"""Backups: the database's dump and a list of all files, each night, kept for 7 days in the store's own bucket.

BACKUPS/nights/2026-11-29T02-00-00Z/database.dump   PostgreSQL's custom format
BACKUPS/nights/2026-11-29T02-00-00Z/manifest.json   written last: a backup without it is none
"""

import asyncio
import hashlib
import logging
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
from psycopg import sql
from pydantic import BaseModel
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app import deletions, dumps
from vannilli_app.config import settings
from vannilli_app.db import SERVICE, defer, transaction
from vannilli_app.leases import Hold, LostClaim, free_lapsed, heartbeat, persistently, take, write
from vannilli_app.models import Backup
from vannilli_app.storage import BACKUPS, BUCKETS, ObjectMissing, store

HOUR = 2  # UTC: the night of most people
KEPT_FOR = timedelta(days=7)
MOST_TRIES = 3
BACKUP_TASK = "backup.nightly"
BACKUP_QUEUE = "backup"  # of its own: a dump may take longer than any video waits
NIGHTS = "nights/"
DUMP, MANIFEST = "database.dump", "manifest.json"

log = logging.getLogger(__name__)


class KeptFile(BaseModel):
    """A file as it lay in the store; `sha256` and type where it was copied itself."""

    bucket: str
    key: str
    size: int
    sha256: str = ""
    content_type: str = ""


class Manifest(BaseModel):
    """What a backup has in it. `taken_at` is the instant (UTC) whose rows it has; `rows` counts them by table."""

    name: str
    taken_at: datetime
    revision: str
    rows: dict[str, int]
    dump_sha256: str
    files: list[KeptFile]


async def nightly(now: datetime) -> int:
    """Have this night's backup made, by one worker, whoever asks first; returns how many were begun."""
    if now.hour < HOUR:
        return 0
    async with transaction(SERVICE) as session:
        begun = await session.exec(
            insert(Backup)
            .values(day=now.date(), due_at=now + timedelta(minutes=1))
            .on_conflict_do_nothing()
            .returning(col(Backup.day))
        )
        if begun.scalar_one_or_none() is None:
            return 0
        await _queue(session, now.date())
    return 1


async def revive(now: datetime) -> int:
    """Queue again the backups whose worker died or failed; returns how many."""
    async with transaction(SERVICE) as session:
        lapsed = await free_lapsed(
            session, Backup, col(Backup.ended_at).is_(None), col(Backup.tries) < MOST_TRIES, now=now
        )
        for one in lapsed:
            await _queue(session, one.day)
    return len(lapsed)


async def make_nightly(day: str) -> None:
    """Make a night's backup into the store, then drop those that are too old."""
    now = datetime.now(UTC)
    which = (col(Backup.day) == date.fromisoformat(day), col(Backup.ended_at).is_(None))
    hold = await take(Backup, *which, now=now)
    if hold is None:
        return
    try:
        async with heartbeat(hold):
            manifest, size = await to_store(now)
        await persistently(lambda: _made(hold, manifest.name, size, now))
        await drop_old(now)
    except LostClaim:
        log.info("the backup of %s is made by another worker", day)
    except Exception:
        log.exception("the backup of %s, try %s", day, hold.row.tries)
        async with transaction(SERVICE) as session:
            await write(session, hold, claim=None, due_at=now + timedelta(minutes=5))


async def to_store(now: datetime) -> tuple[Manifest, int]:
    """Make a backup into the store; what is in it, and the dump's bytes."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        manifest = await _make(folder, now)
        for name, kind in ((DUMP, "application/octet-stream"), (MANIFEST, "application/json")):
            await store().upload(BACKUPS, f"{NIGHTS}{manifest.name}/{name}", folder / name, kind)
        return manifest, (folder / DUMP).stat().st_size


async def to_folder(folder: Path, now: datetime) -> Manifest:
    """Make a backup into an empty `folder` of this machine, with every file beside the dump."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    manifest = await _make(folder, now)
    manifest.files = [copied for file in manifest.files if (copied := await _copy(file, folder))]
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=1))
    return manifest


async def drop_old(now: datetime) -> int:
    """Remove backups, and notes of deletions, whose time is over; returns how many backups went."""
    names = {found.key.split("/")[1] async for found in store().list(BACKUPS, NIGHTS)}
    old = [name for name in names if _moment(name) < now - KEPT_FOR]
    for name in old:
        await store().delete_prefix(BACKUPS, f"{NIGHTS}{name}/")
    async with transaction(SERVICE) as session:
        await session.exec(delete(Backup).where(col(Backup.day) < (now - KEPT_FOR).date()))
    await deletions.forget(now)
    return len(old)


def sha256(path: Path) -> str:
    """The digest of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def _make(folder: Path, now: datetime) -> Manifest:
    url = settings().owner_url
    revision, rows = await asyncio.to_thread(_dump, url, folder / DUMP)
    manifest = Manifest(
        name=f"{now:%Y-%m-%dT%H-%M-%SZ}",
        taken_at=now,
        revision=revision,
        rows=rows,
        dump_sha256=await asyncio.to_thread(sha256, folder / DUMP),
        files=[
            KeptFile(bucket=bucket, key=one.key, size=one.size)
            for bucket in BUCKETS
            if bucket != BACKUPS
            async for one in store().list(bucket, "")
        ],
    )
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=1))
    return manifest


async def _copy(file: KeptFile, folder: Path) -> KeptFile | None:
    """The file copied into the folder; None when it was deleted since it was listed."""
    path = folder / "files" / file.bucket / file.key
    path.parent.mkdir(parents=True, exist_ok=True)
    known = await store().head(file.bucket, file.key)
    try:
        await store().download(file.bucket, file.key, path)
    except ObjectMissing:
        known = None
    if known is None:
        return None
    digest = await asyncio.to_thread(sha256, path)
    return file.model_copy(update={"sha256": digest, "content_type": known.content_type})


def _dump(url: str, out: Path) -> tuple[str, dict[str, int]]:
    """Dump one instant of the database, and count that same instant's rows; its migration, and the counts."""
    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        snapshot = _one(connection, sql.SQL("SELECT pg_export_snapshot()"))
        rows = count_rows(connection)
        revision = _one(connection, sql.SQL("SELECT version_num FROM alembic_version"))
        dumps.dump(url, out, snapshot)
    return revision, rows


def count_rows(connection: psycopg.Connection) -> dict[str, int]:
    """How many rows each of our tables has."""
    found = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    ).fetchall()
    names = [str(name) for (name,) in found]
    counting = sql.SQL("SELECT count(*) FROM {}")
    return {name: int(_one(connection, counting.format(sql.Identifier(name)))) for name in names}


def _one(connection: psycopg.Connection, query: sql.SQL | sql.Composed) -> str:
    row = connection.execute(query).fetchone()
    assert row is not None
    return str(row[0])


def _moment(name: str) -> datetime:
    return datetime.strptime(name, "%Y-%m-%dT%H-%M-%SZ").replace(tzinfo=UTC)


async def _queue(session: AsyncSession, day: date) -> None:
    await defer(session, BACKUP_TASK, queue=BACKUP_QUEUE, day=day.isoformat())


async def _made(hold: Hold[Backup], name: str, size: int, now: datetime) -> None:
    async with transaction(SERVICE) as session:
        await write(session, hold, claim=None, name=name, size_bytes=size, ended_at=now)
