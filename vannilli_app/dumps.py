"""PostgreSQL's own programs that write a database to a file and read it back. Blocking: call them in a thread.

What is ours is in the schema `public`; roles and `auth.uid()` are made by the first migration, wherever they lack.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from vannilli_app import db
from vannilli_app.embedded import programs
from vannilli_app.errors import VannilliError

_ROLES = "0001"  # the migration that makes roles and auth.uid()


def dump(url: str, out: Path, snapshot: str) -> None:
    """Write the database as it is in an exported `snapshot` to `out`, in PostgreSQL's custom format."""
    _run(
        "pg_dump", url, "--format=custom", "--schema=public", "--no-owner", f"--snapshot={snapshot}",
        f"--file={out}",
    )  # fmt: skip


def load(url: str, dumped: Path) -> None:
    """Read a dump into the database at `url`, which has nothing of ours in it: all of it, or nothing."""
    db.migrate(url, _ROLES)
    with tempfile.NamedTemporaryFile("w", suffix=".list") as wanted:
        listed = _run("pg_restore", "", "--list", str(dumped))
        lines = (line for line in listed.splitlines() if " SCHEMA - public " not in line)
        wanted.write("\n".join(lines))
        wanted.flush()
        _run(
            "pg_restore", url, "--no-owner", "--exit-on-error", "--single-transaction", "--clean", "--if-exists",
            f"--use-list={wanted.name}", str(dumped),
        )  # fmt: skip


def _run(name: str, url: str, *args: str) -> str:
    """What the program printed. The password goes by the environment: arguments are seen by everybody."""
    env, where = dict(os.environ), []
    if url:
        parts = conninfo_to_dict(url)
        if password := parts.pop("password", None):
            env["PGPASSWORD"] = str(password)
        where = [f"--dbname={make_conninfo('', **parts)}"]
    done = subprocess.run(
        [program(name), *where, *args], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode:
        raise VannilliError(f"{name} failed. It says: {done.stderr.strip()[-800:]}", code="dump_failed")
    return done.stdout


def program(name: str) -> str:
    """Of the embedded PostgreSQL's package or the system's, else from PATH."""
    try:
        found = shutil.which(name, path=programs())
    except VannilliError:
        found = None
    if found := found or shutil.which(name):
        return found
    raise VannilliError(
        f"There is no {name} here. Install PostgreSQL's client programs (Debian: postgresql-client), not older than"
        " the server.",
        code="no_dump_program",
    )
