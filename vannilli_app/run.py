"""Everything on one machine: database, migrations, pages, server and worker, until Ctrl-C. `make run` calls this."""

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import FrameType
from urllib.parse import urlsplit

from pydantic import ValidationError

from vannilli_app import child, db, frontend, https, routes
from vannilli_app.config import ROOT, Settings, settings
from vannilli_app.embedded import EmbeddedPostgres
from vannilli_app.errors import VannilliError
from vannilli_app.media.authority import authority

GRACE_SECONDS = 10.0
# How long a connection may lie idle. A proxy in front keeps its own for 2 minutes (Caddy's default), and must be the
# one that ends it: what it sends at the moment that we do is lost.
IDLE_SECONDS = 130
_READY_SECONDS = 60.0
_TICK_SECONDS = 0.5
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_told_to_stop = threading.Event()


@dataclass
class Service:
    """A child that is started again when it ends: at once, then after 1, 2, 4 … 30 s while it keeps ending."""

    name: str
    argv: list[str]
    env: dict[str, str]
    calm: float = 60.0  # seconds that it must run before an end counts as the first again
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _ends: int = field(default=0, init=False)
    _started: float = field(default=0.0, init=False)
    _not_before: float = field(default=0.0, init=False)

    def start(self) -> None:
        """Run the child. If we are killed it is too: without the database it might wait for ever."""
        argv = [sys.executable, *self.argv]
        self.process = child.spawn(argv, when_we_die=signal.SIGKILL, env=self.env, cwd=ROOT)
        self._started = time.monotonic()

    def watch(self) -> None:
        """Start the child again if it has ended and its pause is over."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            self._ends = 1 if now - self._started > self.calm else self._ends + 1
            pause = min(2.0 ** (self._ends - 2), 30.0) if self._ends > 1 else 0.0
            self._not_before = now + pause
            self.process = None
            _say(
                f"The {self.name} ended by itself. It starts again {f'in {pause:.0f} s' if pause else 'now'}."
            )
        if self.process is None and now >= self._not_before:
            self.start()

    def ask_to_stop(self) -> None:
        """Send SIGTERM, without waiting."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def stop(self) -> None:
        """Stop the child within `GRACE_SECONDS`."""
        if self.process is not None:
            child.stop(self.process, grace=GRACE_SECONDS)


def main() -> int:
    """Run until a signal comes. The exit status: 0 after a signal, 1 when a part cannot start, 2 for a setting."""
    os.chdir(ROOT)
    for number in _SIGNALS:
        signal.signal(number, _interrupt)
    stack = ExitStack()
    try:
        _run(settings(), stack)
    except KeyboardInterrupt:
        _say("Stopping.")
        return 0
    except ValidationError as error:
        for problem in error.errors():
            _say(f"{' '.join(map(str, problem['loc'])).upper()} {problem['msg']}".strip())
        return 2
    except VannilliError as error:
        _say(error.message)
        return 1
    finally:
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        stack.close()
    return 0


def _run(config: Settings, stack: ExitStack) -> None:
    began = time.monotonic()
    host, port = _address(config)
    env = {**os.environ, "PORT": str(port), "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING")}
    postgres = None
    if not config.database_url:
        postgres = EmbeddedPostgres(config.data_dir / "postgres")
        stack.callback(postgres.stop)
        with _step("database"):
            postgres.start()
        env["DATABASE_URL"] = postgres.url()
    served = https.certificate(config, datetime.now(UTC)) if config.https else None
    address = config.public_url or _named(served, port)
    if served:
        env["PUBLIC_URL"] = address
    if config.providers or config.payments:
        with _step("fakes"):
            env |= _fakes(config, address, stack)
    with _step("tables"):
        db.migrate(config.owner_url or env["DATABASE_URL"])
    with _step("certificate"):
        signs = authority(config, datetime.now(UTC))
    if signs.own:
        _say(
            "Videos are signed with a certificate of this installation's own. It is on no public trust list."
        )
    with _step("pages"):
        frontend.ensure()
    services = [
        Service("server", server_command(host, port, served), env),
        Service("worker", ["-m", "vannilli_app.cli", "worker"], env),
    ]
    stack.callback(_stop, services)
    with _step("server and worker"):
        for service in services:
            service.start()
        _wait_until_ready(services[0], port, served)
    if served:
        _say(f"\n{https.how_to_trust(address, served)}")
    _say(f"\nVannilli is on {address} (ready in {time.monotonic() - began:.1f} s). Ctrl-C stops it.\n")
    while not _told_to_stop.is_set():
        time.sleep(_TICK_SECONDS)
        if postgres is not None and postgres.ensure():
            _say("The database had ended and is up again.")
        for service in services:
            service.watch()
    raise KeyboardInterrupt


def _fakes(config: Settings, address: str, stack: ExitStack) -> dict[str, str]:
    """Start the fakes that the settings ask for; gives the settings that lead to them."""
    told = config.data_dir / "fakes.json"
    told.unlink(missing_ok=True)
    wanted = [*(["--providers"] if config.providers else []), *(["--payments"] if config.payments else [])]
    command = [sys.executable, "-m", "tests.fakes", str(told), "--product", address, *wanted]
    process = child.spawn(command, when_we_die=signal.SIGKILL, cwd=ROOT)
    stack.callback(child.stop, process, grace=GRACE_SECONDS)
    deadline = time.monotonic() + _READY_SECONDS
    while not told.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise VannilliError("The fakes did not start. What they said is above.", code="no_fakes")
        time.sleep(0.05)
    found: dict[str, str] = json.loads(told.read_text())
    return found


def _address(config: Settings) -> tuple[str, int]:
    """Host and free port to listen on: this machine only, until PUBLIC_URL names another host or HTTPS invites one."""
    named = urlsplit(config.public_url).hostname
    alone = named in (None, "localhost", "127.0.0.1") and not config.https
    host = "127.0.0.1" if alone else "0.0.0.0"  # noqa: S104
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, config.port))
        except OSError as error:
            another = max(config.port, 1023) + 1
            raise VannilliError(
                f"Port {config.port} is not free ({error.strerror}). Stop what uses it, or take another:"
                f" make run PORT={another}",
                code="port_in_use",
            ) from error
        return host, int(probe.getsockname()[1])


def _named(served: https.Certificate | None, port: int) -> str:
    return f"https://{served.host}:{port}" if served else f"http://localhost:{port}"


def server_command(host: str, port: int, served: https.Certificate | None = None) -> list[str]:
    """Python's arguments that serve API, websockets and pages; by https where a certificate is given."""
    tls = [f"--ssl-certfile={served.certificate}", f"--ssl-keyfile={served.key}"] if served else []
    return ["-m", "uvicorn", "vannilli_app.asgi:asgi", f"--host={host}", f"--port={port}",
            "--loop=uvloop", "--http=httptools", "--no-access-log", "--log-level=warning",
            "--no-proxy-headers", "--no-server-header", "--timeout-graceful-shutdown=5",
            f"--timeout-keep-alive={IDLE_SECONDS}", *tls]  # fmt: skip


def _wait_until_ready(server: Service, port: int, served: https.Certificate | None) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while not _healthy(port, served):
        if server.process is None or server.process.poll() is not None or time.monotonic() > deadline:
            raise VannilliError(
                "The server did not start. What it said is above.", code="server_did_not_start"
            )
        time.sleep(0.05)


def _healthy(port: int, served: https.Certificate | None) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    if served:
        trusting = ssl.create_default_context(cafile=served.authority)
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=2, context=trusting)
    try:
        connection.request("GET", routes.API_HEALTH)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _stop(services: list[Service]) -> None:
    for service in services:
        service.ask_to_stop()
    for service in services:
        service.stop()


@contextmanager
def _step(name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    _say(f"  {name:<18} {time.monotonic() - began:5.1f} s")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    # Python swallows what is raised while a child is being started, or an object taken apart.
    _told_to_stop.set()
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
