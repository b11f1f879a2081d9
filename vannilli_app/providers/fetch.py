"""Fetching a provider's result, wherever its link points: only from public addresses, only a video, only so much.

A link is a stranger's word. Its host is resolved once, every address of it must be public, and the connection goes to
that very address, so that a name that changes its mind in between (DNS rebinding) gains nothing. The certificate is
still checked against the name.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

from vannilli_app.providers.base import ProviderError
from vannilli_app.words import N_

MOST_BYTES = 1_000_000_000
MOST_SECONDS = 600.0
MOST_REDIRECTS = 3
TIMEOUT = httpx.Timeout(connect=10.0, read=30.0, write=10.0, pool=10.0)  # seconds
# A connection was checked for one name: whatever the client makes of a redirect, another name at the same address
# gets a connection of its own.
ONCE = httpx.Limits(max_keepalive_connections=0)
GONE = (403, 404, 410)
BLOCK_BYTES = 1 << 18

# All IPv6 addresses of the open internet (IANA); what lies outside is old, local or not given out.
_IPV6_INTERNET = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: the last four bytes are an IPv4 address
# They look public to `ipaddress`, and lead to what a cloud tells only its own machines.
_CLOUDS_OWN = (
    ipaddress.IPv4Network("168.63.129.16/32"),  # Azure
    ipaddress.IPv4Network("192.0.0.0/24"),  # Oracle; the IETF's own (RFC 6890)
)

Resolve = Callable[[str, int], Awaitable[list[str]]]


async def addresses_of(name: str, port: int) -> list[str]:
    """Every address of a name, as the system knows it. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


async def fetch(
    url: str,
    path: Path,
    *,
    allowed_origins: frozenset[str] = frozenset(),
    most_bytes: int = MOST_BYTES,
    seconds: float = MOST_SECONDS,
    resolve: Resolve = addresses_of,
    trust: ssl.SSLContext | None = None,
) -> None:
    """Copy a result to `path`. `allowed_origins` (`http://host:port`) may also be private and without TLS: a provider's
    own configured address, outside production. `trust` is for certificates of other authorities than the usual ones.

    Raises ProviderError: `result_gone` for a dead link (a fresh one may live), permanent `result_refused` for one that
    leads where we do not go or to more than `most_bytes`, else not permanent. Nothing is left at `path` then.
    """
    whole = False
    client = httpx.AsyncClient(timeout=TIMEOUT, limits=ONCE, trust_env=False, verify=trust or True)
    try:
        async with asyncio.timeout(seconds), client as http:
            await _follow(http, url, path, allowed_origins, most_bytes, resolve)
        whole = True
    except TimeoutError as error:
        raise ProviderError(permanent=False, raw=f"the result took over {seconds:.0f} s") from error
    except httpx.HTTPError as error:
        raise ProviderError(permanent=False, raw=f"the result broke off: {error!r}") from error
    except (httpx.InvalidURL, ValueError) as error:  # of the link, or of where it leads on to
        raise _refused(url, f"no address: {error}") from error
    finally:
        if not whole:
            await asyncio.to_thread(path.unlink, missing_ok=True)


async def _follow(
    http: httpx.AsyncClient,
    url: str,
    path: Path,
    allowed: frozenset[str],
    most_bytes: int,
    resolve: Resolve,
) -> None:
    for _ in range(MOST_REDIRECTS + 1):
        target = await checked(url, allowed, resolve)
        # Unpacking is left out: a small body may unpack to any size at once.
        headers = {"host": target.host, "accept-encoding": "identity"}
        request = http.build_request(
            "GET", target.url, headers=headers, extensions={"sni_hostname": target.name}
        )
        answer = await http.send(request, stream=True)
        try:
            if not answer.has_redirect_location:
                return await _save(answer, path, most_bytes)
            url = urljoin(url, answer.headers["location"])
        finally:
            await answer.aclose()
    raise _refused(url, "too many redirects")


async def _save(answer: httpx.Response, path: Path, most_bytes: int) -> None:
    _require_video(answer)
    announced = answer.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most_bytes:
        raise _refused(str(answer.url), f"{announced} bytes")
    written = 0
    with path.open("wb") as file:
        async for block in answer.aiter_raw(BLOCK_BYTES):
            written += len(block)
            if written > most_bytes:
                raise _refused(str(answer.url), f"over {most_bytes} bytes")
            await asyncio.to_thread(file.write, block)
    if not written:
        raise ProviderError(permanent=False, raw="the result is empty")


def _require_video(answer: httpx.Response) -> None:
    """A dead link often answers with a page for people instead of a status."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    packed = answer.headers.get("content-encoding", "identity").strip().lower()
    raw = f"the link answers {answer.status_code} with {kind or 'no type'}, {packed}"
    if answer.status_code in GONE:
        raise ProviderError(permanent=False, code="result_gone", raw=raw)
    if answer.status_code != httpx.codes.OK or packed != "identity":
        raise ProviderError(permanent=False, raw=raw)
    if not kind.startswith("video/") and kind != "application/octet-stream":
        raise ProviderError(permanent=False, code="result_gone", raw=raw)


@dataclass(frozen=True)
class Target:
    """Where a request really goes: `url` with an address in the host's place, and the host's `name` and `host:port`."""

    url: httpx.URL
    name: str
    host: str


async def checked(url: str, allowed: frozenset[str], resolve: Resolve) -> Target:
    """The target of a link after all checks. Raises ProviderError (permanent, `result_refused`, for a forbidden one),
    and ValueError or httpx.InvalidURL for what is no address at all."""
    parts = urlsplit(url)
    name = (parts.hostname or "").encode("idna").decode()
    own = f"{parts.scheme}://{parts.netloc}" in allowed
    if not name or parts.username is not None or parts.password is not None:
        raise _refused(url, "not a plain address")
    if not own and (parts.scheme != "https" or parts.port not in (None, 443)):
        raise _refused(url, "not https on its usual port")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        addresses = await resolve(name, port)
    except OSError as error:
        raise ProviderError(permanent=False, raw=f"{name} cannot be found: {error}") from error
    if not addresses or not (own or all(is_public(address) for address in addresses)):
        raise _refused(url, f"{name} is {', '.join(addresses) or 'nowhere'}")
    there = parts._replace(netloc=f"{_in_url(addresses[0])}:{port}", fragment="")
    host = _in_url(name) if parts.port is None else f"{_in_url(name)}:{port}"
    return Target(httpx.URL(there.geturl()), name, host)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, whatever it is wrapped in."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = _wrapped(found)
        return is_public(str(inner)) if inner else found.is_global and found in _IPV6_INTERNET
    return found.is_global and not found.is_multicast and not any(found in one for one in _CLOUDS_OWN)


def _wrapped(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to: mapped, 6to4, Teredo or NAT64."""
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _refused(url: str, why: str) -> ProviderError:
    return ProviderError(
        N_("The video could not be fetched safely. It cost nothing."),
        permanent=True,
        code="result_refused",
        raw=f"refused to fetch {url[:300]}: {why}",
    )
