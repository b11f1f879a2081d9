"""Video providers behind one port; this module is the only one that knows who they are."""

from functools import cache
from importlib import import_module

from vannilli_app.config import settings
from vannilli_app.errors import Invalid
from vannilli_app.providers.base import (
    Capabilities,
    ProviderError,
    ProviderTask,
    TaskStatus,
    VideoProvider,
    VideoRequest,
)
from vannilli_app.providers.local import LocalAnimator

__all__ = [
    "Capabilities",
    "ProviderError",
    "ProviderTask",
    "TaskStatus",
    "VideoProvider",
    "VideoRequest",
    "choose",
    "provider",
    "providers",
]


@cache
def providers() -> dict[str, VideoProvider]:
    """The providers that can be used now, by name, in the order in which they are tried."""
    able: list[VideoProvider] = [LocalAnimator()]
    if settings().extra_providers:
        module, _, function = settings().extra_providers.partition(":")
        able += getattr(import_module(module), function)()
    return {provider.name: provider for provider in able}


def provider(name: str) -> VideoProvider:
    """The provider of that name. Raises Invalid (`unknown_provider`)."""
    found = providers().get(name)
    if found is None:
        offered = ", ".join(providers())
        raise Invalid(f"There is no {name} here. You can choose: {offered}.", code="unknown_provider")
    return found


def choose(name: str | None) -> VideoProvider:
    """The provider that the person asked for, or else the first in order. Raises Invalid (`unknown_provider`)."""
    return provider(name) if name else next(iter(providers().values()))
