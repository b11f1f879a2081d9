from collections.abc import AsyncIterator
from http.cookiejar import DefaultCookiePolicy

import httpx
import pytest

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
