"""Fetching a provider's result, wherever its link points: only from public addresses, only a video, only so much.

A link is a stranger's word. Its host is resolved once, every address of it must be public, and the connection goes to
that very address, so that a name that changes its mind in between (DNS rebinding) gains nothing. The certificate is
still checked against the name.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

from vannilli_app.providers.base import ProviderError

MOST_BYTES = 1_000_000_000
MOST_SECONDS = 600.0
MOST_REDIRECTS = 3
TIMEOUT = httpx.Timeout(connect=10.0, read=30.0, write=10.0, pool=10.0)
GONE = (403, 404, 410)

Resolve = Callable[[str, int], Awaitable[list[str]]]


async def fetch(
    url: str,
    path: Path,
    *,
    allowed_origins: frozenset[str] = frozenset(),
    most_bytes: int = MOST_BYTES,
    seconds: float = MOST_SECONDS,
) -> None:
    """Copy a result to `path`. `allowed_origins` (`http://host:port`) may also be private and without TLS: a provider's
    own configured address, outside production.

    Raises ProviderError: `result_gone` for a dead link (a fresh one may live), permanent `result_refused` for one that
    leads where we do not go, else not permanent. Nothing is left at `path` then.
    """
    whole = False
    try:
        async with asyncio.timeout(seconds), httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as http:
            await _follow(http, url, path, allowed_origins, most_bytes)
        whole = True
    except TimeoutError as error:
        raise ProviderError(permanent=False, raw=f"the result took over {seconds:.0f} s") from error
    except httpx.HTTPError as error:
        raise ProviderError(permanent=False, raw=f"the result broke off: {error!r}") from error
    finally:
        if not whole:
            await asyncio.to_thread(path.unlink, missing_ok=True)


async def _follow(
    http: httpx.AsyncClient, url: str, path: Path, allowed: frozenset[str], most_bytes: int
) -> None:
    for _ in range(MOST_REDIRECTS + 1):
        target = await checked(url, allowed, resolve)
        request = http.build_request(
            "GET", target.url, headers={"host": target.host}, extensions={"sni_hostname": target.name}
        )
        answer = await http.send(request, stream=True)
        try:
            if answer.is_redirect:
                url = urljoin(url, answer.headers.get("location", ""))
                continue
            return await _save(answer, path, most_bytes)
        finally:
            await answer.aclose()
    raise _refused(url, "too many redirects")


async def _save(answer: httpx.Response, path: Path, most_bytes: int) -> None:
    if answer.status_code in GONE:
        raise ProviderError(permanent=False, code="result_gone", raw=f"the link answers {answer.status_code}")
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not answer.is_success or not (kind.startswith("video/") or kind == "application/octet-stream"):
        raise ProviderError(
            permanent=False, code="result_gone", raw=f"the link answers {answer.status_code} with {kind}"
        )
    announced = answer.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most_bytes:
        raise _refused(str(answer.url), f"{announced} bytes")
    written = 0
    with path.open("wb") as file:
        async for block in answer.aiter_bytes(1 << 16):
            written += len(block)
            if written > most_bytes:
                raise _refused(str(answer.url), f"over {most_bytes} bytes")
            await asyncio.to_thread(file.write, block)


@dataclass(frozen=True)
class Target:
    """Where a request really goes: `url` with an address in the host's place, and the host's `name` and `host:port`."""

    url: str
    name: str
    host: str


async def checked(url: str, allowed: frozenset[str], resolve: Resolve) -> Target:
    """The target of a link after all checks. Raises ProviderError (permanent, `result_refused`)."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _refused(url, "not an address") from error
    name = parts.hostname or ""
    own = f"{parts.scheme}://{parts.netloc}" in allowed
    if not name or parts.username is not None or parts.password is not None:
        raise _refused(url, "not a plain address")
    if not own and (parts.scheme != "https" or port not in (None, 443)):
        raise _refused(url, "not https on its usual port")
    port = port or (443 if parts.scheme == "https" else 80)
    try:
        addresses = await resolve(name, port)
    except OSError as error:
        raise ProviderError(permanent=False, raw=f"{name} cannot be found: {error}") from error
    if not addresses or not (own or all(is_public(address) for address in addresses)):
        raise _refused(url, f"{name} is {', '.join(addresses) or 'nowhere'}")
    address = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
    there = parts._replace(netloc=f"{address}:{port}", fragment="")
    return Target(there.geturl(), name, parts.netloc)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, whatever it is wrapped in."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is None and found in ipaddress.ip_network("64:ff9b::/96"):  # NAT64
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast


async def resolve(name: str, port: int) -> list[str]:
    """Every address of a name, as the system knows it."""
    found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _refused(url: str, why: str) -> ProviderError:
    return ProviderError(
        "The video could not be fetched safely. It cost nothing.",
        permanent=True,
        code="result_refused",
        raw=f"refused to fetch {url[:300]}: {why}",
    )
