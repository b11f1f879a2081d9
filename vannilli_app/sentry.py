"""Errors to Sentry, where SENTRY_DSN says so: with release and request id, without secrets and people's data."""

from typing import TYPE_CHECKING, Any

import sentry_sdk
from sentry_sdk.integrations.logging import LoggingIntegration

from vannilli_app import __version__, logs
from vannilli_app.config import Settings

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint


def configure(config: Settings) -> None:
    """Send what is logged as an error, and no traces. Does nothing without a DSN."""
    if not (dsn := config.sentry_dsn.get_secret_value()):
        return
    sentry_sdk.init(
        dsn,
        release=f"vannilli@{__version__}",
        environment=config.vannilli_env,
        max_request_body_size="never",
        include_local_variables=False,  # they hold mails and tokens
        default_integrations=False,
        integrations=[LoggingIntegration()],
        before_send=_without_secrets,
    )


def _without_secrets(event: "Event", _: "Hint") -> "Event":
    if (request := logs.request_id.get()) is not None:
        event.setdefault("tags", {})["request_id"] = request
    cleaned: Any = _cleaned(event)
    return cleaned  # type: ignore[no-any-return]


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return logs.without_secrets(value)
    if isinstance(value, dict):
        return {name: _cleaned(one) for name, one in value.items()}
    return [_cleaned(one) for one in value] if isinstance(value, list) else value
