"""From a finished draft to the video of a paid provider: one tap, the price shown before, paid when it is taken."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests import product
from tests.e2e.conftest import NewArtist
from tests.e2e.walk import Walk
from tests.engine import clips
from tests.fakes import everyone
from tests.fakes.everyone import Everyone
from tests.product import Product
from vannilli_app import demo, frontend, routes

FRAMES = 72  # one bar at 100: less than Kling takes, so the performance around it goes along


@pytest.fixture(scope="module")
def fakes() -> Iterator[Everyone]:
    with ExitStack() as stack:
        yield everyone.serving(stack, render_seconds=1.0)


@pytest.fixture(scope="module")
def live(fakes: Everyone, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    frontend.ensure()
    env = fakes.settings | {"FREE_GENERATIONS_PER_DAY": "1000"}
    with product.running(tmp_path_factory.mktemp("live"), **env) as running:
        yield running


@pytest.mark.e2e
@pytest.mark.long
async def test_a_draft_is_made_for_real(
    walk: Walk, fakes: Everyone, new_artist: NewArtist, inputs: demo.Inputs, tmp_path: Path
) -> None:
    artist = await new_artist()
    project = await artist.project(track_name="Night Bus", bpm=100, bars=1)
    files = {
        "driver_video": inputs.performance.path,
        "target_image": inputs.image,
        "audio": inputs.track.path,
    }
    await artist.upload(project, **files)
    draft = (await artist.start(project, provider="local")).json()
    await artist.until_ended(draft["internal_task_id"])

    await walk.enter(artist)
    await walk.open(routes.studio_preview(draft["generation_id"]))
    await walk.heading("Have it made for real")
    await walk.page.get_by_text("Or by another").tap()
    for name in ("Kling 2.6", "Runway Act-Two", "Pika"):
        await expect(walk.page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    await walk.has_no_weakness()
    fakes.kling.faults.add("render", "fails")  # the first try of it comes to nothing, and costs nothing
    await walk.page.get_by_role("button", name="Make it, 3 credits").first.tap()
    await walk.heading("Kling 2.6 is performing", within=60)
    await walk.heading("There they go.", within=120)
    assert (await artist.balance())["reserved"] == 3
    await walk.tap("Get the video, 3 credits ($0.75)", role="link")
    await walk.heading("Take it home.")
    await walk.tap("Get the video, 3 credits ($0.75)")
    await walk.heading("It is yours.")
    assert (await artist.balance())["credits_remaining"] == 0
    async with walk.page.expect_download() as started:
        await walk.tap("Save the video", role="link")
    path = tmp_path / "final.mp4"
    await (await started.value).save_as(path)
    assert len(clips.read(path)) == FRAMES
    assert clips.correlation(clips.jaw(path, FRAMES), clips.jaw(inputs.performance.path, FRAMES)) >= 0.9
    assert walk.complaints == []
