"""The JSON API: the features' routers in one FastAPI, and whose pages may call it."""

from contextlib import suppress
from itertools import takewhile
from typing import Any

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vannilli_app import __version__, health, plain_text, problems, rates, routes, well_known, words
from vannilli_app.accounts.api import make_router as make_accounts_router
from vannilli_app.accounts.identity import address_of, network_of
from vannilli_app.accounts.privacy_api import make_router as make_privacy_router
from vannilli_app.accounts.push_api import router as push_router
from vannilli_app.accounts.security_api import router as security_router
from vannilli_app.admin.api import prometheus_router
from vannilli_app.admin.api import router as admin_router
from vannilli_app.billing.api import events_router
from vannilli_app.billing.api import router as billing_router
from vannilli_app.billing.welcome import welcome
from vannilli_app.calculator.api import router as calculator_router
from vannilli_app.config import settings
from vannilli_app.errors import Forbidden, TooLarge, TooMany
from vannilli_app.generations.api import router as generations_router
from vannilli_app.leaving import LEAVE
from vannilli_app.middleware import header
from vannilli_app.openapi import SAFE_METHODS, Api
from vannilli_app.provenance.api import router as provenance_router
from vannilli_app.provenance.service import MOST_BYTES as MOST_CHECKED_BYTES
from vannilli_app.releases.api import router as releases_router
from vannilli_app.showcase.api import router as showcase_router
from vannilli_app.storage import local, store
from vannilli_app.studio.api import router as studio_router
from vannilli_app.words import _

MOST_BODY_BYTES = 64 * 1024  # files go to the store, never through the API
MOST_EVENT_BYTES = 1024 * 1024  # an invoice of Stripe has a page of lines in it
LONGER_BODIES = {routes.API_STRIPE_WEBHOOK: MOST_EVENT_BYTES, routes.API_VERIFY_VIDEO: MOST_CHECKED_BYTES}
UNLIMITED = (routes.API_HEALTH, f"{routes.API}/webhooks/")
AUTH = f"{routes.API}/auth/"
DOWNLOADS = routes.API_DOWNLOAD.partition("{")[0]
UNLIMITED_AUTH = (routes.API_ME, routes.API_SESSIONS, routes.API_REFRESH, routes.API_SIGN_OUT)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def make_api() -> FastAPI:
    """A fresh API. Fresh each time, since an app that mounts it adds to the very instance."""
    api = Api(
        title="Vannilli",
        version=__version__,
        docs_url=routes.API_DOCS,
        openapi_url=routes.API_OPENAPI,
        redoc_url=None,
        redirect_slashes=False,
        unlimited=UNLIMITED,
        dependencies=[Depends(_require_plain_text)],
        exception_handlers=problems.HANDLERS,
    )
    api.add_middleware(Gate)
    api.add_middleware(RateLimit)
    api.add_middleware(Speaking)
    # A request is held against each route in turn: those that are asked most come first.
    features = (
        calculator_router,
        generations_router,
        billing_router,
        make_accounts_router(welcome),
        studio_router,
        security_router,
        push_router,
        make_privacy_router(LEAVE),
        releases_router,
        showcase_router,
        admin_router,
        prometheus_router,
    )
    api.include_router(events_router, max_body_size=MOST_EVENT_BYTES)  # before {provider}, which is any name
    api.include_router(provenance_router, max_body_size=MOST_CHECKED_BYTES)
    for router in features:
        api.include_router(router, max_body_size=MOST_BODY_BYTES)
    api.add_api_route(
        routes.API_HEALTH,
        health.health,
        tags=["operation"],
        responses=health.RESPONSES,
        response_model_exclude_none=True,
    )
    api.add_api_route(
        f"{routes.API}/{{rest:path}}",
        _nothing_here,
        methods=[*METHODS, "OPTIONS", "TRACE"],
        include_in_schema=False,
    )
    api.router.routes.extend(well_known.paths())
    files = store()
    if isinstance(files, local.LocalStore):
        api.router.routes.extend(local.routes(files))
    return api


async def _require_plain_text(request: Request) -> None:
    """Dependency of every route, which comes before its own: refuses text that cannot be kept, wherever it stands."""
    given: dict[str, Any] = {
        "path": request.path_params,
        "query": dict(request.query_params),
        "header": dict(request.headers),
    }
    if request.scope["route"].body_field and "json" in request.headers.get("content-type", ""):
        with suppress(ValueError, RecursionError):  # no JSON: FastAPI says so, which has read it already
            given["body"] = await request.json()
    if found := list(plain_text.unfit(given)):
        raise RequestValidationError([{"type": "plain_text", "loc": place} for place in found])


async def _nothing_here(request: Request) -> Response:
    """Any other path under /api: 405 if it is there for another method, else 404; never a page's 404."""
    ours = list(takewhile(lambda route: route is not request.scope["route"], request.app.routes))
    allowed = [
        method
        for method in METHODS
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in ours)
    ]
    raise HTTPException(405, headers={"allow": ", ".join(allowed)}) if allowed else HTTPException(404)


class Speaking:
    """Answers in the language that the caller's `Accept-Language` prefers; our pages send their own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = header(scope, b"accept-language") if scope["type"] == "http" else ""
        with words.speaking(words.preferred(asked)):
            await self.app(scope, receive, send)


class Gate:
    """Turns away what another site does with our cookie, and bodies that say they are too large.

    A request that changes something names our own `Origin`, or none (no browser), or carries a token.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = _refusal(scope) if scope["type"] == "http" and _changes(scope) else None
        await (refusal or self.app)(scope, receive, send)


class RateLimit:
    """So many requests a minute for one address, and fewer that guess passwords, codes or links.

    Whatever is signed by its sender (webhooks), asked by machines that watch us (health), or is a file is not counted.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        config = settings()
        self._all = rates.per_minute(config.requests_per_minute, "api")
        self._auth = rates.per_minute(config.auth_requests_per_minute, "auth")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith(f"{routes.API}/") or path.startswith(UNLIMITED):
            await self.app(scope, receive, send)
            return
        caller = _caller(scope)
        counted = await rates.count(self._all, caller)
        if counted.allowed and _guesses(scope["method"], path):
            counted = await rates.count(self._auth, caller)

        async def send_with_count(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["ratelimit-limit"] = str(counted.most)
                headers["ratelimit-remaining"] = str(counted.left)
                headers["ratelimit-reset"] = str(counted.reset)
                headers["ratelimit-policy"] = f"{counted.most};w={counted.window}"
            await send(message)

        if counted.allowed:
            await self.app(scope, receive, send_with_count)
            return
        refusal = problems.of(
            TooMany(
                _("That was a little fast. Try again in {seconds} s.", seconds=counted.reset),
                retry_after=counted.reset,
            )
        )
        await refusal(scope, receive, send_with_count)


def _caller(scope: Scope) -> str:
    """Whose requests are counted together."""
    peer = scope["client"][0] if scope.get("client") else ""
    address = address_of(peer, header(scope, b"x-forwarded-for"))
    return network_of(address) if address else ""


def _guesses(method: str, path: str) -> bool:
    return method == "POST" and path.startswith(AUTH) and not path.startswith(UNLIMITED_AUTH)


def _changes(scope: Scope) -> bool:
    """Whether a request may change something: the first download takes credits."""
    return scope["method"] not in SAFE_METHODS or scope["path"].startswith(DOWNLOADS)


def _refusal(scope: Scope) -> Response | None:
    if not scope["path"].startswith(f"{routes.API}/"):
        return None
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    foreign = origin is not None and origin not in settings().origins
    # Told by browsers that leave `Origin` out, and by no page's own doing.
    foreign |= origin is None and headers.get("sec-fetch-site") in ("cross-site", "same-site")
    if foreign and "authorization" not in headers:
        return problems.of(
            Forbidden(_("This comes from another site. Open Vannilli itself."), code="foreign_origin")
        )
    length = headers.get("content-length", "")
    most = LONGER_BODIES.get(scope["path"], MOST_BODY_BYTES)
    if length.isdecimal() and int(length) > most:
        return problems.of(
            TooLarge(
                _("This request is too long. Files go to the links of upload-assets."), code="body_too_large"
            )
        )
    return None
