"""`make run` as a person meets it: the real supervisor, database, pages, server and worker."""

import http.client
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import psutil
import pytest

from tests import product
from tests.browser import chromium
from tests.product import Product, eventually, start
from vannilli_app import frontend


@pytest.fixture(scope="module", autouse=True)
def pages() -> None:
    """Built once, so that the starts below only start."""
    frontend.ensure()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run")


@pytest.fixture(scope="module")
def running(data: Path) -> Iterator[Product]:
    with product.running(data) as started:
        yield started


def test_pages_and_api_are_on_one_port(running: Product) -> None:
    page = running.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert running.get("/api/health?deep=1").status_code == 200
    assert running.get("/api/nowhere").headers["content-type"] == "application/problem+json"
    assert running.get("/nowhere").status_code == 404


def test_only_our_own_pages_may_call_with_a_cookie(running: Product) -> None:
    ours = f"http://127.0.0.1:{running.port}"
    assert running.get("/api/health", Origin=ours).headers["access-control-allow-origin"] == ours
    other = running.get("/api/health", Origin="http://evil.test")
    assert "access-control-allow-origin" not in other.headers


def test_a_connection_that_lay_idle_is_still_good(running: Product) -> None:
    address = urlsplit(running.base_url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    with closing(connection):
        for pause in (6, 0):  # seconds; more than uvicorn's own 5
            connection.request("GET", "/api/health")
            assert connection.getresponse().read()
            kept = connection.sock
            time.sleep(pause)
        assert connection.sock is kept


@pytest.mark.e2e
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_the_page_connects_whatever_the_host_is_called_and_breaks_no_policy(
    running: Product, host: str
) -> None:
    said: list[str] = []
    async with chromium() as browser:
        page = await browser.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        await page.goto(f"http://{host}:{running.port}/", wait_until="networkidle")
        assert await page.title()
    assert [line for line in said if "Content Security Policy" in line or "rror" in line] == []


@pytest.mark.parametrize("part", [product.SERVER, product.WORKER, product.POSTGRES])
def test_a_part_that_is_killed_comes_back(running: Product, part: str) -> None:
    assert eventually(lambda: running.children(part))
    killed = running.children(part)[0]
    killed.kill()
    assert eventually(lambda: {p.pid for p in running.children(part)} - {killed.pid})
    assert eventually(running.answers)


def test_ctrl_c_leaves_no_process_and_the_next_start_finds_the_data(data: Path, running: Product) -> None:
    family = running.children()
    assert len(family) >= 3
    began = time.monotonic()
    assert running.end(signal.SIGINT) == 0
    assert time.monotonic() - began < 15
    assert psutil.wait_procs(family, timeout=5)[1] == []
    again = start(data)
    assert again.answers()
    assert again.end(signal.SIGTERM) == 0


def test_killing_the_supervisor_itself_leaves_no_process(data: Path, running: Product) -> None:
    killed = start(data)
    assert killed.port
    family = killed.children()
    killed.end(signal.SIGKILL)
    survivors = psutil.wait_procs(family, timeout=20)[1]
    for survivor in survivors:
        survivor.kill()
    assert sys.platform != "linux" or survivors == []  # other systems tell no child that its parent is gone


def test_a_port_in_use_is_said_with_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        started = start(tmp_path, PORT=str(port))
        assert started.process.wait(30) == 1
    assert started.said == (
        f"Port {port} is not free (Address already in use). Stop what uses it, or take another:"
        f" make run PORT={port + 1}\n"
    )


def test_a_setting_that_production_refuses_is_said_in_a_sentence(tmp_path: Path) -> None:
    started = start(tmp_path, VANNILLI_ENV="production")
    assert started.process.wait(30) == 2
    assert "Set SECRET_KEY to 32 or more random characters." in started.said
    assert "Traceback" not in started.said


async def test_a_server_that_is_told_to_end_lets_its_pages_go_and_then_says_so(tmp_path: Path) -> None:
    with product.running(tmp_path, DRAIN_SECONDS="4") as drained:
        [server] = drained.children(product.SERVER)
        socket = f"{drained.base_url}/_event/?EIO=4&transport=websocket&token=page"
        async with (
            aiohttp.ClientSession(headers={"origin": drained.base_url}) as http,
            http.ws_connect(socket) as page,
        ):
            assert drained.get("/api/health?pages=1").status_code == 200
            server.send_signal(signal.SIGTERM)
            assert eventually(lambda: drained.get("/api/health?pages=1").status_code == 503, within=1)
            assert drained.get("/api/health").status_code == 200, "requests are welcome while pages go"
            while (await page.receive(timeout=5)).type is aiohttp.WSMsgType.TEXT:
                pass
            assert page.closed
        assert drained.get("/api/health").status_code == 200
        assert eventually(lambda: drained.get("/api/health").status_code == 503, within=3)
        assert drained.get("/api/health").json()["status"] == "leaving"
        assert drained.get("/api/auth/me").status_code == 401
        assert eventually(lambda: not server.is_running())
