"""A real PgBouncer before a database: one that is there, else Debian's when we are root."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tests.s3 import free_ports
from vannilli_app import child

START_SECONDS = 20


@contextmanager
def before(url: str, *, mode: str = "transaction", connections: int = 2) -> Iterator[str]:
    """The URL of the same database through PgBouncer with so many connections to it, until the block ends."""
    to = conninfo_to_dict(url)
    [port] = free_ports(1)
    with tempfile.TemporaryDirectory(prefix="vannilli-pooler-") as name:
        folder = Path(name)
        config = folder / "pgbouncer.ini"
        config.write_text(
            f"[databases]\n{to['dbname']} = host={to['host']} user={to['user']} password={to['password']}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n"
            f"pool_mode = {mode}\ndefault_pool_size = {connections}\n"
        )
        with (folder / "log").open("wb") as log:
            process = child.spawn([program(), config], user=_user(), output=log)
        try:
            pooled = f"postgresql://anybody@127.0.0.1:{port}/{to['dbname']}"
            _wait_for(pooled, folder / "log")
            yield pooled
        finally:
            process.kill()
            process.wait()


def _user() -> child.User | None:
    """As root, which PgBouncer refuses, whoever the database's server runs as: its socket is theirs alone."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return child.User(nobody.pw_uid, nobody.pw_gid, passes_folders=True)


@cache
def program() -> str:
    """PgBouncer's executable, installed first where there is none. Raises RuntimeError when none can be had."""
    if not (found := shutil.which("pgbouncer")) and os.geteuid() == 0 and shutil.which("apt-get"):
        for command in (["update"], ["install", "--yes", "--no-install-recommends", "pgbouncer"]):
            subprocess.run(["apt-get", "-qq", *command], capture_output=True, check=True)
        found = shutil.which("pgbouncer")
    if not found:
        raise RuntimeError("No PgBouncer could be found or installed. Install it and run this test again.")
    return found


def _wait_for(url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(url):
        if time.monotonic() > deadline:
            raise RuntimeError(log.read_text()[-2000:])
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False
