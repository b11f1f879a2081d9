"""Word that a video is done: one mail, one notification on each browser, to a push service that opens it."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.accounts.conftest import ANA, bearer, post, rows, token_in
from tests.fakes.push_service import PushService, push_service
from tests.people import add_project, insert
from tests.settled import request_of
from vannilli_app import config
from vannilli_app.accounts import devices
from vannilli_app.db import Database
from vannilli_app.generations import word
from vannilli_app.http_api import make_api

FILES = ("final_video_r2_path", "preview_gif_r2_path", "thumbnail_r2_path", "preview_video_r2_path")


@pytest.fixture
def service(environment: config.Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    monkeypatch.setenv("PUSH_SERVICES", "127.0.0.1,.push.vannilli.test")
    config.settings.cache_clear()
    with push_service() as started:
        yield started


@pytest.fixture
async def api(service: PushService, database: Database) -> Any:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(make_api()), base_url="http://api") as client:
        yield client


@pytest.fixture
async def ana(api: httpx.AsyncClient) -> dict:
    return (await api.post("/api/auth/signup", json=ANA)).raise_for_status().json()


@pytest.fixture
def owner(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def finished(owner: psycopg.Connection[Any], ana: dict, ago: timedelta = timedelta(0)) -> str:
    """A video of Ana's that was done so long ago."""
    person = UUID(ana["user"]["id"])
    project, generation = add_project(owner, person), uuid4()
    insert(
        owner,
        "generations",
        id=generation,
        project_id=project,
        cost_credits=0,
        status="completed",
        stage="done",
        **dict.fromkeys(FILES, "x"),
        completed_at=datetime.now(UTC) - ago,
        request=Jsonb(request_of(person).model_dump(mode="json")),
    )
    return str(generation)


async def subscribe(api: httpx.AsyncClient, ana: dict, keys: dict[str, str]) -> httpx.Response:
    return await api.put("/api/push-subscriptions", json=keys, headers=bearer(ana))


async def test_every_browser_is_told_once_and_a_mail_is_sent(
    api: httpx.AsyncClient, ana: dict, service: PushService, owner: psycopg.Connection[Any]
) -> None:
    phone, laptop = service.browser(), service.browser()
    for browser in (phone, laptop, phone):
        assert (await subscribe(api, ana, browser.keys)).status_code == 204
    generation = finished(owner, ana)
    await word.send_word(generation)
    await word.send_word(generation)
    for browser in (phone, laptop):
        (message,) = browser.messages
        assert message == {
            "title": "Your video is done",
            "body": "Test",
            "url": f"/studio/preview?generation={generation}",
            "tag": generation,
        }
        assert f"k={devices.public_key()}" in browser.signatures[0]
    assert await rows("SELECT count(*) FROM mails WHERE kind = 'video_done'") == [(1,)]


async def test_word_is_in_the_language_that_the_person_signed_in_with_last(
    api: httpx.AsyncClient, ana: dict, service: PushService, owner: psycopg.Connection[Any]
) -> None:
    known = {"email": ANA["email"], "password": ANA["password"]}
    await api.post("/api/auth/signin", json=known, headers={"accept-language": "de"})
    browser = service.browser()
    await subscribe(api, ana, browser.keys)
    await post()
    await word.send_word(finished(owner, ana))
    [mail] = await post()
    assert [mail["Subject"], browser.messages[0]["title"]] == ["Dein Video ist fertig"] * 2


@pytest.mark.parametrize(("status", "left"), [(404, 0), (410, 0), (500, 1), (429, 1)])
async def test_a_browser_that_is_gone_is_forgotten(
    api: httpx.AsyncClient,
    ana: dict,
    service: PushService,
    owner: psycopg.Connection[Any],
    status: int,
    left: int,
) -> None:
    browser = service.browser()
    await subscribe(api, ana, browser.keys)
    browser.status = status
    await word.send_word(finished(owner, ana))
    assert await rows("SELECT count(*) FROM push_subscriptions") == [(left,)]


async def test_only_push_services_are_sent_to(
    api: httpx.AsyncClient, ana: dict, service: PushService
) -> None:
    keys = service.browser().keys
    for address in (
        "http://localhost/x",
        "http://push.vannilli.test.evil.test/x",
        "http://a@b@c/",
        "http://[push.vannilli.test/x",
        "http://push.vannilli.test:1:2/x",
        "http://push.vannilli.test\\@evil.test/x",
        "http://evil.test\\.push.vannilli.test@evil.test/x",
        "http://me@push.vannilli.test/x",
    ):
        refused = await subscribe(api, ana, keys | {"endpoint": address})
        assert refused.status_code == 422, address
    assert (await subscribe(api, ana, keys | {"p256dh": "x"})).status_code == 422
    taken = await subscribe(api, ana, keys | {"endpoint": "https://eu.push.vannilli.test/x"})
    assert taken.status_code == 204


async def test_a_browser_belongs_to_who_signed_in_last_and_goes_with_them(
    api: httpx.AsyncClient, ana: dict, service: PushService, owner: psycopg.Connection[Any]
) -> None:
    browser = service.browser()
    await subscribe(api, ana, browser.keys)
    bob = (await api.post("/api/auth/signup", json=ANA | {"email": "bob@example.com"})).json()
    await subscribe(api, bob, browser.keys)
    await word.send_word(finished(owner, ana))
    assert browser.messages == []
    body = {"endpoint": browser.keys["endpoint"]}
    await api.request("DELETE", "/api/push-subscriptions", json=body, headers=bearer(ana))
    assert await rows("SELECT count(*) FROM push_subscriptions") == [(1,)]
    await api.request("DELETE", "/api/push-subscriptions", json=body, headers=bearer(bob))
    assert await rows("SELECT count(*) FROM push_subscriptions") == [(0,)]


async def by_signing_out_the_others(api: httpx.AsyncClient, ana: dict) -> None:
    assert (await api.delete("/api/auth/sessions", headers=bearer(ana))).status_code == 204


async def by_a_mailed_link(api: httpx.AsyncClient, ana: dict) -> None:
    await api.post("/api/auth/reset/ask", json={"email": ANA["email"]})
    chosen = {"token": token_in((await post())[-1]), "password": "another line of a song"}
    assert (await api.post("/api/auth/reset", json=chosen)).status_code == 204


async def by_running_out(api: httpx.AsyncClient, ana: dict) -> None:
    await rows("UPDATE sessions SET expires_at = now() WHERE user_agent = 'phone' RETURNING id")


@pytest.mark.parametrize(
    ("ends", "laptop_is_told"),
    [(by_signing_out_the_others, True), (by_a_mailed_link, False), (by_running_out, True)],
)
async def test_a_browser_is_told_while_its_session_lives(
    api: httpx.AsyncClient,
    ana: dict,
    service: PushService,
    owner: psycopg.Connection[Any],
    ends: Callable[[httpx.AsyncClient, dict], Awaitable[None]],
    laptop_is_told: bool,
) -> None:
    phone, laptop = service.browser(), service.browser()
    known = {"email": ANA["email"], "password": ANA["password"]}
    on_phone = (await api.post("/api/auth/signin", json=known, headers={"user-agent": "phone"})).json()
    await subscribe(api, on_phone, phone.keys)
    await subscribe(api, ana, laptop.keys)
    await ends(api, ana)
    await word.send_word(finished(owner, ana))
    assert (len(phone.messages), len(laptop.messages)) == (0, int(laptop_is_told))


async def test_a_browser_of_which_the_session_was_not_noted_goes_with_the_first_that_ends(
    api: httpx.AsyncClient, ana: dict, service: PushService, owner: psycopg.Connection[Any]
) -> None:
    browser = service.browser()
    await subscribe(api, ana, browser.keys)
    owner.execute("UPDATE push_subscriptions SET session_id = NULL")
    await word.send_word(finished(owner, ana))
    await by_signing_out_the_others(api, ana)
    await word.send_word(finished(owner, ana))
    assert len(browser.messages) == 1
    await subscribe(api, ana, browser.keys)
    await word.send_word(finished(owner, ana))
    assert len(browser.messages) == 2


async def test_word_that_a_dead_worker_did_not_begin_is_queued_again(
    ana: dict, owner: psycopg.Connection[Any]
) -> None:
    old, fresh = finished(owner, ana, timedelta(days=2)), finished(owner, ana)
    lost = finished(owner, ana, timedelta(minutes=1))
    assert await word.revive(datetime.now(UTC)) == 1
    (queued,) = await rows(
        "SELECT args->>'generation_id' FROM procrastinate_jobs WHERE task_name LIKE '%word'"
    )
    assert queued == (lost,)
    assert lost not in (old, fresh)
