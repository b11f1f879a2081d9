"""What a call is refused with, in Stripe's shape of an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.fakes.stripe.cards import Decline


class Problem(Exception):
    """An error answer: HTTP status, and the fields of `error`. Those that are None are left out."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        fields = {"type": kind, "code": code, "message": message, "param": param} | more
        self.error = {name: value for name, value in fields.items() if value is not None}


def missing(kind: str, object_id: str, param: str | None = None) -> Problem:
    """There is no such object: 404 when the path names it, 400 when the parameter `param` does."""
    status = 400 if param else 404
    words = f"No such {kind.rpartition('.')[2]}: '{object_id}'"
    return Problem(words, status=status, code="resource_missing", param=param or "id")


def invalid(message: str, param: str, code: str | None = None) -> Problem:
    return Problem(message, param=param, code=code)


def refused(refusal: Decline) -> Problem:
    """A card that the bank would not charge."""
    return Problem(
        refusal.message,
        status=402,
        kind="card_error",
        code=refusal.code,
        decline_code=refusal.decline_code or None,
    )


def declined(decline_code: str, payment_intent: dict[str, Any]) -> Problem:
    """A card that was refused, as a call that had to pay at once is answered."""
    failure = payment_intent["last_payment_error"]
    return Problem(
        failure["message"],
        status=402,
        kind="card_error",
        code=failure["code"],
        decline_code=decline_code,
        charge=payment_intent["latest_charge"],
        payment_intent=payment_intent,
    )
