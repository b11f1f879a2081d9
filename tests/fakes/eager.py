"""Kling and Runway as they are, but looked at every second: for tests that kill things and must not wait for a look."""

from dataclasses import replace

from vannilli_app.config import settings
from vannilli_app.providers import VideoProvider
from vannilli_app.providers.kling import Kling
from vannilli_app.providers.runway import Runway


def providers() -> list[VideoProvider]:
    """For EXTRA_PROVIDERS: they stand in for the product's own, by their names."""
    ours = settings()
    kling = Kling(
        ours.kling_api_key.get_secret_value(),
        ours.kling_base_url,
        ours.kling_webhook_secret.get_secret_value(),
    )
    runway = Runway(ours.runway_api_key.get_secret_value(), ours.runway_base_url)
    kling.capabilities = replace(kling.capabilities, poll_seconds=1)
    runway.capabilities = replace(runway.capabilities, poll_seconds=1)
    return [kling, runway]
