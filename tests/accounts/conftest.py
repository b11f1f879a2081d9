import email
import email.policy
import re
from collections.abc import AsyncIterator
from email.message import EmailMessage
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from vannilli_app import db
from vannilli_app.accounts import jobs
from vannilli_app.config import settings
from vannilli_app.db import Database
from vannilli_app.http_api import make_api

ANA = {
    "email": "ana@example.com",
    "password": "three words in a row",
    "birth_date": "1990-05-17",
    "accept_terms": True,
}


@pytest.fixture
async def api(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """The API, spoken to by a program that keeps no cookies."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(make_api()), base_url="http://api") as client:
        client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        yield client


@pytest.fixture
async def browser(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """The API, spoken to by a page of ours: with cookies and an `Origin`."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(make_api()),
        base_url="http://localhost:8000",
        headers={"origin": "http://localhost:8000"},
    ) as client:
        yield client


@pytest.fixture
async def ana(api: httpx.AsyncClient) -> dict:
    """What sign-up answered to Ana."""
    return (await api.post("/api/auth/signup", json=ANA)).raise_for_status().json()


def bearer(signed_in: dict) -> dict[str, str]:
    """The header of somebody who signed in."""
    return {"authorization": f"Bearer {signed_in['access_token']}"}


async def rows(query: str, **values: Any) -> list[Any]:
    """What the service sees, or does."""
    async with db.transaction(db.SERVICE) as session:
        return list((await (await session.connection()).execute(text(query), values)).all())


async def post() -> list[EmailMessage]:
    """Have the worker's job send every mail that waits; gives them, the oldest first."""
    outbox = settings().data_dir / "outbox"
    sent = []
    for (mail_id,) in await rows("SELECT id FROM mails ORDER BY created_at"):
        await jobs.send_mail(str(mail_id))
        file = outbox / f"{mail_id}.eml"
        if file.exists():
            sent.append(email.message_from_bytes(file.read_bytes(), policy=email.policy.default))
    return sent


def token_in(message: EmailMessage) -> str:
    """The token of the link in a mail."""
    plain = message.get_body(("plain",))
    assert plain is not None
    found = re.search(r"http://localhost:8000/\w+#(\S+)", plain.get_content())
    assert found
    return found[1]
