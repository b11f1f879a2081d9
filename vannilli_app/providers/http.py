"""One HTTP client a provider, and what its failures mean: was the call heard, and is it worth another try?"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from vannilli_app.providers.base import ProviderError

TIMEOUT = httpx.Timeout(connect=5.0, read=20.0, write=20.0, pool=10.0)  # seconds
LIMITS = httpx.Limits(
    max_connections=48, max_keepalive_connections=32
)  # more than looks take: submissions go on
MOST_ANSWER_BYTES = 4_000_000
_RAW = 2000  # characters of an answer that are kept for the admin

# The request did not leave, so it had no effect.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)

Headers = Callable[[], Mapping[str, str]]


class Transport:
    """Calls to one provider. `headers` is asked before each call, since a token may be short-lived.

    Redirects are never followed: a provider's API has none, and one that appears is not to get our key.
    """

    def __init__(self, name: str, base_url: str, headers: Headers) -> None:
        self.name = name
        self.base_url = base_url.rstrip("/")
        self._headers = headers
        self._client = httpx.AsyncClient(timeout=TIMEOUT, limits=LIMITS, follow_redirects=False)

    async def call(self, method: str, url: str, **options: Any) -> httpx.Response:
        """The answer to a call, whatever its status below 500. `url` is a path, or an address that the provider
        itself gave. Raises ProviderError when no whole answer came, or a 5xx."""
        address = url if "://" in url else f"{self.base_url}{url}"
        headers = {**self._headers(), **options.pop("headers", {})}
        return await self.call_elsewhere(method, address, headers=headers, **options)

    async def call_elsewhere(
        self, method: str, url: str, *, any_status: bool = False, **options: Any
    ) -> httpx.Response:
        """Like `call`, without the provider's key: for a link to a store that the provider gave. With `any_status`
        a 5xx comes back as well, where it may be what the provider has to say of a task."""
        try:
            answer = await self._client.request(method, url, **options)
        except _NOT_SENT as error:
            raise self._broken(error, maybe_accepted=False) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._broken(error, maybe_accepted=True) from error
        if len(answer.content) > MOST_ANSWER_BYTES:
            raise ProviderError(permanent=False, maybe_accepted=True, raw=f"{self.name}: endless answer")
        if answer.status_code >= 500 and not any_status:
            raise refused(answer, permanent=False, maybe_accepted=True)
        return answer

    async def close(self) -> None:
        await self._client.aclose()

    def _broken(self, error: Exception, *, maybe_accepted: bool) -> ProviderError:
        return ProviderError(permanent=False, maybe_accepted=maybe_accepted, raw=f"{self.name}: {error!r}")


def refused(
    answer: httpx.Response,
    message: str | None = None,
    *,
    permanent: bool,
    maybe_accepted: bool = False,
    busy: bool = False,
) -> ProviderError:
    """The error for an answer that says no; with its Retry-After where it has one."""
    return ProviderError(
        message,
        permanent=permanent,
        maybe_accepted=maybe_accepted,
        busy=busy,
        raw=f"HTTP {answer.status_code}: {answer.text[:_RAW]}",
        retry_after=retry_after(answer.headers.get("retry-after"), datetime.now(UTC)),
    )


def document(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer. Raises ProviderError: an answer that cannot be read may stand for an effect."""
    try:
        found = answer.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        found = None
    if not isinstance(found, dict):
        raise refused(answer, permanent=False, maybe_accepted=answer.is_success)
    return found


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header, which holds seconds or a date (RFC 9110); None when it says nothing."""
    if not value:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        then = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max((then.replace(tzinfo=then.tzinfo or UTC) - now).total_seconds(), 0.0)
