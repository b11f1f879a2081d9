"""Half a minute of the fuzzer; `make bench` runs 20,000 cases and more."""

import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from tests.fakes.server import listening
from tests.fuzz.run import fuzz
from tests.product import eventually
from vannilli_app.config import ROOT, Settings

UVICORN = (
    sys.executable,
    "-m",
    "uvicorn",
    "--factory",
    "vannilli_app.http_api:make_api",
    "--log-level=error",
    "--fd",
)


@pytest.fixture
def server(environment: Settings) -> Iterator[str]:
    """The API in a process of its own; its address."""
    listener = listening()
    host, port = listener.getsockname()
    process = subprocess.Popen(
        [*UVICORN, str(listener.fileno())],
        cwd=ROOT,
        pass_fds=[listener.fileno()],
    )
    listener.close()
    try:
        yield f"http://{host}:{port}"
    finally:
        process.terminate()
        process.wait(20)


def alive(address: str) -> bool:
    try:
        return httpx.get(f"{address}/api/health").status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.long
def test_the_document_says_what_the_server_does(server: str, environment: Settings) -> None:
    assert eventually(lambda: alive(server))
    key = environment.secret_key.get_secret_value()
    short = ("--phases=coverage", "--workers=2", "--no-shrink", "--seed=1")
    fuzzed = fuzz(server, environment.database_url, key, *short)
    assert fuzzed.passed, fuzzed.said
    assert fuzzed.cases > 800
