"""What surrounds every answer of the server: a request id, security headers, addresses without a trailing slash."""

import base64
import hashlib
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vannilli_app import logs, routes, words
from vannilli_app.config import Settings

_A_REQUEST_ID = re.compile(r"[\w.-]{1,64}")
_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
_DATA = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# A picture or video opened on its own: the browser makes a page round it.
_FILE = f"{_DATA}; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'"
_SWAGGER = (
    "default-src 'self'; script-src 'unsafe-inline' https://cdn.jsdelivr.net;"
    " style-src 'unsafe-inline' https://cdn.jsdelivr.net; img-src data: https://fastapi.tiangolo.com;"
    " object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_NOT_FRAMED, _FRAMED = "frame-ancestors 'none'", "frame-ancestors *"
_NO_SENSORS = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()"
# A page that is reached without a full load keeps the policy of the one before: every way here loads the page anew.
_RECORDER = _NO_SENSORS.replace("camera=(), microphone=()", "camera=(self), microphone=(self)")
_IMMUTABLE = "public, max-age=31536000, immutable"
_A_YEAR = "max-age=31536000; includeSubDomains"


def header(scope: Scope, name: bytes) -> str:
    """The first header of this name, in small letters; "" without one."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


class RequestId:
    """Gives each request an id, or keeps the caller's `x-request-id`; logs and the answer carry it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        given = header(scope, b"x-request-id")
        own = given if _A_REQUEST_ID.fullmatch(given) else uuid4().hex

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["x-request-id"] = own
            await send(message)

        mark = logs.request_id.set(own)
        try:
            await self.app(scope, receive, send_with_id)
        finally:
            logs.request_id.reset(mark)


class ApiFirst:
    """Hands the API's requests to it at once, past all that answers for `pages` and costs as much as a request."""

    def __init__(self, pages: ASGIApp, api: ASGIApp) -> None:
        self._pages, self._api = pages, api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ours = scope["type"] == "http" and scope["path"].startswith(f"{routes.API}/")
        await (self._api if ours else self._pages)(scope, receive, send)


class CleanUrls:
    """Serves /pricing from pricing/index.html, without a redirect to /pricing/; `hidden` pages are not there."""

    def __init__(self, app: ASGIApp, pages: Path, hidden: Collection[str] = ()) -> None:
        self.app = app
        self._hidden = hidden
        self._pages = {_address(page) for page in _documents(pages) if page.endswith("/index.html")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].rstrip("/") in self._hidden:
            await PlainTextResponse("There is no page here.", 404)(scope, receive, send)
            return
        if scope["type"] == "http" and scope["path"] in self._pages:
            path = f"{scope['path']}/"
            scope = {**scope, "path": path, "raw_path": path.encode()}
        await self.app(scope, receive, send)


class SecurityHeaders:
    """The headers that tell browsers what pages of ours may do, and caches how long they may keep an answer.

    A page's policy names the digest of each of its inline scripts, so no other inline script runs.
    """

    def __init__(self, app: ASGIApp, pages: Path, settings: Settings) -> None:
        self.app = app
        documents = _documents(pages)
        store = _origin(settings.s3_endpoint_url)
        recorder = _origin(settings.sentry_dsn.get_secret_value() if settings.sentry_replay else "")
        called = " ".join(filter(None, [store, recorder]))
        self._policies = {
            _address(page): _policy(scripts, store, called) for page, scripts in documents.items()
        }
        # Paths with parameters get the shell, unknown ones the 404 page.
        rest = {*documents.get("__spa-fallback.html", ()), *documents.get("404.html", ())}
        self._other_policy = _policy(rest, store, called)
        self._always = dict(_ALWAYS)
        if settings.is_production:
            self._always["strict-transport-security"] = _A_YEAR

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._always.items():
                    headers[name] = value
                page = words.in_english(path)
                if page == routes.EMBED:  # this one is made to stand in other people's pages
                    del headers["x-frame-options"]
                if page in (routes.EMBED, routes.EMBED_SCRIPT):
                    headers["cross-origin-resource-policy"] = "cross-origin"
                recorder = page.rstrip("/") == routes.STUDIO_RECORD
                headers["permissions-policy"] = _RECORDER if recorder else _NO_SENSORS
                headers.setdefault("content-security-policy", self._policy(path))
                headers.setdefault("cache-control", _kept(path, message["status"]))
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _policy(self, path: str) -> str:
        if path == routes.API_DOCS:
            return _SWAGGER
        if path.startswith(f"{routes.API}/"):
            return _DATA
        if path.startswith("/files/"):
            return _FILE
        policy = self._policies.get(path.rstrip("/") or "/", self._other_policy)
        return policy.replace(_NOT_FRAMED, _FRAMED) if words.in_english(path) == routes.EMBED else policy


def _kept(path: str, status: int) -> str:
    """How long a cache may keep an answer that does not say so itself."""
    if path.startswith(f"{routes.API}/"):
        return "no-store"  # whatever it is, it is somebody's
    return _IMMUTABLE if path.startswith("/assets/") and status in (200, 206, 304) else "no-cache"


def _documents(pages: Path) -> Mapping[str, frozenset[str]]:
    """Every built HTML file, by its path within `pages`, with the digests of its inline scripts."""
    return {
        file.relative_to(pages).as_posix(): frozenset(
            base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            for script in _INLINE_SCRIPT.findall(file.read_text())
        )
        for file in pages.rglob("*.html")
    }


def _address(page: str) -> str:
    return f"/{page}".removesuffix("index.html").rstrip("/") or "/"


def _policy(scripts: frozenset[str] | set[str], store: str, called: str) -> str:
    """`store` shows pictures and films; `called` are the origins that scripts may talk to besides ours."""
    digests = " ".join(f"'sha256-{digest}'" for digest in sorted(scripts))
    return (
        f"default-src 'self'; script-src 'self' {digests}; style-src 'self' 'unsafe-inline';"
        f" img-src 'self' data: blob: {store}; media-src 'self' blob: {store};"
        f" connect-src 'self' blob: {called}; worker-src 'self' blob:; object-src 'none'; base-uri 'none';"
        f" form-action 'self'; {_NOT_FRAMED}"
    )


def _origin(url: str) -> str:
    """Scheme, host and port, without who asks (`user@`, a DSN's key); empty where there is none."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts.netloc else ""
