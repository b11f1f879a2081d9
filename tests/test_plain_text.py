"""Text that PostgreSQL cannot keep, in every place of the API where text may stand, and in the pages' events."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from reflex.event import Event

from tests.artist import NewArtist
from tests.conftest import forget_choices
from vannilli_app import plain_text
from vannilli_app.event_limit import PlainText
from vannilli_app.http_api import make_api

UNFIT = ["a\0b", "\ud800"]


@pytest.fixture
async def api(environment: object, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    for name in ("REQUESTS_PER_MINUTE", "AUTH_REQUESTS_PER_MINUTE"):
        monkeypatch.setenv(name, "100000")
    forget_choices()
    transport = httpx.ASGITransport(make_api())
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
        yield client


async def test_no_text_of_a_request_is_kept_that_cannot_be(api: httpx.AsyncClient) -> None:
    document = (await api.get("/api/openapi.json")).json()
    asked: set[str] = set()
    for method, path, operation in _operations(document):
        for parameter in operation.get("parameters", ()):
            name, place = parameter["name"], parameter["in"]
            url = path.replace(f"{{{name}}}", "a%00b") if place == "path" else path
            query = {name: UNFIT[0]} if place == "query" else {}
            headers = {name: UNFIT[0]} if place == "header" else {}
            answer = await api.request(method, url, params=query, headers=headers)
            _assert_refused(answer, name.lower() if place == "header" else name)
            asked.add(place)
        for field, body in _bodies(document, operation):
            for text in UNFIT:
                content = json.dumps(_filled(body, text))
                headers = {"content-type": "application/json"}
                answer = await api.request(method, path, content=content, headers=headers)
                _assert_refused(answer, field)
                asked.add(field)
    assert asked >= {"path", "query", "header", "track_name", "prompt", "title", "assets.0.content_type"}


async def test_whose_name_cannot_be_kept_is_not_repeated(api: httpx.AsyncClient) -> None:
    answer = await api.patch(
        "/api/projects/7b566220-5481-4901-a7ca-7b165138fdad",
        content=b'{"\\ud800": 1}',
        headers={"content-type": "application/json"},
    )
    _assert_refused(answer, "body")


async def test_what_is_written_with_any_character_is_kept(new_artist: NewArtist) -> None:
    artist = await new_artist()
    project = await artist.project(track_name="Grüße 🎸 \U0001d11e", prompt="a\tb\nc")
    kept = (await artist.http.get(f"/api/projects/{project}")).json()
    assert (kept["track_name"], kept["prompt"]) == ("Grüße 🎸 \U0001d11e", "a\tb\nc")


@pytest.mark.parametrize("text", UNFIT, ids=["nul", "surrogate"])
async def test_an_event_of_a_page_with_such_text_goes_no_further(text: str) -> None:
    for event in (Event("any", payload={"form": [text]}), Event("any", router_data={"query": {"q": text}})):
        refused = await PlainText().preprocess(None, None, event)  # type: ignore[arg-type]
        assert refused is not None
        assert plain_text.SENTENCE in str(refused.delta)
    assert await PlainText().preprocess(None, None, Event("any", payload={"q": "é"})) is None  # type: ignore[arg-type]


def test_however_deep_it_stands_it_is_found() -> None:
    nested: Any = "\0"
    for _ in range(5000):
        nested = [nested]
    assert len(next(plain_text.unfit(nested))) == 5000


def _assert_refused(answer: httpx.Response, field: str) -> None:
    where = (str(answer.request.url), field)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_error"), where
    assert answer.json()["errors"] == [{"field": field, "message": plain_text.SENTENCE}], where


def _operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def _bodies(document: Any, operation: Any) -> Iterator[tuple[str, Any]]:
    """For each text in an operation's JSON, its place, and a body with nothing else in it, `...` there."""
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        yield from _texts(document, content["application/json"]["schema"])


def _texts(document: Any, schema: Any) -> Iterator[tuple[str, Any]]:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for one in schema.get("anyOf", ()):
        yield from _texts(document, one)
    if schema.get("type") == "string":
        yield "", ...
    for name, inner in schema.get("properties", {}).items():
        for place, body in _texts(document, inner):
            yield f"{name}.{place}".rstrip("."), {name: body}
    if schema.get("type") == "array":
        for place, body in _texts(document, schema["items"]):
            yield f"0.{place}".rstrip("."), [body]


def _filled(body: Any, text: str) -> Any:
    match body:
        case dict():
            return {name: _filled(inner, text) for name, inner in body.items()}
        case list():
            return [_filled(inner, text) for inner in body]
    return text
