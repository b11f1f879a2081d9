"""A worker's store waits out one that answers 503, and a full disk; a server's says at once what is wrong."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from tests import gate
from tests.product import eventually
from tests.s3 import S3Server
from vannilli_app.config import ROOT
from vannilli_app.storage import FINAL_RENDERS, StoreUnavailable
from vannilli_app.storage.patient import PatientStore
from vannilli_app.storage.s3 import S3Store


async def test_a_store_that_answers_503_is_waited_for(s3_server: S3Server, tmp_path: Path) -> None:
    (tmp_path / "final.mp4").write_bytes(b"a video")
    with gate.before(s3_server.endpoint_url) as before:
        direct = S3Store(
            before.url,
            access_key_id=s3_server.access_key_id,
            secret_access_key=s3_server.secret_access_key,
        )
        before.close_now()
        with pytest.raises(StoreUnavailable):
            await direct.upload(FINAL_RENDERS, "patient/final.mp4", tmp_path / "final.mp4", "video/mp4")
        with pytest.raises(StoreUnavailable):
            await PatientStore(direct, patience=0.2).head(FINAL_RENDERS, "patient/final.mp4")
        refused = before.refused
        waiting = asyncio.create_task(
            PatientStore(direct).upload(
                FINAL_RENDERS, "patient/final.mp4", tmp_path / "final.mp4", "video/mp4"
            )
        )
        # The client itself tries three times.
        assert await asyncio.to_thread(eventually, lambda: before.refused >= refused + 3)
        assert not waiting.done()
        before.shut = False
        await waiting
        found = await direct.head(FINAL_RENDERS, "patient/final.mp4")
        assert found is not None
        assert found.size == 7


def test_a_full_disk_is_said_and_waited_for(tmp_path: Path) -> None:
    """On a real disk of 300 kB, in a namespace of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    done = subprocess.run(
        [
            "unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
            'mount -t tmpfs -o size=300k none "$1" && exec "$2" -m tests.storage.full_disk "$1"',
            "sh", disk, sys.executable,
        ],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:2] == ["There is no room left for files. Try again later.", "200000"]
