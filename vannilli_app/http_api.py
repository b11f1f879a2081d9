"""The JSON API: the features' routers in one FastAPI, and whose pages may call it."""

from itertools import takewhile
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from vannilli_app import __version__, health, problems, routes
from vannilli_app.accounts.api import make_router as make_accounts_router
from vannilli_app.billing.api import events_router
from vannilli_app.billing.api import router as billing_router
from vannilli_app.billing.welcome import welcome
from vannilli_app.calculator.api import router as calculator_router
from vannilli_app.config import settings
from vannilli_app.errors import Forbidden, TooLarge
from vannilli_app.generations.api import router as generations_router
from vannilli_app.storage import local, store
from vannilli_app.studio.api import router as studio_router

MOST_BODY_BYTES = 64 * 1024  # files go to the store, never through the API
MOST_EVENT_BYTES = 1024 * 1024  # an invoice of Stripe has a page of lines in it
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


class Api(FastAPI):
    """FastAPI whose OpenAPI document also describes problem documents and tokens."""

    def openapi(self) -> dict[str, Any]:
        schema = super().openapi()
        schema["components"]["schemas"]["Problem"] = problems.Problem.model_json_schema()
        # Not by FastAPI's own dependency: every request would pay for the documentation.
        schema["components"]["securitySchemes"] = {"access_token": {"type": "http", "scheme": "bearer"}}
        schema["security"] = [{"access_token": []}, {}]
        return schema


def make_api() -> FastAPI:
    """A fresh API. Fresh each time, since an app that mounts it adds to the very instance."""
    api = Api(
        title="Vannilli",
        version=__version__,
        docs_url=routes.API_DOCS,
        openapi_url=routes.API_OPENAPI,
        redoc_url=None,
        redirect_slashes=False,
        responses=problems.documented({"default": "see `code`"}),
        exception_handlers=problems.HANDLERS,
    )
    api.add_middleware(Gate)
    features = (
        calculator_router,
        make_accounts_router(welcome),
        billing_router,
        studio_router,
        generations_router,
    )
    api.include_router(events_router, max_body_size=MOST_EVENT_BYTES)  # before {provider}, which is any name
    for router in features:
        api.include_router(router, max_body_size=MOST_BODY_BYTES)
    api.add_api_route(routes.API_HEALTH, health.health, tags=["operation"])
    api.add_api_route(
        f"{routes.API}/{{rest:path}}", _nothing_here, methods=[*METHODS], include_in_schema=False
    )
    files = store()
    if isinstance(files, local.LocalStore):
        api.router.routes.extend(local.routes(files))
    return api


async def _nothing_here(request: Request) -> Response:
    """Any other path under /api: 405 if it is there for another method, else 404; never a page's 404."""
    ours = list(takewhile(lambda route: route is not request.scope["route"], request.app.routes))
    allowed = [
        method
        for method in METHODS
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in ours)
    ]
    raise HTTPException(405, headers={"allow": ", ".join(allowed)}) if allowed else HTTPException(404)


class Gate:
    """Turns away what another site does with our cookie, and bodies that say they are too large.

    A request that changes something names our own `Origin`, or none (no browser), or carries a token.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = _refusal(scope) if scope["type"] == "http" and scope["method"] not in SAFE_METHODS else None
        await (refusal or self.app)(scope, receive, send)


def _refusal(scope: Scope) -> Response | None:
    if not scope["path"].startswith(f"{routes.API}/"):
        return None
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    if origin is not None and "authorization" not in headers and origin not in settings().origins:
        return problems.of(
            Forbidden("This comes from another site. Open Vannilli itself.", code="foreign_origin")
        )
    length = headers.get("content-length", "")
    most = MOST_EVENT_BYTES if scope["path"] == routes.API_STRIPE_WEBHOOK else MOST_BODY_BYTES
    if length.isdecimal() and int(length) > most:
        return problems.of(
            TooLarge(
                "This request is too long. Files go to the links of upload-assets.", code="body_too_large"
            )
        )
    return None
