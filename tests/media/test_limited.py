import asyncio
import subprocess
import sys
import time
from pathlib import Path

import psutil
import uvloop

from vannilli_app.media import limited


def run(code: str, **limits: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        limited.command([sys.executable, "-c", code], **limits), capture_output=True, text=True, check=False
    )


def test_the_program_runs_in_place_with_its_arguments() -> None:
    done = subprocess.run(
        limited.command([sys.executable, "-c", "import sys; print(sys.argv[1:]); sys.exit(3)", "a b", "-c"]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (3, "['a b', '-c']")


def test_time_is_limited() -> None:
    assert run("while True: pass", cpu_seconds=1).returncode < 0


def test_others_go_first_and_no_core_is_dumped() -> None:
    code = "import os, resource; print(os.nice(0), *resource.getrlimit(resource.RLIMIT_CORE))"
    plain, nicer = (run(code, nice=nice).stdout.split() for nice in (0, 7))
    assert int(nicer[0]) == min(19, int(plain[0]) + 7)
    assert nicer[1:] == ["0", "0"]


WITHOUT_NETWORK = """
import socket, sys
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
    try:
        socket.socket(family)
    except PermissionError:
        print("refused")
"""


def test_no_file_can_be_written(tmp_path: Path) -> None:
    code = f"open({str(tmp_path / 'a')!r}, 'w', buffering=1).write('words\\n')"
    assert "File too large" in run(code, reads_only=True).stderr
    assert (tmp_path / "a").read_text() == ""
    assert run(code).returncode == 0


def test_a_program_that_ends_before_the_busy_loop_comes_back_to_it_is_heard() -> None:
    async def busy() -> None:
        while True:
            time.sleep(0.3)  # noqa: ASYNC251 (this is what a busy server does to its loop)
            await asyncio.sleep(0)

    async def read() -> limited.Ended:
        others = asyncio.create_task(busy())
        try:
            limits = {"wall_seconds": 20, "cpu_seconds": 5, "memory_bytes": 380 << 20}
            return await limited.reader("platform", **limits, given=b"words")
        finally:
            others.cancel()

    ended = uvloop.run(read())  # the loop of the servers
    assert (ended.status, ended.trouble) == (0, "")
    assert ended.said


PARENT = """
import os, subprocess, sys
sys.path.insert(0, os.getcwd())
from vannilli_app.media import limited
started = subprocess.Popen(limited.command([sys.executable, "-c", "print('up', flush=True); input()"]),
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE)
started.stdout.readline()
print(started.pid, flush=True)
os.kill(os.getpid(), 9)
"""


if sys.platform == "linux":  # macOS knows no limit of address space, and does not end children with parents

    def test_there_is_no_network() -> None:
        assert run(WITHOUT_NETWORK).stdout.split() == ["refused"] * 3

    def test_memory_is_limited() -> None:
        done = run("bytearray(1 << 30)", memory_bytes=512 << 20)
        assert done.returncode == 1
        assert "MemoryError" in done.stderr

    def test_it_ends_with_us() -> None:
        parent = subprocess.run([sys.executable, "-c", PARENT], capture_output=True, text=True, check=False)
        pid = int(parent.stdout)
        deadline = time.monotonic() + 5
        while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < deadline, "the child outlived its parent"
            time.sleep(0.02)
