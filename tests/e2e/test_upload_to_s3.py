"""A large file from the browser straight into a real S3 server, over a line that breaks off: every part once."""

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import boto3
import numpy as np
import psycopg
import pytest
from playwright.async_api import Request

from tests import product
from tests.e2e.conftest import NewArtist
from tests.e2e.walk import Walk
from tests.media import makers
from tests.product import Product
from tests.s3 import S3Server, free_ports, s3_server
from vannilli_app import frontend, routes
from vannilli_app.config import ROOT
from vannilli_app.storage import RAW_UPLOADS

__all__ = ["s3_server"]
PART = 5 << 20
SECONDS, RATE = 130, 48_000
LINE = 4_000_000  # bytes a second


@pytest.fixture(scope="module")
def live(s3_server: S3Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product on the S3 server, which `vannilli storage setup` has told whose pages may send to it."""
    frontend.ensure()
    port = str(free_ports(1)[0])
    env = {
        "PORT": port,
        "PUBLIC_URL": f"http://localhost:{port}",
        "S3_ENDPOINT_URL": s3_server.endpoint_url,
        "S3_ACCESS_KEY_ID": s3_server.access_key_id,
        "S3_SECRET_ACCESS_KEY": s3_server.secret_access_key,
    }
    folder = tmp_path_factory.mktemp("live")
    command = [sys.executable, "-m", "vannilli_app.cli", "storage", "setup"]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | env | {"DATA_DIR": str(folder)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with product.running(folder, **env) as running:
        yield running


@pytest.mark.e2e
@pytest.mark.long
async def test_the_network_goes_during_an_upload_and_comes_back(
    walk: Walk, live: Product, s3_server: S3Server, new_artist: NewArtist, tmp_path: Path
) -> None:
    song = await asyncio.to_thread(_song, tmp_path)
    parts = -(-song.stat().st_size // PART)
    assert parts >= 3
    artist = await new_artist()
    project = await artist.project(track_name="Night Bus", bpm=120, bars=4)
    await walk.enter(artist)
    await walk.open(routes.studio_new(project))
    sent: Counter[str] = Counter()
    walk.page.on("requestfinished", lambda request: sent.update(_part(request, s3_server)))
    await walk.slow_down(LINE)
    async with walk.page.expect_event("requestfinished", lambda request: bool(_part(request, s3_server))):
        await walk.bring("audio", song)
    await asyncio.sleep(0.5)  # in the midst of the next part
    await walk.away()
    await walk.page.get_by_text("Waiting for the network").wait_for()
    assert sent.total() < parts
    await asyncio.sleep(1)
    await walk.back()
    await walk.brought("audio")
    assert (sent.total(), set(sent.values())) == (parts, {1}), sent

    with psycopg.connect(live.database_url) as owner:
        ((key,),) = owner.execute("SELECT path FROM assets WHERE project_id = %s", [project]).fetchall()
    client = boto3.client(
        "s3",
        endpoint_url=s3_server.endpoint_url,
        aws_access_key_id=s3_server.access_key_id,
        aws_secret_access_key=s3_server.secret_access_key,
        region_name="auto",
    )
    assert client.get_object(Bucket=RAW_UPLOADS, Key=key)["Body"].read() == song.read_bytes()
    left = client.list_multipart_uploads(Bucket=RAW_UPLOADS).get("Uploads", [])
    client.close()
    assert left == []


def _song(folder: Path) -> Path:
    """Music under a hiss, as a WAV of more than ten MB: longer than most sections, as songs are."""
    sound = makers.music(SECONDS, RATE, bpm=120)
    hiss = 0.01 * np.random.default_rng(3).normal(size=sound.size).astype(np.float32)
    return makers.wav(folder / "song.wav", sound + hiss, RATE)


def _part(request: Request, server: S3Server) -> list[str]:
    """The number of a part that has gone to the S3 server: its address differs at a second try."""
    if request.method != "PUT" or not request.url.startswith(server.endpoint_url):
        return []
    return [request.url.split("partNumber=")[1].split("&")[0]]
