"""What can go wrong, without a word of HTTP: `problems` maps each error to a status, states show its sentence.

VannilliError
|- Invalid             the input cannot be accepted as it is
|- NotFound            there is no such thing, or it is somebody else's
|- NotSignedIn         nobody is signed in, or the session has ended
|- Forbidden           signed in, but this may not be done
|- Conflict            the thing is not in a state that allows this
|- Gone                it was there and has expired
|- PaymentRequired     not enough credits
|- TooLarge            more bytes than allowed
|- UnsupportedMedia    a kind of file that is not taken
|- TooMany             a limit that opens again at a known time
`- Unavailable         something that we depend on does not answer

`code` is stable and part of the API; the message is a sentence for the person; `extra` carries further fields of
the problem document (RFC 9457). The docstring of a class is its default message.
Sentences are said where the error is raised, in the language of whoever asked (`words`).
"""

from typing import Any

from vannilli_app.words import _


class VannilliError(Exception):
    """Something went wrong on our side. Try again in a moment."""

    code = "internal_error"

    def __init__(self, message: str | None = None, *, code: str | None = None, **extra: Any) -> None:
        self.message = message or _((type(self).__doc__ or "").strip())
        self.code = code or type(self).code
        self.extra = extra
        super().__init__(self.message)


class Invalid(VannilliError):
    """That does not look right. Check the fields and try again."""

    code = "validation_error"


class NotFound(VannilliError):
    """There is nothing here under that name."""

    code = "not_found"


class NotSignedIn(VannilliError):
    """Sign in first."""

    code = "not_signed_in"


class Forbidden(VannilliError):
    """You may not do that."""

    code = "forbidden"


class Conflict(VannilliError):
    """That cannot be done right now."""

    code = "conflict"


class Gone(VannilliError):
    """That has expired."""

    code = "expired"


class PaymentRequired(VannilliError):
    """You do not have enough credits for this."""

    code = "insufficient_credits"


class TooLarge(VannilliError):
    """That file is too large."""

    code = "asset_too_large"


class UnsupportedMedia(VannilliError):
    """That kind of file is not taken here."""

    code = "unsupported_media_type"


class Unavailable(VannilliError):
    """Something we depend on does not answer. Try again in a minute."""

    code = "unavailable"


class TooMany(VannilliError):
    """That was a little fast. Wait a moment and try again."""

    code = "rate_limited"
