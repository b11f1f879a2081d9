"""The real library against the fake over loopback, with a real endpoint that listens."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
import stripe
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.fakes import server
from tests.fakes.stripe.served import Served, serving
from tests.fakes.stripe.service import FakeStripe

SUCCESS = "https://shop.example/done?session={CHECKOUT_SESSION_ID}"


@dataclass
class Listener:
    """A webhook endpoint that keeps what comes. `answers` are the next statuses, then 200."""

    received: list[tuple[bytes, str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/hook", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> Response:
        self.received.append((await request.body(), request.headers["stripe-signature"]))
        return Response(status_code=self.answers.pop(0) if self.answers else 200)


@dataclass
class Shop:
    """A fake, the library's client of it, and what a shop sells: two plans (by month) and a pack."""

    fake: FakeStripe
    client: stripe.StripeClient
    listener: Listener
    secret: str
    small: str = ""
    large: str = ""
    pack: str = ""

    async def stock(self) -> None:
        products = self.client.v1.products
        plan = (await products.create_async({"name": "Plan"})).id
        pack = (await products.create_async({"name": "Pack"})).id
        month: Any = {"interval": "month"}
        prices = self.client.v1.prices
        self.small, self.large, self.pack = [
            (await prices.create_async({"currency": "usd", "lookup_key": key, **price})).id
            for key, price in {
                "small": {"product": plan, "unit_amount": 2900, "recurring": month},
                "large": {"product": plan, "unit_amount": 9900, "recurring": month},
                "pack": {"product": pack, "unit_amount": 1000},
            }.items()
        ]

    async def checkout(self, mode: str, price: str, **more: Any) -> stripe.checkout.Session:
        asked: Any = {"mode": mode, "line_items": [{"price": price, "quantity": 1}], "success_url": SUCCESS}
        return await self.client.v1.checkout.sessions.create_async(asked | more)

    async def subscribed(self, card: str = "4242424242424242") -> stripe.Subscription:
        session = await self.checkout("subscription", self.small, metadata={"user": "7"})
        paid = self.fake.pay(session.id, card)
        return await self.client.v1.subscriptions.retrieve_async(paid["subscription"])

    async def bought(self) -> str:
        """A pack that was paid for; gives the payment intent's id."""
        session = await self.checkout("payment", self.pack)
        return str(self.fake.pay(session.id)["payment_intent"])

    async def events(self) -> list[stripe.Event]:
        """What the endpoint was told so far, each with a signature that the library accepts."""
        await self.fake.settle()
        return [self.client.construct_event(body, sign, self.secret) for body, sign in self.listener.received]

    async def types(self) -> list[str]:
        return [event.type for event in await self.events()]


@pytest.fixture
def listening() -> Iterator[tuple[Listener, Served]]:
    with ExitStack() as stack:
        listener = Listener()
        hook = stack.enter_context(server.serving(listener.app())) + "/hook"
        yield listener, serving(stack, hook, FakeStripe(retry_seconds=(0.01, 0.02)))


@pytest.fixture
async def shop(listening: tuple[Listener, Served]) -> AsyncIterator[Shop]:
    listener, served = listening
    http = stripe.HTTPXClient()
    client = stripe.StripeClient(
        served.settings["STRIPE_SECRET_KEY"],
        http_client=http,
        base_addresses={"api": served.settings["STRIPE_API_BASE"]},
        max_network_retries=0,
    )
    made = Shop(served.stripe, client, listener, served.settings["STRIPE_WEBHOOK_SECRET"])
    await made.stock()
    yield made
    await asyncio.shield(http.close_async())
