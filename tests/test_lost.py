"""What stands on addresses in German that lead nowhere."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.responses import PlainTextResponse

from vannilli_app import frontend
from vannilli_app.lost import Lost


@pytest.fixture
async def ask() -> AsyncIterator[httpx.AsyncClient]:
    frontend.ensure()
    app = Lost(PlainTextResponse("the app"), frontend.current() / "build" / "client")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://lost") as client:
        yield client


async def test_an_address_that_leads_nowhere_says_so_in_its_language(ask: httpx.AsyncClient) -> None:
    answer = await ask.get("/de/nirgends")
    assert answer.status_code == 404
    assert '<html lang="de"' in answer.text
    assert "<title>Keine solche Seite · Vannilli</title>" in answer.text
    assert "Keine Seite in diesem Tempo." in answer.text
    assert 'href="/de"' in answer.text
    assert 'hrefLang="en" href="/nirgends"' in answer.text
    assert "<script type" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/",
        "/api/nowhere",
        "/de",
        "/de/",
        "/de/pricing",
        "/de/pricing/",
        "/de/manifest.webmanifest",
    ],
)
async def test_what_is_there_or_is_english_is_the_apps(ask: httpx.AsyncClient, path: str) -> None:
    assert (await ask.get(path)).text == "the app"
