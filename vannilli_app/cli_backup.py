"""`vannilli backup` and `vannilli restore`."""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from vannilli_app.cli_database import this_process_has_a_database
from vannilli_app.cli_words import Json, show
from vannilli_app.config import settings
from vannilli_app.errors import Conflict

Result = TypeVar("Result")


def backup(
    to: Annotated[
        Path | None, typer.Option(help="An empty folder of this machine, for the dump and every file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a backup now: into the store as every night, or with all files into a folder."""
    from vannilli_app import backup

    if to is not None and to.is_dir() and any(to.iterdir()):
        raise Conflict(f"The folder {to} is not empty. Name one that is, or that there is not yet.")
    now = datetime.now(UTC)
    with this_process_has_a_database():
        if to is None:
            made, _ = _run(backup.to_store(now))
        else:
            made = _run(backup.to_folder(to, now))
    rows, size = sum(made.rows.values()), sum(file.size for file in made.files)
    words = f"Backup {made.name}: {rows} rows, and {len(made.files)} files of {size} bytes"
    show(
        {"name": made.name, "rows": made.rows, "files": len(made.files), "bytes": size},
        f"{words}, listed." if to is None else f"{words}, copied to {to}.",
        as_json,
    )


def restore(
    name: Annotated[str, typer.Argument(help="Of a backup in the store; the newest when left out.")] = "",
    source: Annotated[Path | None, typer.Option("--from", help="A folder that `backup --to` made.")] = None,
    as_json: Json = False,
) -> None:
    """Restore a backup into an empty database, and delete again what people had deleted since."""
    from vannilli_app import restore

    now = datetime.now(UTC)
    with this_process_has_a_database():
        url = settings().owner_url
        done = _run(restore.from_folder(url, source, now) if source else restore.from_store(url, name, now))
    words = (
        f"Backup {done.name} is restored: {sum(done.rows.values())} rows. Deleted again: {done.people_deleted} people,"
        f" {done.projects_deleted} projects."
    )
    lost = f" {len(done.missing)} files are missing in the store; --json lists them." if done.missing else ""
    show(
        {
            "name": done.name,
            "rows": done.rows,
            "people_deleted": done.people_deleted,
            "projects_deleted": done.projects_deleted,
            "missing": [f"{one.bucket}/{one.key}" for one in done.missing],
        },
        words + lost,
        as_json,
    )


def _run(work: Awaitable[Result]) -> Result:
    from vannilli_app.db import database

    async def whole() -> Result:
        try:
            return await work
        finally:
            await database().close()

    return asyncio.run(whole())
