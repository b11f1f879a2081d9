"""The whole way of money in a browser, through a fake of Stripe: subscribe, generate, download, top up, a second period
whose payment fails and is mended, move up, a refund, and the end of the plan.
"""

import asyncio
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests import product
from tests.e2e.conftest import NewArtist
from tests.e2e.walk import Walk
from tests.fakes import everyone, server
from tests.fakes.stripe import ready
from tests.fakes.stripe.cards import FAILS_LATER, GOOD
from tests.fakes.stripe.service import FakeStripe
from tests.product import Product
from vannilli_app import demo, frontend, routes

MONTH = 31 * 24 * 3600


@dataclass
class Bank:
    """The fake, and the product that it serves."""

    stripe: FakeStripe
    live: Product


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    frontend.ensure()
    fake = FakeStripe()
    with server.listening() as free:
        port = free.getsockname()[1]
    with ExitStack() as stack:
        stack.callback(fake.close)
        fake.base_url = stack.enter_context(server.serving(fake.app()))
        settings = asyncio.run(ready.stock(fake, f"http://localhost:{port}"))
        settings |= everyone.serving(stack, render_seconds=0.5).settings
        folder = tmp_path_factory.mktemp("live")
        yield Bank(fake, stack.enter_context(product.running(folder, PORT=str(port), **settings)))


@pytest.fixture(scope="module")
def live(bank: Bank) -> Product:
    return bank.live


@pytest.mark.e2e
@pytest.mark.slow
async def test_the_whole_way_of_money(
    walk: Walk, bank: Bank, new_artist: NewArtist, inputs: demo.Inputs, tmp_path: Path
) -> None:
    page, stripe = walk.page, bank.stripe
    artist = await new_artist()
    project = await artist.project(track_name="Night Bus", bpm=100, bars=1)
    files = {
        "driver_video": inputs.performance.path,
        "target_image": inputs.image,
        "audio": inputs.track.path,
    }
    await artist.upload(project, **files)
    draft = (await artist.start(project, provider="local")).json()
    await walk.enter(artist)

    async def sees(words: str) -> None:
        await page.get_by_text(words).first.wait_for()

    async def pays(card: str = GOOD) -> None:
        """Fill in the fake's checkout, and come back."""
        await page.get_by_label("Card number").fill(card)
        await page.get_by_role("button", name=re.compile("Pay|Subscribe")).tap()

    await walk.open(routes.PRICING)  # subscribe
    await walk.tap("Get Artist")
    await pays(FAILS_LATER)
    await walk.arrive(routes.ACCOUNT)
    await sees("80 from your plan")
    assert (await artist.balance())["tier"] == "artist"

    await artist.until_ended(draft["internal_task_id"])  # generate and download
    await walk.open(routes.studio_preview(draft["generation_id"]))
    await walk.heading("Have it made for real")
    await walk.tap("Make it, 3 credits ($0.75)")
    await walk.heading("Kling 2.6 is performing", within=60)
    await walk.heading("There they go.", within=120)
    await page.get_by_role("link", name="Get the video, 3 credits ($0.75)").tap()
    await walk.tap("Get the video, 3 credits ($0.75)")
    await walk.heading("It is yours.")
    assert (await artist.balance())["credits_remaining"] == 80

    await walk.open(routes.ACCOUNT)  # top up
    await sees("A finished video: Night Bus, 1 bar at 100")
    await page.get_by_label("More credits").fill("25")
    await walk.tap("Buy for $7.50")
    await pays()
    await walk.arrive(routes.ACCOUNT)
    await sees("25 that you bought never expire")

    stripe.advance(MONTH)  # the second period cannot be paid, and the page that is open says so
    await sees("Your last payment failed.")
    await walk.has_no_weakness()
    assert (await artist.balance())["credits_remaining"] == 105
    await walk.tap("Mend the card")
    await page.get_by_label("New card number").fill(GOOD)
    await walk.tap("Change card")
    await sees("ends in 4242")
    invoice = next(one for one in stripe.invoices.values() if one["status"] == "open")
    await page.get_by_role("button", name="Pay").first.tap()
    await expect(page.get_by_role("button", name="Pay")).to_have_count(0)
    await stripe.settle()
    assert stripe.invoices[invoice["id"]]["status"] == "paid"
    await walk.open(routes.ACCOUNT)
    await sees("Renews on")
    assert (await artist.balance())["credits_remaining"] == 185

    await walk.tap("Move up to Label, $50.00 a month")  # upgrade
    await sees("Label from now on. Today you pay $")
    await walk.has_no_weakness()
    await walk.tap("Yes, change it")
    await sees("Plan credits: Label")
    found = await artist.balance()
    assert found["tier"] == "label"

    topup = next(one for one in stripe.charges.values() if one["amount"] == 750)  # refund
    stripe.refund(topup["id"])
    await sees("Refunded purchase")
    assert (await artist.balance())["credits_remaining"] == found["credits_remaining"] - 25

    await walk.tap("End the plan")  # cancel
    await sees("Until then all stays as it is.")
    await walk.tap("Keep the plan")
    await sees("Renews on")
    await walk.tap("End the plan")
    await sees("Until then all stays as it is.")
    stripe.advance(MONTH)
    await sees("You have no plan.")
    assert (await artist.balance())["tier"] == "free"
    assert walk.complaints == []
