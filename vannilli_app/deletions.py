"""What people had deleted, noted where a restored database does not forget it: in the store, beside the backups.

A note is a file whose name says it all: `deletions/person/MARK`. The mark of an id is an HMAC under our key: it tells
nobody who has left, and is found again only beside the very id. It is written by a job of the transaction that
deletes, and lives a little longer than the oldest backup.
"""

import hmac
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.config import settings
from vannilli_app.db import defer
from vannilli_app.storage import BACKUPS, store

NOTE_TASK = "deletions.write"
NOTE_QUEUE = "work"
PERSON, PROJECT = "person", "project"
KEPT_FOR = timedelta(days=8)
_FOLDER = "deletions/"


@dataclass(frozen=True)
class Deletion:
    """`kind` is PERSON or PROJECT, `mark` that of its id; `noted_at` is in UTC."""

    kind: str
    mark: str
    noted_at: datetime


def mark_of(id: UUID) -> str:
    """64 hexadecimal digits for an id, under the signing key."""
    return _marks(id)[0]


def is_among(id: UUID, marks: set[str]) -> bool:
    """Whether one of the marks is of this id, under the signing key or the one before it."""
    return not marks.isdisjoint(_marks(id))


def _marks(id: UUID) -> list[str]:
    keys = [hmac.digest(key, b"vannilli/deletions", "sha256") for key in settings().stored_keys()]
    return [hmac.digest(key, id.bytes, "sha256").hex() for key in keys]


async def note(session: AsyncSession, kind: str, id: UUID) -> None:
    """Note in this transaction that somebody had this deleted."""
    mark = mark_of(id)
    await defer(session, NOTE_TASK, queue=NOTE_QUEUE, kind=kind, mark=mark)


async def write(kind: str, mark: str) -> None:
    """Put the note into the store."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"deleted\n")
        file.flush()
        await store().upload(BACKUPS, f"{_FOLDER}{kind}/{mark}", Path(file.name), "text/plain")


async def noted() -> AsyncIterator[Deletion]:
    """Everything that was noted and is not forgotten yet."""
    async for found in store().list(BACKUPS, _FOLDER):
        kind, _, mark = found.key.removeprefix(_FOLDER).partition("/")
        yield Deletion(kind, mark, found.modified_at)


async def forget(now: datetime) -> int:
    """Remove the notes that no backup is old enough to need; returns how many."""
    old = [one async for one in noted() if one.noted_at < now - KEPT_FOR]
    for one in old:
        await store().delete(BACKUPS, f"{_FOLDER}{one.kind}/{one.mark}")
    return len(old)
