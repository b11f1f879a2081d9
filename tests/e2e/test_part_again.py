"""One part of a finished video made again by a tap: its bars and its price on the button, and the way back."""

import asyncio
from pathlib import Path

import psycopg
import pytest
from playwright.async_api import expect

from tests.e2e.conftest import NewArtist
from tests.e2e.test_for_real import fakes, live
from tests.e2e.walk import Walk
from tests.fakes.everyone import Everyone
from tests.generations.test_long_section import files_of
from tests.product import Product
from vannilli_app import routes

__all__ = ["fakes", "live"]


@pytest.mark.e2e
@pytest.mark.long
async def test_the_second_part_is_made_again(
    walk: Walk, live: Product, fakes: Everyone, new_artist: NewArtist, tmp_path: Path
) -> None:
    artist = await new_artist()
    with psycopg.connect(live.database_url, autocommit=True) as owner:
        owner.execute("UPDATE users SET credits_remaining = 43 WHERE id = %s", [artist.id])
        owner.execute(
            "INSERT INTO credit_entries (user_id, amount, kind, reference, balance_after)"
            " VALUES (%s, 40, 'admin', gen_random_uuid(), 43)",
            [artist.id],
        )
    project = await artist.project(
        track_name="Night Bus", bpm=60, bars=3, aspect="9:16", character_orientation="image"
    )
    await artist.upload(project, **await asyncio.to_thread(files_of, tmp_path, 12))
    made = (await artist.start(project, provider="kling")).json()
    assert (await artist.until_ended(made["internal_task_id"]))["status"] == "completed"

    await walk.enter(artist)
    await walk.open(routes.studio_preview(made["generation_id"]))
    await walk.heading("One part again")
    await expect(walk.page.get_by_role("button", name="Make bar 1 again")).to_contain_text(
        "4 credits ($1.00)"
    )
    await walk.has_no_weakness()
    fakes.kling.faults.add("render", "refused", times=1)
    await walk.page.get_by_role("button", name="Make bars 2\N{EN DASH}3 again").tap()
    await walk.heading("This one stopped.", within=120)
    await walk.tap("The video before", role="link")
    await walk.tap("Get the video, 12 credits ($3.00)")
    await walk.heading("It is yours.")
    await walk.page.get_by_role("button", name="Make bars 2\N{EN DASH}3 again · 8 credits ($2.00)").tap()
    await walk.page.get_by_role("link", name="Get the video, 8 credits ($2.00)").tap(timeout=120_000)
    assert (await artist.balance())["reserved"] == 8
    await walk.tap("Get the video, 8 credits ($2.00)")
    await walk.heading("It is yours.")
    assert (await artist.balance())["credits_remaining"] == 43 - 12 - 8
    assert walk.complaints == []
