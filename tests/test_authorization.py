"""Who may do what, over every route of the OpenAPI document: a new one fails here until it says who it is for.

Anonymous: 401. With another person's ids: 404, never 403, and nothing changes. With one's own: neither.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.artist import Artist
from tests.people import add_everything, add_person, insert
from vannilli_app import routes
from vannilli_app.accounts import tokens
from vannilli_app.generations.schemas import Request
from vannilli_app.http_api import make_api

# For everybody; what is signed, or opened by a mailed token, proves itself.
PUBLIC = {
    routes.API_HEALTH,
    routes.API_CALCULATE_DURATION,
    routes.API_VERIFY_VIDEO,
    routes.API_SIGN_UP,
    routes.API_SIGN_IN,
    routes.API_SIGN_OUT,
    routes.API_REFRESH,
    routes.API_VERIFY,
    routes.API_RESET,
    routes.API_RESET_ASK,
    routes.API_PROVIDER_CALLBACK,
    routes.API_STRIPE_WEBHOOK,
}
# Bodies that name somebody's thing; `{}` marks are filled with the ids of its owner.
BODIES: dict[str, dict[str, Any]] = {
    routes.API_UPLOAD_ASSETS: {
        "project_id": "{project_id}",
        "assets": [{"kind": "audio", "content_type": "audio/wav", "size_bytes": 9}],
    },
    routes.API_START_GENERATION: {"project_id": "{project_id}", "rights_attested": True},
    routes.API_PROJECT: {"track_name": "Changed"},
    routes.API_CHECK_ASSET: {},
}
ORDER = ("get", "put", "patch", "post", "delete")

Ids = dict[str, str]
Route = tuple[str, str, dict[str, Any]]


def every_route() -> list[Route]:
    paths = make_api().openapi()["paths"]
    found = [(method, path, route) for path, methods in paths.items() for method, route in methods.items()]
    return sorted(found, key=lambda one: (ORDER.index(one[0]), one[1]))


def private_routes() -> list[Route]:
    return [one for one in every_route() if one[1] not in PUBLIC]


def names_a_thing(path: str, route: dict[str, Any], document: dict[str, Any]) -> bool:
    """Whether a route's address or body has an id in it."""
    if "{" in path:
        return True
    content = route.get("requestBody", {}).get("content", {}).get("application/json", {})
    reference = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    fields = document["components"]["schemas"].get(reference, {}).get("properties", {})
    return any(name.endswith("_id") for name in fields)


def request_of(person: UUID) -> Request:
    return Request(
        user_id=person,
        track_name="Test",
        bpm=Decimal(140),
        bars=Decimal(8),
        time_signature="4/4",
        beat_unit="quarter",
        aspect="9:16",
        prompt=None,
        mode="standard",
        character_orientation="video",
        bar_one_seconds=Decimal(0),
        section_start_bar=Decimal(1),
        driver_path="driver-videos/x.mp4",
        image_path="target-images/x.png",
        audio_path=None,
        capture_offset_seconds=None,
        width=720,
        height=1280,
    )


def signed_in(connection: psycopg.Connection[Any], http: httpx.AsyncClient) -> tuple[Artist, dict[str, Any]]:
    """A person with one row of everything, and the keys of their rows."""
    person = add_person(connection)
    keys = {table: key for table, (_, key) in add_everything(connection, person).items()}
    connection.execute(
        "UPDATE generations SET status = 'failed', error_code = 'cancelled', error_message = 'Cancelled.',"
        " request = %s WHERE id = %s",
        [Jsonb(request_of(person).model_dump(mode="json")), keys["generations"]],
    )
    task = connection.execute("SELECT internal_task_id FROM generations WHERE id = %s", [keys["generations"]])
    keys["task"] = task.fetchone()[0]
    token = tokens.issue_access(person, keys["sessions"], datetime.now(UTC))
    http.headers["authorization"] = f"Bearer {token}"
    return Artist(http, str(person)), keys


@pytest.fixture
async def artists(database, database_url) -> AsyncIterator[tuple[Artist, Artist, Ids]]:
    """A person with one of everything, a stranger, and the ids of what the first one has."""
    api = make_api()
    clients = [httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://api") for _ in range(2)]
    with psycopg.connect(database_url, autocommit=True) as connection:
        owner, keys = signed_in(connection, clients[0])
        stranger, _ = signed_in(connection, clients[1])
        other = uuid4()
        insert(connection, "sessions", id=other, user_id=owner.id, secret="x", expires_at="tomorrow")
    yield (
        owner,
        stranger,
        {
            "project_id": str(keys["projects"]),
            "generation_id": str(keys["generations"]),
            "task_id": str(keys["task"]),
            "asset_id": str(keys["assets"]),
            "session_id": str(other),
            "export_id": str(keys["exports"]),
        },
    )
    for client in clients:
        await client.aclose()


async def call(http: httpx.AsyncClient, route: Route, ids: Ids) -> httpx.Response:
    method, path, _ = route
    body = {
        name: value.format(**ids) if isinstance(value, str) else value
        for name, value in BODIES.get(path, {}).items()
    }
    return await http.request(
        method, path.format(**ids), json=body if method not in ("get", "delete") else None
    )


async def test_nobody_is_let_in_without_a_token(artists) -> None:
    owner, _, ids = artists
    del owner.http.headers["authorization"]
    for route in private_routes():
        answer = await call(owner.http, route, ids)
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in"), route[:2]


async def test_anothers_id_is_no_id(artists) -> None:
    owner, stranger, ids = artists
    document = make_api().openapi()
    tried = [one for one in private_routes() if names_a_thing(one[1], one[2], document)]
    assert len(tried) >= 11
    for route in tried:
        answer = await call(stranger.http, route, ids)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), (route[:2], answer.text)
    assert (await owner.http.get(f"/api/projects/{ids['project_id']}")).json()["track_name"] == "Test"
    for route in tried:
        answer = await call(owner.http, route, ids)
        assert answer.status_code not in (401, 403), (route[:2], answer.text)
        assert "not_found" not in answer.text, (route[:2], answer.text)


async def test_a_list_has_ones_own_things_only(artists) -> None:
    owner, stranger, ids = artists
    lists = [one for one in private_routes() if one[0] == "get" and "{" not in one[1]]
    assert len(lists) >= 6
    for _, path, _ in lists:
        seen = (await stranger.http.get(path)).text
        assert owner.id not in seen, path
        assert not [one for one in ids.values() if one in seen], path


async def test_every_page_that_is_not_for_everybody_is_guarded() -> None:
    from vannilli_app.accounts.state import SessionState
    from vannilli_app.vannilli_app import app

    public = {
        "index",
        "calculator",
        "pricing",
        "signup",
        "signin",
        "verify",
        "reset",
        "verify-video",
        "privacy",
        "terms",
        "404",
    }
    pages = {route.strip("/") or "index": events for route, events in app._load_events.items()}
    assert {"studio", "account"} <= set(pages)
    for route, events in pages.items():
        assert route in public or events[0] is SessionState.guard, route
