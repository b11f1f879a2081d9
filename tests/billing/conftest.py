"""Stripe's fake, our API where it delivers its events, and people with cards."""

from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
import stripe

from tests.artist import Artist
from tests.conftest import forget_choices
from tests.fakes import server
from tests.fakes.stripe import ready
from tests.fakes.stripe.service import FakeStripe
from vannilli_app.billing import buying
from vannilli_app.config import Settings, settings
from vannilli_app.db import Database
from vannilli_app.db import database as the_database
from vannilli_app.http_api import make_api
from vannilli_app.payments import payments


@dataclass
class Shop:
    """The fake, our server, and a connection of the database's owner."""

    fake: FakeStripe
    base_url: str
    owner: psycopg.Connection[Any]

    async def buy(self, artist: Artist, path: str, **wanted: Any) -> str:
        """Order and pay with a good card, without coming back; gives the session's id."""
        answer = await artist.http.post(path, json=wanted)
        assert answer.status_code == 200, answer.text
        session: str = answer.json()["session_id"]
        self.fake.pay(session)
        return session

    async def come_back(self, artist: Artist, session: str) -> bool:
        return await buying.settle(UUID(artist.id), session, datetime.now(UTC))

    def ledger(self, artist: Artist) -> list[tuple[str, int, int]]:
        """Kind, amount and debt of every entry, oldest first."""
        return self.owner.execute(
            "SELECT kind, amount, debt FROM credit_entries WHERE user_id = %s ORDER BY position", [artist.id]
        ).fetchall()

    def events(self) -> dict[str, int]:
        """How many events stand at which status."""
        found = self.owner.execute("SELECT status, count(*)::int FROM payment_events GROUP BY 1").fetchall()
        return dict(found)


@pytest.fixture(scope="session")
async def stocked() -> ready.Stock:
    """What `stripe setup` makes, made once."""
    fake = FakeStripe()
    with server.serving(fake.app()) as fake.base_url:
        await ready.stock(fake, "http://product.example")
        fake.close()
        return ready.taken(fake)


@pytest.fixture
async def shop(
    database: Database, environment: Settings, stocked: ready.Stock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Shop]:
    """The API as a server of its own, wired to a fake of its own."""
    fake = FakeStripe(parallel=4)
    listener = server.listening()
    base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with ExitStack() as stack:
        fake.base_url = stack.enter_context(server.serving(fake.app()))
        stack.callback(fake.close)
        for name, value in ready.filled(fake, stocked, base_url).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("PUBLIC_URL", base_url)
        forget_choices()
        async with server.serving_here(make_api(), listener):
            owner = stack.enter_context(psycopg.connect(settings().database_url, autocommit=True))
            yield Shop(fake, base_url, owner)
            await fake.settle()
        await payments().close()
        await the_database().close()
    forget_choices()


@pytest.fixture
async def artist(shop: Shop) -> AsyncIterator[Artist]:
    async with httpx.AsyncClient(base_url=shop.base_url, timeout=60) as http:
        yield await Artist.sign_up(http)


def signed(secret: str, body: bytes) -> dict[str, str]:
    """The header that Stripe would send with this body."""
    header = stripe.WebhookSignature.generate_signature_header(body.decode(), secret)
    return {"stripe-signature": header, "content-type": "application/json"}
