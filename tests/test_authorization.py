"""Who may do what: every route of the OpenAPI document and every page; for its owner, another, an admin and nobody.

A new route or page fails here until it says below whom it is for.
"""

from collections.abc import AsyncIterator
from functools import cache
from typing import Any

import httpx
import psycopg
import pytest

from tests.settled import Settled, settle
from vannilli_app import routes, words
from vannilli_app.admin.access import NOTHING_HERE
from vannilli_app.http_api import make_api

ALL = "everybody; what is signed, or opened by a mailed token, proves itself"
SIGNED_IN = "whoever is signed in, about themselves"
OWNER = "whose thing it names; to everybody else, admins too, there is no such thing"
ADMIN = "admins"

ROUTES = {
    ("get", routes.API_HEALTH): ALL,
    ("post", routes.API_CALCULATE_DURATION): ALL,
    ("post", routes.API_VERIFY_VIDEO): ALL,
    ("post", routes.API_SIGN_UP): ALL,
    ("post", routes.API_SIGN_IN): ALL,
    ("post", routes.API_SIGN_OUT): ALL,
    ("post", routes.API_REFRESH): ALL,
    ("post", routes.API_VERIFY): ALL,
    ("post", routes.API_RESET): ALL,
    ("post", routes.API_RESET_ASK): ALL,
    ("post", routes.API_PROVIDER_CALLBACK): ALL,
    ("post", routes.API_STRIPE_WEBHOOK): ALL,
    ("get", routes.API_SHOWCASE): ALL,
    ("get", routes.API_SHOWCASE_ITEM): ALL,
    ("post", routes.API_SHOWCASE_WATCH): ALL,
    ("post", routes.API_CONTENT_REPORT): ALL,
    ("get", routes.API_ME): SIGNED_IN,
    ("post", routes.API_CONFIRM): SIGNED_IN,
    ("get", routes.API_SESSIONS): SIGNED_IN,
    ("delete", routes.API_SESSIONS): SIGNED_IN,
    ("delete", routes.API_SESSION): OWNER,
    ("post", routes.API_VERIFY_ASK): SIGNED_IN,
    ("post", routes.API_PASSWORD): SIGNED_IN,
    ("post", routes.API_TOTP): SIGNED_IN,
    ("delete", routes.API_TOTP): SIGNED_IN,
    ("post", routes.API_TOTP_CONFIRM): SIGNED_IN,
    ("post", routes.API_RECOVERY_CODES): SIGNED_IN,
    ("get", routes.API_ACCOUNT): SIGNED_IN,
    ("delete", routes.API_ACCOUNT): SIGNED_IN,
    ("get", routes.API_EXPORTS): SIGNED_IN,
    ("post", routes.API_EXPORTS): SIGNED_IN,
    ("get", routes.API_EXPORT): OWNER,
    ("put", routes.API_DO_NOT_SELL): SIGNED_IN,
    ("put", routes.API_PUSH_SUBSCRIPTIONS): SIGNED_IN,
    ("delete", routes.API_PUSH_SUBSCRIPTIONS): SIGNED_IN,
    ("get", routes.API_AUDIT): SIGNED_IN,
    ("get", routes.API_CREDITS_BALANCE): SIGNED_IN,
    ("get", routes.API_CREDITS_LEDGER): SIGNED_IN,
    ("post", routes.API_CREDITS_TOPUP): SIGNED_IN,
    ("post", routes.API_CHECKOUT): SIGNED_IN,
    ("post", routes.API_BILLING_PORTAL): SIGNED_IN,
    ("get", routes.API_BILLING_PLAN): SIGNED_IN,
    ("patch", routes.API_BILLING_PLAN): SIGNED_IN,
    ("get", routes.API_BILLING_PLAN_PRICE): SIGNED_IN,
    ("get", routes.API_PROJECTS): SIGNED_IN,
    ("post", routes.API_PROJECTS): SIGNED_IN,
    ("get", routes.API_PROJECT): OWNER,
    ("patch", routes.API_PROJECT): OWNER,
    ("delete", routes.API_PROJECT): OWNER,
    ("delete", routes.API_PROJECT_UPLOADS): OWNER,
    ("post", routes.API_UPLOAD_ASSETS): OWNER,
    ("post", routes.API_CHECK_ASSET): OWNER,
    ("post", routes.API_ASSET_PARTS): OWNER,
    ("post", routes.API_ASSET_ALIGNMENT): OWNER,
    ("patch", routes.API_ASSET): OWNER,
    ("get", routes.API_PROJECT_BEATS): OWNER,
    ("post", routes.API_START_GENERATION): OWNER,
    ("get", routes.API_POLL_STATUS): OWNER,
    ("get", routes.API_GENERATIONS): SIGNED_IN,
    ("post", routes.API_CANCEL_GENERATION): OWNER,
    ("get", routes.API_PARTS): OWNER,
    ("post", routes.API_PART_AGAIN): OWNER,
    ("get", routes.API_DOWNLOAD): OWNER,
    ("get", routes.API_RELEASE_KIT): OWNER,
    ("post", routes.API_RELEASE_KIT): OWNER,
    ("get", routes.API_GENERATION_SHOWCASE): OWNER,
    ("put", routes.API_GENERATION_SHOWCASE): OWNER,
    ("delete", routes.API_GENERATION_SHOWCASE): OWNER,
    ("get", routes.API_PROVIDERS): SIGNED_IN,
    ("get", routes.API_METRICS): ADMIN,
    ("get", routes.API_ADMIN_TABLE): ADMIN,
    ("get", routes.API_ADMIN_VIDEOS): ADMIN,
    ("get", routes.API_ADMIN_VIDEO): ADMIN,
    ("post", routes.API_ADMIN_VIDEO_CANCEL): ADMIN,
    ("post", routes.API_ADMIN_VIDEO_RETRY): ADMIN,
    ("post", routes.API_ADMIN_VIDEO_REFUND): ADMIN,
    ("get", routes.API_ADMIN_PEOPLE): ADMIN,
    ("post", routes.API_ADMIN_CREDITS): ADMIN,
    ("post", routes.API_ADMIN_BAN): ADMIN,
    ("post", routes.API_ADMIN_UNBAN): ADMIN,
    ("post", routes.API_ADMIN_WARN): ADMIN,
    ("get", routes.API_ADMIN_REPORTS): ADMIN,
    ("post", routes.API_ADMIN_DISMISS): ADMIN,
    ("post", routes.API_ADMIN_TAKE_DOWN): ADMIN,
    ("post", routes.API_ADMIN_RESTORE): ADMIN,
    ("get", routes.API_ADMIN_EVENTS): ADMIN,
    ("post", routes.API_ADMIN_REPLAY): ADMIN,
    ("get", routes.API_ADMIN_AUDIT): ADMIN,
    ("get", routes.API_ADMIN_SETTINGS): ADMIN,
    ("put", routes.API_ADMIN_SETTING): ADMIN,
}
PAGES = {
    routes.HOME: ALL,
    routes.CALCULATOR: ALL,
    routes.PRICING: ALL,
    routes.VERIFY_VIDEO: ALL,
    routes.TERMS: ALL,
    routes.PRIVACY: ALL,
    routes.SIGN_UP: ALL,
    routes.SIGN_IN: ALL,
    routes.VERIFY: ALL,
    routes.RESET: ALL,
    routes.DESIGN: ALL,
    "/404": ALL,
    routes.STUDIO: SIGNED_IN,
    routes.STUDIO_NEW: SIGNED_IN,
    routes.STUDIO_RECORD: SIGNED_IN,
    routes.STUDIO_PREVIEW: SIGNED_IN,
    routes.STUDIO_DOWNLOAD: SIGNED_IN,
    routes.ACCOUNT: SIGNED_IN,
    routes.PAID: SIGNED_IN,
    routes.SANDBOX_CHECKOUT: SIGNED_IN,
    routes.ADMIN: ADMIN,
    routes.ADMIN_VIDEOS: ADMIN,
    routes.ADMIN_VIDEO: ADMIN,
    routes.ADMIN_PEOPLE: ADMIN,
    routes.ADMIN_PAYMENTS: ADMIN,
    routes.ADMIN_SETTINGS: ADMIN,
    routes.ADMIN_REPORTS: ADMIN,
    routes.ADMIN_COSTS: ADMIN,
    routes.ADMIN_AUDIT: ADMIN,
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
    routes.API_ASSET_PARTS: {},
    routes.API_ASSET_ALIGNMENT: {},
    routes.API_ASSET: {"nudge_ms": 20},
    routes.API_GENERATION_SHOWCASE: {"title": "Changed", "handle": "changed"},
}
NAMES = {  # in addresses, and nobody's
    "number": "1",
    "table": "days",
    "event": "evt_none",
    "name": "nothing",
    "report_id": "00000000-0000-0000-0000-000000000001",
}
LAST = ("patch", "post", "delete")  # what changes something comes after what looks

Route = tuple[str, str]


@cache
def operations() -> dict[Route, dict[str, Any]]:
    paths = make_api().openapi()["paths"]
    return {(method, path): found for path, methods in paths.items() for method, found in methods.items()}


def routes_for(*whom: str) -> list[Route]:
    found = [route for route, who in ROUTES.items() if who in whom]
    parts_first = sorted(found, key=lambda route: -route[1].count("/"))
    return sorted(parts_first, key=lambda route: LAST.index(route[0]) if route[0] in LAST else -1)


@pytest.fixture
def people(database, database_url) -> dict[str, Settled]:
    """A person with one of everything, a stranger who has as much, and an admin."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        return {
            "owner": settle(connection),
            "other": settle(connection),
            "admin": settle(connection, role="admin"),
        }


@pytest.fixture
async def http(database) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(make_api()), base_url="http://api") as client:
        yield client


async def call(
    http: httpx.AsyncClient, route: Route, owner: Settled, caller: Settled | None
) -> tuple[int, str, str]:
    """Status, code and text of the answer to a call about the owner's things."""
    method, path = route
    body = {
        name: value.format(**owner.ids) if isinstance(value, str) else value
        for name, value in BODIES.get(path, {}).items()
    }
    answer = await http.request(
        method,
        path.format(**owner.ids, **NAMES),
        json=body if method not in ("get", "delete") else None,
        headers={"authorization": f"Bearer {caller.token}"} if caller else {},
    )
    problem = answer.json() if answer.is_error else {}
    return answer.status_code, problem.get("code", ""), answer.text


def test_every_route_says_whom_it_is_for() -> None:
    assert set(operations()) == set(ROUTES)


def test_the_document_says_where_a_token_is_needed() -> None:
    """Of an admin's it says that there may be one: without it there is nothing at the address, not even a door."""
    token: dict[str, list[str]] = {"access_token": []}
    for route, who in ROUTES.items():
        said = operations()[route]["security"]
        assert said == [token, {}] if who == ADMIN else (said == [token]) == (who != ALL), route


def test_what_names_a_thing_belongs_to_its_owner() -> None:
    """No route that takes an id counts as one about oneself."""
    schemas = make_api().openapi()["components"]["schemas"]
    for route in routes_for(SIGNED_IN):
        content = operations()[route].get("requestBody", {}).get("content", {})
        reference = content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
        fields = schemas.get(reference, {}).get("properties", {})
        assert "{" not in route[1], route
        assert not [name for name in fields if name.endswith("_id")], route


async def test_nobody_is_let_in_without_a_token(http, people) -> None:
    for route in routes_for(SIGNED_IN, OWNER):
        status, code, _ = await call(http, route, people["owner"], None)
        assert (status, code) == (401, "not_signed_in"), route


@pytest.mark.parametrize("who", ["other", "admin"])
async def test_anothers_id_is_no_id(http, people, who) -> None:
    for route in routes_for(OWNER):
        status, code, text = await call(http, route, people["owner"], people[who])
        assert (status, code) == (404, "not_found"), (route, text)
    _, _, seen = await call(http, ("get", routes.API_PROJECT), people["owner"], people["owner"])
    assert '"track_name":"Test"' in seen


async def test_ones_own_id_is_one(http, people) -> None:
    for route in routes_for(OWNER):
        status, code, text = await call(http, route, people["owner"], people["owner"])
        assert status not in (401, 403), (route, text)
        assert code != "not_found", (route, text)


async def test_for_everybody_but_admins_there_is_nothing_to_administer(http, people) -> None:
    for route in routes_for(ADMIN):
        for caller in (None, people["owner"], people["other"]):
            status, code, text = await call(http, route, people["owner"], caller)
            assert (status, code) == (404, "not_found"), route
            assert NOTHING_HERE in text, route


async def test_an_admin_administers_after_a_recent_proof(http, people, database_url) -> None:
    for route in routes_for(ADMIN):
        status, _, text = await call(http, route, people["owner"], people["admin"])
        assert NOTHING_HERE not in text, route
        assert route[0] != "get" or status == 200, (route, text)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE sessions SET proven_at = now() - interval '11 minutes'")
    for route in routes_for(ADMIN):
        status, code, _ = await call(http, route, people["owner"], people["admin"])
        assert status == 200 if route[0] == "get" else (status, code) == (403, "confirmation_required"), route


@pytest.mark.parametrize("who", ["other", "admin"])
async def test_a_list_has_ones_own_things_only(http, people, who) -> None:
    owner = people["owner"]
    lists = [route for route in routes_for(SIGNED_IN) if route[0] == "get"]
    assert len(lists) >= 6
    for route in lists:
        _, _, seen = await call(http, route, owner, people[who])
        assert not [one for one in (str(owner.id), *owner.ids.values()) if one in seen], route


async def test_every_page_says_whom_it_is_for() -> None:
    from vannilli_app.accounts.state import SessionState
    from vannilli_app.admin.state import AdminState
    from vannilli_app.vannilli_app import app

    pages = {f"/{route.strip('/')}": events for route, events in app._load_events.items()}
    pages[routes.HOME] = pages.pop("/index", [])
    assert {words.in_english(page) for page in pages} == set(PAGES)
    guards = {SIGNED_IN: SessionState.guard, ADMIN: AdminState.guard}
    for page, events in pages.items():
        who, first = PAGES[words.in_english(page)], events[0] if events else None
        assert first == guards[who] if who in guards else first not in guards.values(), page
