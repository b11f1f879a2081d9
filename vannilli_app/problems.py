"""Errors as the API tells them: problem documents (RFC 9457), their statuses, and their place in OpenAPI."""

import logging
from collections.abc import Callable, Coroutine, Mapping
from http import HTTPStatus
from typing import Any

from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from vannilli_app import errors, plain_text
from vannilli_app.words import N_, _, ngettext

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

STATUS: dict[type[errors.VannilliError], int] = {
    errors.Invalid: 422,
    errors.NotFound: 404,
    errors.NotSignedIn: 401,
    errors.Forbidden: 403,
    errors.Conflict: 409,
    errors.Gone: 410,
    errors.PaymentRequired: 402,
    errors.TooLarge: 413,
    errors.UnsupportedMedia: 415,
    errors.TooMany: 429,
    errors.Unavailable: 503,
    errors.VannilliError: 500,
}

_HTTP_PROBLEMS = {
    400: (
        "bad_request",
        N_("This request cannot be read. Send JSON with the content type application/json."),
    ),
    404: ("not_found", N_("There is nothing at this address. See /api/docs for what there is.")),
    405: (
        "method_not_allowed",
        N_("This address does not take that method. See /api/docs for what it takes."),
    ),
    413: ("body_too_large", N_("This request is too long. Files do not go through here: see /api/docs.")),
}
_NUMBER, _WHOLE, _CHOICE, _ID = (
    N_("Enter a number."),
    N_("Enter a whole number."),
    N_("Choose {expected}."),
    N_("This is not an id."),
)
_TRUTH, _DATE, _TEXT = N_("Say true or false."), N_("Enter a date like 1990-12-31."), N_("Enter text.")
_FIELD_SENTENCES = {  # pydantic's error types
    "missing": N_("This is needed."),
    "json_invalid": N_("This is not JSON."),
    "model_attributes_type": N_("Send a JSON object with the content type application/json."),
    **dict.fromkeys(
        ("decimal_parsing", "decimal_type", "float_parsing", "float_type", "finite_number"), _NUMBER
    ),
    **dict.fromkeys(("int_parsing", "int_type", "int_from_float"), _WHOLE),
    **dict.fromkeys(("bool_parsing", "bool_type"), _TRUTH),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing"), _DATE),
    **dict.fromkeys(("enum", "literal_error"), _CHOICE),
    **dict.fromkeys(("uuid_parsing", "uuid_type"), _ID),
    "string_type": _TEXT,
    "plain_text": plain_text.SENTENCE,  # ours
    "string_too_long": N_("Enter at most {max_length} characters."),
    "too_short": N_("Give at least {min_length}."),
    "too_long": N_("Give at most {max_length}."),
    "greater_than_equal": N_("Enter {ge} or more."),
    "greater_than": N_("Enter more than {gt}."),
    "less_than_equal": N_("Enter {le} or less."),
    "less_than": N_("Enter less than {lt}."),
}


class Problem(BaseModel):
    """What went wrong: `code` is stable, `detail` a sentence for the person; some codes add fields."""

    model_config = ConfigDict(extra="allow")

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    errors: list[dict[str, str]] | None = None


def documented(codes: dict[int | str, str]) -> dict[int | str, dict[str, Any]]:
    """FastAPI's `responses=` for error statuses and their codes: `{402: "insufficient_credits"}`."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": f"Problem: {names}", "content": {MEDIA_TYPE: {"schema": schema}}}
        for status, names in codes.items()
    }


def problem(
    status: int,
    code: str,
    detail: str,
    extra: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem document as a response."""
    document = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    document |= {"code": code, **(extra or {})}
    return JSONResponse(jsonable_encoder(document), status, headers, media_type=MEDIA_TYPE)


def of(error: errors.VannilliError) -> Response:
    """An error of ours as a response."""
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    headers = {"www-authenticate": "Bearer"} if status == 401 else {}
    if "retry_after" in error.extra:
        headers["retry-after"] = str(error.extra["retry_after"])
    return problem(status, error.code, error.message, error.extra, headers)


async def _on_ours(_: Request, error: Exception) -> Response:
    assert isinstance(error, errors.VannilliError)
    return of(error)


async def _on_invalid_request(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    fields = [{"field": _field(found), "message": _sentence(found)} for found in error.errors()]
    detail = " ".join(f"{one['field']}: {one['message']}" for one in fields)
    return problem(422, errors.Invalid.code, detail, {"errors": fields})


async def _on_http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    code, detail = _HTTP_PROBLEMS.get(status, (status.name.lower(), f"{status.phrase}."))
    return problem(status, code, _(detail), headers=error.headers)


async def _on_unexpected(request: Request, error: Exception) -> Response:
    log.error("unexpected error", exc_info=error, extra={"path": request.url.path})
    return of(errors.VannilliError())


HANDLERS: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    errors.VannilliError: _on_ours,
    RequestValidationError: _on_invalid_request,
    HTTPException: _on_http,
    Exception: _on_unexpected,
}
"""`exception_handlers=` of Starlette and FastAPI: no error leaves as a stack or as SQL."""


def _field(found: Mapping[str, Any]) -> str:
    """`assets.0.kind` for `("body", "assets", 0, "kind")`; `body` for the body as a whole."""
    place, *inner = found["loc"]
    return ".".join(map(str, inner)) if inner and found["type"] != "json_invalid" else str(place)


def _sentence(found: Mapping[str, Any]) -> str:
    if found["type"] == "string_too_short":
        least = found["ctx"]["min_length"]
        return ngettext("Enter at least {n} character.", "Enter at least {n} characters.", least)
    sentence = _FIELD_SENTENCES.get(found["type"])
    return _(sentence).format_map(found.get("ctx", {})) if sentence else f"{_(found['msg']).rstrip('.')}."
