"""A real S3 server for tests: SeaweedFS, one process, stopped with the test session."""

import contextlib
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from vannilli_app.storage import BUCKETS

_START_SECONDS = 60


@dataclass(frozen=True)
class S3Server:
    endpoint_url: str
    access_key_id: str = "tests"
    secret_access_key: str = "a secret of the tests"


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """An S3 endpoint on loopback that has the product's buckets."""
    with serving(tmp_path_factory.mktemp("s3")) as server:
        yield server


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[S3Server]:
    """The server with its files in `folder`, which is removed afterwards."""
    ports = free_ports(8)
    server = S3Server(f"http://127.0.0.1:{ports[0]}")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            _command(folder, server, ports), stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        try:
            _make_buckets(server, process, folder / "log")
            yield server
        finally:
            process.kill()  # asked politely it takes 10 s, and there is nothing to save
            process.wait()
            _remove_sockets(ports)
    shutil.rmtree(folder)


def _command(folder: Path, server: S3Server, ports: list[int]) -> list[str]:
    credentials = {"accessKey": server.access_key_id, "secretKey": server.secret_access_key}
    identity = {"name": "tests", "credentials": [credentials], "actions": ["Admin", "Read", "Write", "List"]}
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    names = ["s3.port", "s3.port.grpc", "master.port", "master.port.grpc", "volume.port", "volume.port.grpc"]
    names += ["filer.port", "filer.port.grpc"]
    weed = Path(sys.executable).with_name("weed")
    return [
        str(weed),
        "server",
        f"-dir={folder}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        "-filer",
        "-s3",
        f"-s3.config={folder / 's3.json'}",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-master.telemetry=false",
        "-master.volumeSizeLimitMB=256",
        "-volume.max=20",
        *(f"-{name}={port}" for name, port in zip(names, ports, strict=True)),
    ]


def _make_buckets(server: S3Server, process: subprocess.Popen[bytes], log: Path) -> None:
    client = boto3.client(
        "s3",
        endpoint_url=server.endpoint_url,
        aws_access_key_id=server.access_key_id,
        aws_secret_access_key=server.secret_access_key,
        region_name="auto",
        config=Config(retries={"total_max_attempts": 1}),
    )
    deadline = time.monotonic() + _START_SECONDS
    for bucket in BUCKETS:
        while True:
            try:
                client.create_bucket(Bucket=bucket)
                client.put_object(Bucket=bucket, Key="ready", Body=b"yes")
                client.delete_object(Bucket=bucket, Key="ready")
                break
            except (BotoCoreError, ClientError):
                if process.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"SeaweedFS did not start:\n{log.read_text()[-2000:]}")
                time.sleep(0.1)
    client.close()


def free_ports(count: int) -> list[int]:
    """Ports of loopback that were free a moment ago."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _remove_sockets(ports: list[int]) -> None:
    """SeaweedFS leaves its UNIX sockets, named by port, in /tmp when it is stopped."""
    for port in ports:
        for left in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):
            with contextlib.suppress(OSError):
                left.unlink()
