"""Errors reach a real HTTP receiver with release and request id, and without secrets; without a DSN nothing leaves."""

import gzip
import json
import logging
from collections.abc import Iterator

import pytest
import sentry_sdk
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.fakes import server
from vannilli_app import __version__, logs, sentry
from vannilli_app.config import Settings


@pytest.fixture
def took() -> Iterator[tuple[list[dict], str]]:
    """The events that a receiver took, and its DSN."""
    events: list[dict] = []

    async def take(request: Request) -> JSONResponse:
        body = await request.body()
        text = gzip.decompress(body) if request.headers.get("content-encoding") == "gzip" else body
        parts = [json.loads(line) for line in text.splitlines() if line]
        events.extend(one for one in parts if "level" in one)
        return JSONResponse({})

    app = Starlette(routes=[Route("/api/1/envelope/", take, methods=["POST"])])
    with server.serving(app) as url:
        yield events, url.replace("http://", "http://key@") + "/1"
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)


def test_an_error_arrives_with_release_and_request(took: tuple[list[dict], str]) -> None:
    events, dsn = took
    sentry.configure(Settings(sentry_dsn=SecretStr(dsn)))
    mark = logs.request_id.set("request-7")
    try:
        raise ValueError("password=hunter2")
    except ValueError:
        logging.getLogger("vannilli_app.test").exception("broken for token=abc")
    logs.request_id.reset(mark)
    sentry_sdk.flush(5)
    assert [(one["release"], one["tags"]["request_id"]) for one in events] == [
        (f"vannilli@{__version__}", "request-7")
    ]
    assert "ValueError" in str(events)
    assert "hunter2" not in str(events)
    assert "token=abc" not in str(events)


def test_without_a_dsn_nothing_is_set_up() -> None:
    sentry.configure(Settings())
    assert not sentry_sdk.is_initialized()
