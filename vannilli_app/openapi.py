"""The OpenAPI document: what FastAPI knows of each route, and what stands around all of them."""

from collections.abc import Iterator, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.routing import BaseRoute

from vannilli_app.accounts.identity import current_identity, optional_identity
from vannilli_app.problems import Problem, documented

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_TOKEN: dict[str, list[str]] = {"access_token": []}
_SECURITY: dict[bool | None, list[dict[str, list[str]]]] = {True: [_TOKEN], False: [_TOKEN, {}], None: []}


class Api(FastAPI):
    """FastAPI whose document names every status that an answer may have, each error as a problem document.

    `unlimited` are the beginnings of the paths whose requests are not counted.
    """

    def __init__(self, *, unlimited: tuple[str, ...], **given: Any) -> None:
        super().__init__(**given)
        self._unlimited = unlimited

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema:
            return self.openapi_schema
        document = super().openapi()
        schemas = document["components"]["schemas"]
        schemas["Problem"] = Problem.model_json_schema()
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        # Not by FastAPI's own dependency: every request would pay for the documentation.
        document["components"]["securitySchemes"] = {"access_token": {"type": "http", "scheme": "bearer"}}
        for route in _in_document(self.routes):
            for method in route.methods or ():
                operation = document["paths"][route.path][method.lower()]
                signed_in = _signed_in(route.dependant)
                operation["security"] = _SECURITY[signed_in]
                self._add_errors(operation, method, str(route.path), signed_in=signed_in is True)
        return document

    def _add_errors(self, operation: dict[str, Any], method: str, path: str, *, signed_in: bool) -> None:
        """Add the answers that the route itself knows nothing of; what it documents stays as it is."""
        around: dict[int | str, str] = {}
        if signed_in:
            around[401] = "not_signed_in"
        if method not in SAFE_METHODS:
            around |= {400: "bad_request", 403: "foreign_origin", 413: "body_too_large"}
        if not path.startswith(self._unlimited):
            around[429] = "rate_limited"
        answers = operation["responses"]
        taken = "requestBody" in operation or "parameters" in operation
        if "HTTPValidationError" in str(answers.get("422")):
            del answers["422"]
        if taken:
            around[422] = "validation_error"
        for status, answer in documented(around).items():
            answers.setdefault(str(status), answer)


def _in_document(routes: Sequence[BaseRoute]) -> Iterator[RouteContext]:
    for route in iter_route_contexts(routes):
        if isinstance(route.original_route, APIRoute) and route.include_in_schema:
            yield route


def _signed_in(dependant: Dependant) -> bool | None:
    """Whether a route needs somebody signed in (True), looks who it is (False) or does not ask (None)."""
    asked = {one.call for one in _all(dependant)}
    if current_identity in asked:
        return True
    return False if optional_identity in asked else None


def _all(dependant: Dependant) -> Iterator[Dependant]:
    for one in dependant.dependencies:
        yield one
        yield from _all(one)
