"""The browser's two cookies: the access token for every request, and the refresh token that makes the next one.

No script can read either. Over https both have the prefix that binds them to this very host.
"""

from datetime import timedelta
from http.cookies import CookieError, SimpleCookie

from fastapi import Response

from vannilli_app.accounts.schemas import SignedIn
from vannilli_app.accounts.tokens import REFRESH_LIFETIME
from vannilli_app.config import settings


def access_cookie() -> str:
    """The name of the cookie with the access token."""
    return _name("session")


def refresh_cookie() -> str:
    """The name of the cookie with the refresh token."""
    return _name("refresh")


def give(response: Response, signed_in: SignedIn) -> SignedIn:
    """Have the browser keep both tokens; gives back what it was given."""
    _set(response, access_cookie(), signed_in.access_token, timedelta(seconds=signed_in.expires_in), "lax")
    # Strict: no link from elsewhere ever carries it.
    _set(response, refresh_cookie(), signed_in.refresh_token, REFRESH_LIFETIME, "strict")
    response.headers["cache-control"] = "no-store"
    return signed_in


def take_back(response: Response) -> None:
    """Have the browser forget both."""
    for name in (access_cookie(), refresh_cookie()):
        response.delete_cookie(name, httponly=True, samesite="lax", secure=_is_https())


def value_of(name: str, header: str) -> str | None:
    """A cookie in a raw `Cookie` header, as a Reflex state finds it in `router.headers.cookie`."""
    try:
        found = SimpleCookie(header).get(name)
    except CookieError:
        return None
    return found.value if found else None


def _set(response: Response, name: str, value: str, lifetime: timedelta, same_site: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=int(lifetime.total_seconds()),
        httponly=True,
        samesite=same_site,  # type: ignore[arg-type]
        secure=_is_https(),
    )


def _name(what: str) -> str:
    return f"{'__Host-' if _is_https() else ''}vannilli_{what}"


def _is_https() -> bool:
    return settings().base_url.startswith("https://")
