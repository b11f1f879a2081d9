import logging
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from vannilli_app import __version__, errors, problems
from vannilli_app.http_api import make_api


def client_of(app) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost:8000")


@pytest.fixture
async def api(database) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(make_api()) as client:
        yield client


async def test_health(api):
    answer = await api.get("/api/health")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "version": __version__}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
async def test_an_unknown_address_is_a_problem_document(api, method):
    answer = await api.request(method, "/api/nothing/here")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is nothing at this address. See /api/docs for what there is.",
        "code": "not_found",
    }


async def test_another_method_of_a_known_address_says_which_it_takes(api):
    answer = await api.delete("/api/calculate-duration")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "POST"
    assert (await api.post("/api/health")).headers["allow"] == "GET"


@pytest.mark.parametrize("content", [b"{", b"", b"[1]", b'"text"', b"\xff\xfe", b'{"bpm": 1e400, "bars": 8}'])
async def test_a_body_that_is_no_question(api, content):
    answer = await api.post(
        "/api/calculate-duration", content=content, headers={"content-type": "application/json"}
    )
    assert answer.status_code in (400, 422)
    assert answer.json()["code"] in ("bad_request", "validation_error")
    assert "Traceback" not in answer.text


async def test_a_form_of_another_site_is_not_read_as_json(api):
    answer = await api.post(
        "/api/calculate-duration",
        content=b'{"bpm": 140, "bars": 8}',
        headers={"content-type": "text/plain"},
    )
    assert answer.status_code == 422


async def _chunks():
    for _ in range(9):
        yield b" " * 10_000


@pytest.mark.parametrize("content", [b" " * 90_000, _chunks()], ids=["announced", "in chunks"])
async def test_a_body_that_is_too_long(api, content):
    answer = await api.post(
        "/api/calculate-duration", content=content, headers={"content-type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://localhost:8000"}, 200),
        ({"origin": "http://127.0.0.1:8000"}, 200),
        ({"origin": "https://elsewhere.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "https://elsewhere.example", "authorization": "Bearer x"}, 200),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "cross-site", "authorization": "Bearer x"}, 200),
    ],
)
async def test_whose_pages_may_change_something(api, headers, status):
    answer = await api.post("/api/calculate-duration", json={"bpm": 140, "bars": 8}, headers=headers)
    assert answer.status_code == status


async def test_another_site_cannot_have_a_download_charged(api):
    for headers in ({"origin": "https://elsewhere.example"}, {"sec-fetch-site": "cross-site"}):
        answer = await api.get("/api/download/7b566220-5481-4901-a7ca-7b165138fdad", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")


async def test_reading_is_free_to_every_origin(api):
    answer = await api.get("/api/health", headers={"origin": "https://elsewhere.example"})
    assert answer.status_code == 200


async def test_the_document_names_every_route_and_its_problems(api):
    assert (await api.get("/api/docs")).status_code == 200
    document = (await api.get("/api/openapi.json")).json()
    assert set(document["components"]["schemas"]["Problem"]["required"]) == {
        "title",
        "status",
        "detail",
        "code",
    }
    signup = document["paths"]["/api/auth/signup"]["post"]["responses"]
    assert "email_taken" in signup["409"]["description"]
    assert list(signup["409"]["content"]) == ["application/problem+json"]
    for path, methods in document["paths"].items():
        for method, route in methods.items():
            refusals = [answer for status, answer in route["responses"].items() if "400" <= status < "500"]
            assert all(list(one["content"]) == ["application/problem+json"] for one in refusals), (
                method,
                path,
            )
            assert "default" not in route["responses"], (method, path)  # every status is named
            assert route["description"], (method, path)


async def test_each_call_makes_a_fresh_api():
    first, second = make_api(), make_api()
    first.add_api_route("/api/only-here", lambda: None)
    assert len(first.routes) == len(second.routes) + 1


class Surprise(errors.Conflict):
    """That was a surprise."""

    code = "surprise"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (errors.Invalid(), 422, "validation_error"),
        (errors.NotSignedIn(), 401, "not_signed_in"),
        (errors.PaymentRequired(needed=14, available=3), 402, "insufficient_credits"),
        (errors.Forbidden(), 403, "forbidden"),
        (errors.NotFound(), 404, "not_found"),
        (errors.Conflict(), 409, "conflict"),
        (errors.Gone(), 410, "expired"),
        (errors.TooLarge(), 413, "asset_too_large"),
        (errors.UnsupportedMedia(), 415, "unsupported_media_type"),
        (errors.TooMany(), 429, "rate_limited"),
        (errors.VannilliError(), 500, "internal_error"),
        (Surprise(), 409, "surprise"),
    ],
)
async def test_every_error_has_its_status(error, status, code):
    app = FastAPI(exception_handlers=problems.HANDLERS)

    @app.get("/")
    async def fails() -> None:
        raise error

    async with client_of(app) as client:
        answer = await client.get("/")
    assert answer.status_code == status
    document = answer.json()
    assert (document["status"], document["code"], document["detail"]) == (status, code, type(error).__doc__)
    assert error.extra.items() <= document.items()


async def test_what_nobody_expected_shows_neither_stack_nor_sql(caplog):
    app = FastAPI(exception_handlers=problems.HANDLERS)

    @app.get("/")
    async def fails() -> None:
        raise RuntimeError("SELECT password_hash FROM users")

    with caplog.at_level(logging.ERROR, "vannilli_app.problems"):
        async with client_of(app) as client:
            answer = await client.get("/")
    assert answer.status_code == 500
    assert answer.json()["detail"] == "Something went wrong on our side. Try again in a moment."
    assert "SELECT" not in answer.text
    assert "RuntimeError" in caplog.text
