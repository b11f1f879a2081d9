"""The real library against the fake over loopback, with a real endpoint that listens."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import stripe
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.fakes import server
from tests.fakes.stripe import catalogue
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
    secret: str = ""
    small: str = ""
    large: str = ""
    pack: str = ""

    def stock(self) -> None:
        """Not by calls, which every test would wait for."""
        books, plan = self.fake.books, {"recurring": {"interval": "month"}}
        for key, cents, more in (("small", 2900, plan), ("large", 9900, plan), ("pack", 1000, {})):
            product = catalogue.create_product(books, {"name": key.capitalize()})["id"]
            asked = {"currency": "usd", "unit_amount": cents, "lookup_key": key, "product": product}
            setattr(self, key, catalogue.create_price(books, asked | more)["id"])

    async def checkout(self, mode: str, price: str, **more: Any) -> stripe.checkout.Session:
        asked: Any = {"mode": mode, "line_items": [{"price": price, "quantity": 1}], "success_url": SUCCESS}
        return await self.client.v1.checkout.sessions.create_async(asked | more)

    async def subscribed(self, card: str = "4242424242424242") -> stripe.Subscription:
        session = await self.checkout("subscription", self.small, metadata={"user": "7"})
        paid = self.fake.pay(session.id, card)
        return await self.client.v1.subscriptions.retrieve_async(paid["subscription"])

    def renew(self, subscription: stripe.Subscription) -> None:
        """Let time pass until the next period has begun and its invoice is no draft any more."""
        end = subscription["items"].data[0].current_period_end
        self.fake.advance(end - self.fake.books.now() + self.fake.rules.draft_seconds + 1)

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


class Switchboard:
    """One server for all tests: passes each request to the app of the test that runs."""

    def __init__(self) -> None:
        self.app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app, "a test is running"
        await self.app(scope, receive, send)


@dataclass
class Ground:
    """What all tests share: two addresses, and the library's connections."""

    fake: Switchboard
    fake_url: str
    hook: Switchboard
    hook_url: str
    http: stripe.HTTPXClient


@pytest.fixture(scope="session")
async def ground() -> AsyncIterator[Ground]:
    fake, hook, http = Switchboard(), Switchboard(), stripe.HTTPXClient()
    with server.serving(fake) as fake_url, server.serving(hook) as hook_url:
        yield Ground(fake, fake_url, hook, f"{hook_url}/hook", http)
        await http.close_async()


@pytest.fixture
async def shop(ground: Ground) -> AsyncIterator[Shop]:
    fake, listener = FakeStripe(retry_seconds=(0.01, 0.02)), Listener()
    fake.base_url = ground.fake_url
    ground.fake.app, ground.hook.app = fake.app(), listener.app()
    base: Any = {"api": fake.base_url}
    client = stripe.StripeClient(
        fake.key, http_client=ground.http, base_addresses=base, max_network_retries=0
    )
    made = Shop(fake, client, listener)
    made.stock()
    endpoint = await client.v1.webhook_endpoints.create_async(
        {"url": ground.hook_url, "enabled_events": ["*"]}
    )
    made.secret = str(endpoint.secret)
    yield made
    fake.close()
