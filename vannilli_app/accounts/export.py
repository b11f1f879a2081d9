"""A copy of everything that is stored about a person: a ZIP of one JSON file a table, and of their files.

The rows are read in the person's own role, so row-level security decides what is theirs; secrets are left out.
"""

import asyncio
import json
import tempfile
import zipfile
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app import db
from vannilli_app.errors import NotFound
from vannilli_app.storage import FINAL_RENDERS, RAW_UPLOADS, SHOWCASE, store
from vannilli_app.words import N_, _, day, language, speaking

SECRETS = frozenset(
    {
        "reporter",
        "password_hash",
        "secret",
        "refresh_counter",
        "renewal",
        "claim",
        "token_hash",
        "code_hash",
    }
)
# Whose row it is, where that is not in `user_id`.
_OWNERS = {
    "users": "t.id = :person",
    "generations": "t.project_id IN (SELECT id FROM projects WHERE user_id = :person)",
}
_VIDEOS = ("final_video_r2_path", "preview_video_r2_path", "preview_gif_r2_path", "thumbnail_r2_path")
_WORDS = {
    "users": N_("Your account"),
    "projects": N_("Your projects"),
    "assets": N_("Files that you uploaded, or were about to"),
    "generations": N_("Your videos, and how they were made"),
    "segments": N_("The parts in which videos were made"),
    "credit_entries": N_("Your credits: what came and what went"),
    "credit_reservations": N_("Credits that were set aside for a video"),
    "subscriptions": N_("Your plan"),
    "sessions": N_("Where you are, or were, signed in"),
    "consents": N_("What you agreed to, and when"),
    "audit_log": N_("What you did here, for 90 days"),
    "exports": N_("Copies like this one"),
    "push_subscriptions": N_("Browsers that we tell when a video is done"),
    "release_kits": N_("Release kits of your videos"),
    "showcase_items": N_("What you show in the showcase"),
    "content_reports": N_("What you reported"),
    "takedowns": N_("What was taken down of yours"),
}
_INDEX = """\
<!doctype html><html lang="{language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body{{font:1rem/1.5 system-ui;max-width:44rem;margin:2rem auto;padding:0 1rem}}
td{{padding:.2rem 1rem .2rem 0}}</style>
<h1>{everything}</h1>
<p>{made}</p>
<h2>{your_data}</h2><p>{as_json}</p><table>{data}</table>
<h2>{your_files}</h2><p>{kept}</p>
<ul>{files}</ul></html>
"""

Rows = dict[str, list[dict[str, Any]]]


async def make(user_id: UUID, key: str) -> int:
    """Make the copy and store it under `key` among the renders; its size in bytes."""
    async with db.transaction(db.as_user(user_id)) as session:
        rows = await _rows(session, user_id)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        files = await _files(rows, folder)
        copy = folder / "export.zip"
        with speaking(rows["users"][0]["language"]):
            await asyncio.to_thread(_pack, copy, rows, files)
        await store().upload(FINAL_RENDERS, key, copy, "application/zip")
        return copy.stat().st_size


async def _rows(session: AsyncSession, user_id: UUID) -> Rows:
    """The person's rows by table, of every table that they may read."""
    connection = await session.connection()
    found: Rows = {}
    for table in SQLModel.metadata.sorted_tables:
        owned = _OWNERS.get(table.name) or ("t.user_id = :person" if "user_id" in table.columns else "")
        readable = text("SELECT has_table_privilege(current_user, :name, 'SELECT')")
        if not owned or not (await connection.execute(readable, {"name": table.name})).scalar_one():
            continue
        statement = text(f"SELECT to_jsonb(t) FROM {table.name} t WHERE {owned}")  # noqa: S608 (names of our models)
        rows = (await connection.execute(statement, {"person": user_id})).scalars()
        found[table.name] = [{k: v for k, v in row.items() if k not in SECRETS} for row in rows]
    return found


async def _files(rows: Rows, place: Path) -> dict[str, Path]:
    """The person's files that are still there, by their name in the copy."""
    wanted = [(RAW_UPLOADS, row["path"]) for row in rows["assets"] if not row["deleted_at"]]
    wanted += [(FINAL_RENDERS, row[name]) for row in rows["generations"] for name in _VIDEOS if row[name]]
    # What is shown is kept apart; where it lies depends on whether it may be seen.
    for row in rows["showcase_items"]:
        folder = f"{SHOWCASE}{row['generation_id']}/"
        wanted += [(FINAL_RENDERS, one.key) async for one in store().list(FINAL_RENDERS, folder)]
    found: dict[str, Path] = {}
    for number, (bucket, key) in enumerate(wanted):
        path = place / str(number)
        try:
            await store().download(bucket, key, path)
        except NotFound:  # promised and never uploaded, or its time was over
            continue
        found[f"files/{key}"] = path
    return found


def _index(rows: Rows, files: list[str]) -> str:
    """The page to read a copy by, which links everything in it."""
    data = "".join(
        f'<tr><td><a href="data/{table}.json">{escape(_(_WORDS.get(table, table)))}</a><td>{len(content)}'
        for table, content in rows.items()
    )
    links = (
        "".join(f'<li><a href="{escape(name)}">{escape(name)}</a>' for name in files) or f"<li>{_('None')}"
    )
    now = datetime.now(UTC)
    return _INDEX.format(
        language=language(),
        title=_("Your data at Vannilli"),
        everything=_("Everything that Vannilli stores about you"),
        made=_(
            "Made on {when} UTC. Left out are only secrets: the digest of your password and the keys of your sessions.",
            when=f"{day(now)}, {now:%H:%M}",
        ),
        your_data=_("Your data"),
        as_json=_("One JSON file for each kind of thing; any browser or text editor opens it."),
        data=data,
        your_files=_("Your files"),
        kept=_(
            "What you uploaded, as long as we have it (24 hours at most), and your videos (30 days; longer what"
            " you show)."
        ),
        files=links,
    )


def _pack(copy: Path, rows: Rows, files: dict[str, Path]) -> None:
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", _index(rows, list(files)))
        for table, content in rows.items():
            archive.writestr(f"data/{table}.json", json.dumps(content, indent=2, ensure_ascii=False))
        for name, path in files.items():
            archive.write(path, name, zipfile.ZIP_STORED)  # pictures and video do not get smaller
