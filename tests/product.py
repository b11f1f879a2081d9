"""The whole product as a person starts it, for tests: the real supervisor, database, server and worker."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import psutil

from vannilli_app.config import ROOT, Settings
from vannilli_app.embedded import EmbeddedPostgres

# What the command line of each part's process has in it.
SERVER = "uvicorn vannilli_app.asgi"
WORKER = "vannilli_app.cli worker"
POSTGRES = "bin/postgres -D"
UNHURRIED = {"REQUESTS_PER_MINUTE": "100000", "AUTH_REQUESTS_PER_MINUTE": "100000"}
"""Tests and measurements ask far more often than a person."""
RENDERER = "-m vannilli_app.engine"
UNEXPECTED = "unexpected error"  # the log's message beside a 500


@dataclass
class Product:
    """One `make run` on a data folder of its own."""

    process: subprocess.Popen[bytes]
    data: Path
    output: Path

    @property
    def said(self) -> str:
        return self.output.read_text()

    @property
    def unexpected(self) -> list[str]:
        """The logged lines of requests that a server answered with 500."""
        return [line for line in self.said.splitlines() if UNEXPECTED in line]

    @property
    def port(self) -> int:
        """The port of the address that it printed; waits until it is ready."""
        ready = re.compile(r"Vannilli is on http://localhost:(\d+)")
        assert eventually(lambda: ready.search(self.said) or self.process.poll() is not None, within=120)
        found = ready.search(self.said)
        assert found, self.said
        return int(found[1])

    @property
    def base_url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def database_url(self) -> str:
        """The owner's URL of its database."""
        return EmbeddedPostgres(self.data / "postgres").url()

    def children(self, part: str = "") -> list[psutil.Process]:
        """The living processes below it: all, or those of a part."""
        found = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in found if part in _command(child)]

    def the(self, part: str) -> psutil.Process:
        """The one process of a part; waits until there is one."""
        assert eventually(lambda: self.children(part), within=60), f"no {part}"
        return self.children(part)[0]

    def get(self, path: str, **headers: str) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", headers=headers, timeout=10)

    def answers(self) -> bool:
        """Whether server and database answer."""
        try:
            return self.get("/api/health?deep=1").status_code == 200
        except httpx.TransportError:
            return False

    def end(self, number: signal.Signals) -> int:
        """Send the signal; the exit status."""
        self.process.send_signal(number)
        return self.process.wait(40)


def start(data: Path, **env: str) -> Product:
    """Start the product on a free port, with `env` as its only settings."""
    unset = {name.upper() for name in Settings.model_fields}
    kept = {name: value for name, value in os.environ.items() if name not in unset}
    output = data / f"said-{uuid4().hex}"
    with output.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "vannilli_app.run"],
            cwd=ROOT,
            env={**kept, **UNHURRIED, "PORT": "0", "DATA_DIR": str(data), **env},
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    return Product(process, data, output)


@contextmanager
def running(data: Path, **env: str) -> Iterator[Product]:
    """The product while the block runs, ready."""
    product = start(data, **env)
    try:
        assert product.port
        yield product
    finally:
        if product.process.poll() is None:
            product.end(signal.SIGTERM)


def eventually(holds: Callable[[], object], within: float = 20) -> bool:
    """Whether it comes to hold within so many seconds."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return False


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # it has just ended
        return "ended"
