import base64
import hashlib
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from vannilli_app import logs
from vannilli_app.config import Settings
from vannilli_app.middleware import CleanUrls, RequestId, SecurityHeaders

SCRIPT = 'window.tempo = 140;\nwindow.song = "Köln";'
Get = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    for name, body in {
        "index.html": f'<html><script>{SCRIPT}</script><script src="/assets/a.js"></script></html>',
        "pricing/index.html": '<html><script type="module" async="">prices()</script></html>',
        "404.html": "<html><script>lost()</script></html>",
        "__spa-fallback.html": "<html><script>shell()</script></html>",
        "assets/a.js": "1",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(body)
    return tmp_path


def wrapped(pages: Path, **changed: str) -> Get:
    async def whoami(request: Request) -> PlainTextResponse:
        return PlainTextResponse(logs.request_id.get() or "", headers={"cache-control": "private"})

    inner = Starlette(
        routes=[
            Route("/api/whoami", whoami),
            Mount("/", StaticFiles(directory=pages, html=True)),
        ]
    )
    settings = Settings(_env_file=None, **changed)  # type: ignore[arg-type]
    app = RequestId(SecurityHeaders(CleanUrls(inner, pages), pages, settings))

    async def get(path: str, **headers: str) -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://vannilli.test") as client:
            return await client.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return get


@pytest.fixture
def get(pages: Path) -> Get:
    return wrapped(pages)


def scripts(answer: httpx.Response) -> str:
    found = re.search(r"script-src ([^;]*)", answer.headers["content-security-policy"])
    assert found
    return found[1]


def digest(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


async def test_an_address_without_a_slash_is_the_page_itself(get: Get) -> None:
    answer = await get("/pricing")
    assert answer.status_code == 200
    assert "prices()" in answer.text


async def test_a_hidden_page_is_not_there_and_the_others_are(pages: Path) -> None:
    inner = Starlette(routes=[Mount("/", StaticFiles(directory=pages, html=True))])
    transport = httpx.ASGITransport(CleanUrls(inner, pages, hidden=["/pricing"]))
    async with httpx.AsyncClient(transport=transport, base_url="http://vannilli.test") as client:
        for path in ("/pricing", "/pricing/"):
            assert (await client.get(path)).status_code == 404
        assert (await client.get("/")).status_code == 200


async def test_a_page_may_run_its_own_inline_scripts_and_no_other(get: Get) -> None:
    assert scripts(await get("/")) == f"'self' {digest(SCRIPT)}"
    assert scripts(await get("/pricing")) == f"'self' {digest('prices()')}"


async def test_an_unknown_path_gets_the_policy_of_the_404_page_and_the_shell(get: Get) -> None:
    answer = await get("/nowhere")
    assert answer.status_code == 404
    assert set(scripts(answer).split()) == {"'self'", digest("lost()"), digest("shell()")}


async def test_no_policy_lets_a_page_evaluate_text_or_be_framed(get: Get) -> None:
    for path in ("/", "/nowhere", "/api/whoami", "/assets/a.js"):
        policy = (await get(path)).headers["content-security-policy"]
        assert "unsafe-eval" not in policy
        assert "frame-ancestors 'none'" in policy


async def test_an_answer_of_the_api_may_load_nothing(get: Get) -> None:
    assert (await get("/api/whoami")).headers["content-security-policy"].startswith("default-src 'none'")


async def test_the_store_may_be_reached_when_there_is_one(pages: Path) -> None:
    policy = (await wrapped(pages, s3_endpoint_url="https://files.test:9000/x")("/")).headers[
        "content-security-policy"
    ]
    for kind in ("connect-src", "media-src", "img-src"):
        assert re.search(rf"{kind} [^;]* https://files.test:9000(;|$)", policy)


@pytest.mark.parametrize(("replay", "reached"), [("0.1", True), ("0", False)])
async def test_sentry_is_reached_without_its_key_where_it_records(
    pages: Path, replay: str, reached: bool
) -> None:
    get = wrapped(pages, sentry_dsn="https://key@sentry.test:9000/1", sentry_replay=replay)
    policy = (await get("/")).headers["content-security-policy"]
    assert bool(re.search(r"connect-src [^;]* https://sentry.test:9000;", policy)) is reached
    assert "key" not in policy


async def test_every_answer_says_how_it_may_be_used(get: Get) -> None:
    for path in ("/", "/api/whoami", "/nowhere"):
        headers = (await get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert "camera=(), microphone=()" in headers["permissions-policy"]
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"


async def test_only_the_recorder_may_use_camera_and_microphone(get: Get) -> None:
    for path in ("/studio/record", "/studio/record/"):
        assert "camera=(self), microphone=(self)" in (await get(path)).headers["permissions-policy"]
    assert "camera=()" in (await get("/studio/recorder")).headers["permissions-policy"]


async def test_hashed_files_are_kept_and_all_else_is_asked_for_again(get: Get) -> None:
    async def kept(path: str) -> str:
        return str((await get(path)).headers["cache-control"])

    assert await kept("/assets/a.js") == "public, max-age=31536000, immutable"
    assert await kept("/assets/gone.js") == "no-cache"
    assert await kept("/pricing") == "no-cache"
    assert await kept("/api/whoami") == "private"


async def test_only_production_pins_https(pages: Path, get: Get) -> None:
    production = wrapped(
        pages,
        vannilli_env="production",
        secret_key="x" * 32,
        public_url="https://vannilli.test",
        smtp_url="smtps://mail.example",
        stripe_secret_key="sk_test_1",
        stripe_webhook_secret="whsec_1",
        support_email="help@vannilli.example",
    )
    assert "max-age=31536000" in (await production("/")).headers["strict-transport-security"]
    assert "strict-transport-security" not in (await get("/")).headers


async def test_a_request_has_an_id_in_the_log_and_in_the_answer(get: Get) -> None:
    answer = await get("/api/whoami")
    assert answer.headers["x-request-id"] == answer.text
    assert answer.text != (await get("/api/whoami")).text
    assert (await get("/api/whoami", x_request_id="take-7")).text == "take-7"
    assert logs.request_id.get() is None


@pytest.mark.parametrize("bad", ["", "a b", "x" * 65, '{"level":"ERROR"}'])
async def test_an_id_that_could_forge_a_log_line_is_replaced(get: Get, bad: str) -> None:
    assert re.fullmatch("[0-9a-f]{32}", (await get("/api/whoami", x_request_id=bad)).text)
