"""Restoring a backup into an empty place, and deleting again what people had deleted since it was made."""

import asyncio
import logging
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
from sqlmodel import col, select

from vannilli_app import backup, db, deletions, dumps
from vannilli_app.accounts import privacy
from vannilli_app.accounts.schemas import Client
from vannilli_app.backup import DUMP, MANIFEST, NIGHTS, KeptFile, Manifest
from vannilli_app.db import SERVICE, transaction
from vannilli_app.errors import Conflict, Invalid, NotFound
from vannilli_app.generations import queries
from vannilli_app.generations import service as generations
from vannilli_app.leaving import LEAVE
from vannilli_app.models import Project, User
from vannilli_app.storage import BACKUPS, store

OVERLAP = timedelta(hours=1)  # clocks differ, and deleting twice does nothing

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Restored:
    """What came back: rows by table as the backup counted them, what was deleted again, and files that are missing."""

    name: str
    rows: dict[str, int]
    people_deleted: int
    projects_deleted: int
    missing: list[KeptFile]


async def names() -> list[str]:
    """The backups in the store that are whole, the newest first."""
    found = [
        one.key.split("/")[1] async for one in store().list(BACKUPS, NIGHTS) if one.key.endswith(MANIFEST)
    ]
    return sorted(found, reverse=True)


async def from_store(url: str, name: str, now: datetime) -> Restored:
    """Restore a backup of the store, `""` for the newest. Raises as `from_folder`, and NotFound."""
    kept = await names()
    if not kept or (name and name not in kept):
        there = (
            f"There are: {', '.join(kept)}." if kept else "There is none yet: `vannilli backup` makes one."
        )
        raise NotFound(f"There is no such backup in the store. {there}")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for file in (MANIFEST, DUMP):
            await store().download(BACKUPS, f"{NIGHTS}{name or kept[0]}/{file}", folder / file)
        return await from_folder(url, folder, now)


async def from_folder(url: str, folder: Path, now: datetime) -> Restored:
    """Restore the backup in a folder into the empty database at the owner's `url`, and its files where they lack.

    Raises Invalid for a folder that has no backup or a damaged one, Conflict for a database that is not empty.
    """
    manifest = _read(folder)
    if not await asyncio.to_thread(_is_empty, url):
        raise Conflict("The database is not empty. Restore into an empty one, and point DATABASE_URL to it.")
    await asyncio.to_thread(dumps.load, url, folder / DUMP)
    _compare(manifest.rows, await asyncio.to_thread(_counted, url))
    await asyncio.to_thread(db.migrate, url)
    missing = [file for file in manifest.files if not await _put_back(file, folder)]
    people, projects = await _delete_again(manifest.taken_at - OVERLAP, now)
    return Restored(manifest.name, manifest.rows, people, projects, missing)


def _read(folder: Path) -> Manifest:
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_text())
    except (OSError, ValueError) as error:
        raise Invalid(f"There is no backup in {folder}: it needs a whole {MANIFEST}.") from error
    if not (folder / DUMP).is_file() or backup.sha256(folder / DUMP) != manifest.dump_sha256:
        raise Invalid(f"The dump in {folder} is damaged: its checksum differs. Take another backup.")
    return manifest


def _is_empty(url: str) -> bool:
    with psycopg.connect(url) as connection:
        return backup.count_rows(connection).keys() <= {"alembic_version"}


def _counted(url: str) -> dict[str, int]:
    with psycopg.connect(url) as connection:
        return backup.count_rows(connection)


def _compare(wanted: dict[str, int], found: dict[str, int]) -> None:
    if wanted != found:
        differing = sorted(name for name in wanted | found if wanted.get(name) != found.get(name))
        raise Invalid(f"The restored tables {', '.join(differing)} have other counts than the backup.")


async def _put_back(file: KeptFile, folder: Path) -> bool:
    """Whether the file is in the store, put there from the folder where it lacked."""
    path = folder / "files" / file.bucket / file.key
    there = await store().head(file.bucket, file.key)
    if there is not None and there.size == file.size:
        return True
    if not path.is_file():
        return False
    if await asyncio.to_thread(backup.sha256, path) != file.sha256:
        raise Invalid(f"The file {path} is damaged: its checksum differs.")
    await store().upload(file.bucket, file.key, path, file.content_type)
    return True


async def _delete_again(since: datetime, now: datetime) -> tuple[int, int]:
    """Delete what people had deleted since; how many people and projects were there again."""
    noted = [one async for one in deletions.noted() if one.noted_at >= since]
    people = {one.mark for one in noted if one.kind == deletions.PERSON}
    projects = {one.mark for one in noted if one.kind == deletions.PROJECT}
    async with transaction(SERVICE) as session:
        here = (await session.exec(select(User.id, User.email))).all()
        there = (await session.exec(select(Project.id))).all()
    left = [one for one in here if deletions.is_among(one[0], people)]
    for person, email in left:
        async with transaction(SERVICE) as session:
            await privacy.forget(session, person, email, LEAVE, Client(), now)
    dropped = [await _drop(one, now) for one in there if deletions.is_among(one, projects)]
    return len(left), sum(dropped)


async def _drop(project: UUID, now: datetime) -> bool:
    """Whether it was still there: its person may just have been deleted."""
    async with transaction(SERVICE) as session:
        owner = (await session.exec(select(Project.user_id).where(col(Project.id) == project))).one_or_none()
        if owner is None:
            return False
        if running := await queries.running(session, project):
            await generations.cancel(session, owner, running.id, Client(), now)
        await generations.delete_project(session, owner, project, Client(), now)
    return True
