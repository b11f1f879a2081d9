"""Who makes a request: from a token to an `Identity`, for the API (dependencies) and for states (cookies)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Annotated

from fastapi import Depends, Request

from vannilli_app.accounts import queries, sessions, tokens
from vannilli_app.accounts.cookies import access_cookie
from vannilli_app.accounts.schemas import Client, Identity
from vannilli_app.config import settings
from vannilli_app.errors import NotSignedIn

_known: ContextVar[dict[str, Identity | None] | None] = ContextVar("known", default=None)


@contextmanager
def asked_once() -> Iterator[None]:
    """Within the block a token is looked up once: for a page whose states are read one after the other."""
    mark = _known.set({})
    try:
        yield
    finally:
        _known.reset(mark)


async def identify(token: str | None) -> Identity | None:
    """The person whose access token this is, while the session lives; None for every other token."""
    known = _known.get()
    if known is None or token is None:
        return await _look_up(token)
    if token not in known:
        known[token] = await _look_up(token)
    return known[token]


async def _look_up(token: str | None) -> Identity | None:
    access = tokens.read_access(token) if token else None
    if access is None:
        return None
    return await queries.identity(access.user_id, access.session_id, datetime.now(UTC))


async def optional_identity(request: Request) -> Identity | None:
    """Dependency: who is signed in, by `Authorization: Bearer` or by cookie; None once a session ended.

    Beside any `Authorization` no cookie counts: the gate lets such requests in from other sites.
    """
    header = request.headers.get("authorization")
    if header is None:
        return await identify(request.cookies.get(access_cookie()))
    scheme, _, token = header.partition(" ")
    return await identify(token.strip()) if scheme.lower() == "bearer" else None


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
    return parsed_ip(address)


def parsed_ip(text: str) -> IPv4Address | IPv6Address | None:
    """The address in a text; None for any other."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def network_of(address: IPv4Address | IPv6Address) -> str:
    """What is counted together: an address, and of IPv6 the network that one household has."""
    return str(ip_network((address, 64), strict=False) if address.version == 6 else address)


async def client_of(request: Request) -> Client:  # async, for FastAPI runs plain functions in threads
    """Dependency: where a request comes from."""
    ip = address_of(request.client.host if request.client else "", request.headers.get("x-forwarded-for", ""))
    agent = request.headers.get("user-agent", "")[:500]
    return Client(ip, agent or None, gpc=request.headers.get("sec-gpc") == "1")


OptionalIdentity = Annotated[Identity | None, Depends(optional_identity)]
CurrentIdentity = Annotated[Identity, Depends(current_identity)]
RecentIdentity = Annotated[Identity, Depends(recent_identity)]
CurrentClient = Annotated[Client, Depends(client_of)]
