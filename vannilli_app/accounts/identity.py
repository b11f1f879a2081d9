"""Who makes a request: from a token to an `Identity`, for the API (dependencies) and for states (cookies)."""

from datetime import UTC, datetime
from http.cookies import CookieError, SimpleCookie
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Annotated

from fastapi import Depends, Request

from vannilli_app import db
from vannilli_app.accounts import queries, sessions, tokens
from vannilli_app.accounts.schemas import Client, Identity
from vannilli_app.config import settings
from vannilli_app.errors import NotSignedIn


def cookie_name() -> str:
    """The browser's cookie; over https with the prefix that binds it to this very host."""
    return f"{'__Host-' if is_https() else ''}vannilli_session"


def is_https() -> bool:
    """Whether people reach the app by https."""
    return settings().base_url.startswith("https://")


def token_from_cookies(header: str) -> str | None:
    """The access token in a raw `Cookie` header, as a Reflex state finds it in `router.headers.cookie`."""
    try:
        found = SimpleCookie(header).get(cookie_name())
    except CookieError:
        return None
    return found.value if found else None


async def identify(token: str | None) -> Identity | None:
    """The person whose access token this is, while the session lives; None for every other token."""
    access = tokens.read_access(token) if token else None
    if access is None:
        return None
    async with db.transaction(db.as_user(access.user_id)) as session:
        return await queries.identity(session, access.user_id, access.session_id, datetime.now(UTC))


async def optional_identity(request: Request) -> Identity | None:
    """Dependency: who is signed in, by `Authorization: Bearer` or by cookie; None once a session ended."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        token = request.cookies.get(cookie_name(), "")
    return await identify(token.strip())


async def current_identity(
    identity: Annotated[Identity | None, Depends(optional_identity)],
) -> Identity:
    """Dependency: who is signed in. Raises `NotSignedIn`."""
    if identity is None:
        raise NotSignedIn
    return identity


async def recent_identity(identity: Annotated[Identity, Depends(current_identity)]) -> Identity:
    """Dependency: who is signed in and gave proof in the last ten minutes. Raises NotSignedIn, Forbidden
    (`confirmation_required`); `POST /api/auth/confirm` gives it."""
    sessions.require_recent(identity, datetime.now(UTC))
    return identity


def address_of(peer: str, forwarded_for: str) -> IPv4Address | IPv6Address | None:
    """The address that counts for a request; behind N trusted proxies, the one that the outermost of them saw."""
    address = peer
    if hops := settings().trusted_proxies:
        forwarded = forwarded_for.split(",")
        address = forwarded[-min(hops, len(forwarded))].strip() or peer
    try:
        return ip_address(address)
    except ValueError:
        return None


async def client_of(request: Request) -> Client:  # async, for FastAPI runs plain functions in threads
    """Dependency: where a request comes from."""
    ip = address_of(request.client.host if request.client else "", request.headers.get("x-forwarded-for", ""))
    return Client(ip, request.headers.get("user-agent", "")[:500] or None)


OptionalIdentity = Annotated[Identity | None, Depends(optional_identity)]
CurrentIdentity = Annotated[Identity, Depends(current_identity)]
RecentIdentity = Annotated[Identity, Depends(recent_identity)]
CurrentClient = Annotated[Client, Depends(client_of)]
