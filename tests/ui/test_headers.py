"""What every page and every route tells the browser that it may do, as the running product sends it."""

import re

import httpx
import pytest

from tests.product import Product
from tests.test_authorization import PAGES, ROUTES
from vannilli_app import routes

SAME = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
OTHERS = {
    routes.API_OPENAPI,
    routes.TEMPOS,
    routes.TEMPO.format(bpm=140),
    routes.ROBOTS,
    routes.SITEMAP,
    routes.GPC,
    "/nowhere",
    "/api/nowhere",
    "/files/vannilli-raw-uploads/nothing",
    "/manifest.webmanifest",
}
CALLS = sorted(
    {("get", path) for path in (*PAGES, *OTHERS)}
    | {(method, re.sub(r"\{\w+\}", "0" * 8, path)) for method, path in ROUTES}
)


@pytest.fixture(scope="module")
def http(running: Product):
    with httpx.Client(base_url=running.base_url) as client:
        yield client


def test_every_answer_says_what_a_browser_may_do_with_it(http: httpx.Client) -> None:
    for method, path in CALLS:
        answer = http.request(method, path)
        told = {name: answer.headers.get(name) for name in SAME}
        assert told == SAME, (method, path)
        policy = answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy, path
        assert re.search("default-src 'none'|object-src 'none'", policy), path
        assert "base-uri 'none'" in policy, path
        assert "unsafe-eval" not in policy, path
        scripts = re.search("script-src ([^;]*)", policy)
        assert scripts is None or "unsafe-inline" not in scripts[1], path
        if path.startswith("/api/"):
            assert answer.headers["cache-control"] == "no-store", path
        sensors = answer.headers["permissions-policy"]
        assert ("camera=()" in sensors) == (path != routes.STUDIO_RECORD), path
        assert "geolocation=()" in sensors, path
        assert "server" not in answer.headers, path
        assert "x-request-id" in answer.headers, path


def test_what_is_made_to_stand_elsewhere_and_the_documentation_are_the_only_exceptions(
    http: httpx.Client,
) -> None:
    embed = http.get(routes.EMBED).headers
    assert "frame-ancestors *" in embed["content-security-policy"]
    assert "x-frame-options" not in embed
    assert http.get(routes.EMBED_SCRIPT).headers["cross-origin-resource-policy"] == "cross-origin"
    docs = http.get(routes.API_DOCS).headers["content-security-policy"]
    assert "unsafe-eval" not in docs
    assert "frame-ancestors 'none'" in docs
