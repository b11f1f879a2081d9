"""The API over HTTP: who calls, idempotency, faults, errors, and the calls themselves."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes import mishaps
from tests.fakes.faults import Where
from tests.fakes.stripe import answers, parameters
from tests.fakes.stripe.books import API_VERSION, Books, new_id
from tests.fakes.stripe.deliveries import thin
from tests.fakes.stripe.operations import Operation, operations
from tests.fakes.stripe.problems import Problem

_WHERE: dict[str, Where] = {"POST": "submit", "GET": "look", "DELETE": "cancel"}


@dataclass(frozen=True)
class Called:
    """A call that came in. `idempotency_key` is None when it has none."""

    method: str
    path: str
    form: tuple[tuple[str, str], ...]
    idempotency_key: str | None


@dataclass(frozen=True)
class _Answered:
    called: Called
    request_id: str
    status: int
    body: bytes


class Api:
    """`key` is the secret key that callers must have. `guarded` is held while a call does its work; it begins with what
    is due by now."""

    def __init__(self, books: Books, key: str, take_fault: Any, guarded: Any) -> None:
        self.books, self.key = books, key
        self.calls: list[Called] = []
        self._take_fault, self._guarded = take_fault, guarded
        self._answered: dict[str, _Answered] = {}

    def routes(self) -> list[Route]:
        """More exact paths first, or `invoices/create_preview` would be an invoice's."""
        ordered = sorted(operations(), key=lambda one: ("{id}" in one.path, -len(one.path)))
        events = Route("/v2/core/events/{id}", self._thin_event, methods=["GET"])
        return [
            events,
            *map(self._route, ordered),
            Route("/v1/{rest:path}", self._nowhere, methods=[*_WHERE]),
        ]

    def _route(self, operation: Operation) -> Route:
        async def endpoint(request: Request) -> Response:
            form = (await request.body()).decode() if request.method == "POST" else request.url.query
            key = request.headers.get("idempotency-key") if request.method == "POST" else None
            pairs = tuple(parse_qsl(form, keep_blank_values=True))
            called = Called(request.method, request.url.path, pairs, key)
            self.calls.append(called)
            fault = self._take_fault(_WHERE[request.method])

            async def work() -> Response:
                with self._guarded():
                    return self._respond(request, called, operation)

            return await mishaps.answer(fault, request, work, too_fast=_too_fast, broken=_broken)

        return Route(operation.path, endpoint, methods=[operation.method])

    def _respond(self, request: Request, called: Called, operation: Operation) -> Response:
        request_id = new_id("req", 14)
        headers = {"request-id": request_id, "stripe-version": API_VERSION}
        if called.idempotency_key:
            headers["idempotency-key"] = called.idempotency_key
        try:
            self._check_caller(request)
            if before := self._before(called):
                told = {"idempotent-replayed": "true", "original-request": before.request_id}
                return Response(before.body, before.status, headers | told, "application/json")
            with self._told_by(request_id, called):
                status, body = self._do(called, operation, request.path_params.get("id", ""))
            self._remember(called, request_id, status, body)
        except Problem as problem:
            status, body = problem.status, _encoded({"error": problem.error})
            if status == 402:
                self._remember(called, request_id, status, body)
        return Response(body, status, headers, "application/json")

    def _do(self, called: Called, operation: Operation, object_id: str) -> tuple[int, bytes]:
        asked = parameters.read(operation.shape, called.form, operation.supported)
        paths = asked.pop("expand", [])
        answer = operation.do(self.books, object_id, asked)
        return 200, _encoded(answers.expanded(self.books, answer, paths))

    def _check_caller(self, request: Request) -> None:
        """Raises Problem for a caller without the key, or of another version of the API."""
        kind, _, key = request.headers.get("authorization", "").partition(" ")
        if kind != "Bearer" or not key:
            raise Problem("You did not provide an API key.", status=401)
        if key != self.key:
            raise Problem(f"Invalid API Key provided: {key[:8]}{'*' * 8}{key[-4:]}", status=401)
        if (version := request.headers.get("stripe-version", API_VERSION)) != API_VERSION:
            raise Problem(f"The fake of Stripe speaks {API_VERSION}, not {version}.", code="fake_limit")

    def _before(self, called: Called) -> _Answered | None:
        """What this key was answered with. Raises Problem when it was used for something else."""
        if not (before := self._answered.get(called.idempotency_key or "")):
            return None
        if before.called.path != called.path:
            words = (
                f"for the same endpoint they were first used for ('{called.path}' vs '{before.called.path}')."
            )
        elif before.called.form != called.form:
            words = "with the same parameters they were first used with."
        else:
            return before
        advice = f"Try using a key other than '{called.idempotency_key}' if you meant a different request."
        raise Problem(
            f"Keys for idempotent requests can only be used {words} {advice}", kind="idempotency_error"
        )

    def _remember(self, called: Called, request_id: str, status: int, body: bytes) -> None:
        """A key keeps its answer, also when the caller never got it; not that of a call that was refused at once."""
        if called.idempotency_key:
            self._answered[called.idempotency_key] = _Answered(called, request_id, status, body)

    @contextlib.contextmanager
    def _told_by(self, request_id: str, called: Called) -> Iterator[None]:
        """The events of the block name the call that caused them."""
        if called.method != "GET":
            self.books.request = {"id": request_id, "idempotency_key": called.idempotency_key}
        try:
            yield
        finally:
            self.books.request = None

    async def _thin_event(self, request: Request) -> Response:
        with self._guarded():
            event = self.books.tables["event"].get(request.path_params["id"])
        return JSONResponse(thin(event)) if event else JSONResponse({"error": {"code": "not_found"}}, 404)

    async def _nowhere(self, request: Request) -> Response:
        words = (
            f"Unrecognized request URL ({request.method}: {request.url.path}), or one that the fake lacks."
        )
        return JSONResponse({"error": {"type": "invalid_request_error", "message": words}}, 404)


def _encoded(answer: Any) -> bytes:
    return json.dumps(answer).encode()


def _too_fast(headers: dict[str, str]) -> Response:
    error = {"type": "invalid_request_error", "code": "rate_limit", "message": "Too many requests."}
    return JSONResponse({"error": error}, 429, headers)


def _broken(status: int) -> Response:
    error = {"type": "api_error", "message": "An unknown error occurred."}
    return JSONResponse({"error": error}, status, {"request-id": new_id("req", 14)})
