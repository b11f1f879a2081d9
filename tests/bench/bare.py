"""The calculator's route on FastAPI and nothing else: same input, same computation, same answer."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from fastapi import FastAPI

from tests.product import Product
from vannilli_app import routes
from vannilli_app.calculator import service
from vannilli_app.calculator.schemas import Answer, Question
from vannilli_app.config import ROOT

MAX_SECONDS = 192

app = FastAPI()


@app.post(routes.API_CALCULATE_DURATION, response_model_exclude_none=True)
async def calculate_duration(question: Question) -> Answer:
    return service.answer(question, None, MAX_SECONDS)


@contextmanager
def running(options: Sequence[str]) -> Iterator[int]:
    """`app` under uvicorn with these options; gives its port once it accepts connections."""
    port = _free_port()
    command = [sys.executable, "-m", "uvicorn", "tests.bench.bare:app", *options, f"--port={port}"]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        _wait_for(process, port)
        yield port
    finally:
        process.terminate()
        process.wait()


def options_of(product: Product) -> list[str]:
    """The options that the running product gives uvicorn, but for the port: what is compared is the app alone."""
    started = product.the("uvicorn vannilli_app.asgi").cmdline()
    return [part for part in started if part.startswith("--") and not part.startswith("--port")]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    while process.poll() is None:
        try:
            with closing(socket.create_connection(("127.0.0.1", port), 1)):
                return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError("bare FastAPI did not start")
