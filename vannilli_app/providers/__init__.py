"""Video providers behind one port; this module is the only one that knows who they are."""

import ipaddress
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

from vannilli_app.config import Settings, settings
from vannilli_app.errors import Invalid
from vannilli_app.providers.base import (
    Billed,
    Callback,
    Capabilities,
    ProviderError,
    ProviderTask,
    TaskStatus,
    VideoProvider,
    VideoRequest,
)
from vannilli_app.providers.fal import FalQueue
from vannilli_app.providers.fal_models import KlingOnFal, WanAnimate
from vannilli_app.providers.fetch import fetch
from vannilli_app.providers.kling import Kling
from vannilli_app.providers.kling_legacy import KlingLegacy
from vannilli_app.providers.local import LocalAnimator
from vannilli_app.providers.pika import Pika
from vannilli_app.providers.runway import Runway
from vannilli_app.words import _

__all__ = [
    "Billed",
    "Callback",
    "Capabilities",
    "ProviderError",
    "ProviderTask",
    "TaskStatus",
    "VideoProvider",
    "VideoRequest",
    "fetch_result",
    "links_can_be_fetched",
    "provider",
    "providers",
]


@cache
def providers() -> dict[str, VideoProvider]:
    """The providers that can be used now, by name, in the order in which they are tried."""
    able: list[VideoProvider] = [*_keyed(settings()), LocalAnimator()]
    if settings().extra_providers:
        module, _, function = settings().extra_providers.partition(":")
        able += getattr(import_module(module), function)()
    return {provider.name: provider for provider in able}


def _keyed(ours: Settings) -> Iterator[VideoProvider]:
    """Those whose key is set. Pika is last: it moves nobody, so it is never anybody's stand-in."""
    if ours.kling_api_key.get_secret_value():
        yield Kling(
            ours.kling_api_key.get_secret_value(),
            ours.kling_base_url,
            ours.kling_webhook_secret.get_secret_value(),
        )
    elif ours.kling_access_key:
        yield KlingLegacy(
            ours.kling_access_key,
            ours.kling_secret_key.get_secret_value(),
            ours.kling_base_url,
            ours.kling_webhook_secret.get_secret_value(),
        )
    if ours.runway_api_key.get_secret_value():
        yield Runway(ours.runway_api_key.get_secret_value(), ours.runway_base_url)
    if ours.fal_key.get_secret_value():
        queue = FalQueue(ours.fal_key.get_secret_value(), ours.fal_queue_url, ours.fal_jwks_url)
        yield from (KlingOnFal(queue), WanAnimate(queue), Pika(queue))


def provider(name: str) -> VideoProvider:
    """The provider of that name. Raises Invalid (`unknown_provider`)."""
    found = providers().get(name)
    if found is None:
        offered = ", ".join(providers())
        raise Invalid(
            _("There is no {name} here. You can choose: {names}.", name=name, names=offered),
            code="unknown_provider",
        )
    return found


def links_can_be_fetched(chosen: VideoProvider) -> bool:
    """Whether a provider gets at our files: it needs no links of ours, or the store or `PUBLIC_URL` is on the internet.
    Outside production a provider on this very machine reaches them too."""
    if not chosen.capabilities.fetches_links or settings().s3_endpoint_url:
        return True
    if not settings().is_production and _is_this_machine(urlsplit(chosen.origin).hostname or ""):
        return True
    host = urlsplit(settings().public_url).hostname or ""
    return bool(host) and not _is_private(host)


async def fetch_result(chosen: VideoProvider, url: str, path: Path) -> None:
    """Copy a provider's result to `path`. Raises what `fetch.fetch` raises."""
    own = frozenset() if settings().is_production else frozenset({chosen.origin})
    await fetch(url, path, allowed_origins=own)


def _is_this_machine(host: str) -> bool:
    return host in ("localhost", "127.0.0.1", "::1")


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return (
            _is_this_machine(host) or "." not in host or host.endswith((".local", ".localhost", ".internal"))
        )
