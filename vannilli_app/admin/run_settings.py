"""Settings that may change while the product runs: what each takes, and changing one with a line in the audit log."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.accounts import audit
from vannilli_app.accounts.schemas import Client, Identity
from vannilli_app.admin.queries import rows
from vannilli_app.admin.schemas import Setting
from vannilli_app.alerts import rules
from vannilli_app.errors import Invalid, NotFound
from vannilli_app.generations import offers, provider_queries
from vannilli_app.generations.service import FREE_TIER
from vannilli_app.providers import providers
from vannilli_app.words import _

_STORED = "SELECT name, value, updated_at FROM run_settings"
_CHANGES = """
SELECT entry.created_at, entry.metadata AS details, person.email
FROM audit_log entry LEFT JOIN users person ON person.id = entry.user_id
WHERE entry.action = 'setting_changed' ORDER BY entry.created_at DESC LIMIT 20
"""


async def everything(session: AsyncSession) -> list[Setting]:
    """Every setting with its value; of the reading role."""
    stored = {row["name"]: row for row in await rows(session, _STORED)}
    return [
        Setting(**stored[name]) if name in stored else Setting(name=name, value=None, updated_at=None)
        for name in _CHECKS
    ]


async def changes(session: AsyncSession) -> list[str]:
    """The latest changes as sentences; of the reading role."""
    return [
        f"{row['created_at']:%d %b %Y, %H:%M} UTC: {row['email'] or 'somebody who left'} set"
        f" {row['details']['name']} from {row['details']['before']} to {row['details']['after']}:"
        f" {row['details']['reason']}"
        for row in await rows(session, _CHANGES)
    ]


async def change(
    session: AsyncSession, admin: Identity, name: str, value: Any, reason: str, client: Client, now: datetime
) -> None:
    """Set a setting; None is the built-in one. Of `access.acting`. Raises NotFound, Invalid."""
    if name not in _CHECKS:
        raise NotFound(f"There is no setting {name}, only {', '.join(_CHECKS)}.")
    checked = None if value is None else _CHECKS[name](value)
    before = await provider_queries.run_setting(session, name)
    await provider_queries.set_run_setting(session, name, checked, now)
    audit.record(
        session, "setting_changed", user_id=admin.user_id, resource_type="setting", client=client,
        name=name, before=before, after=checked, reason=reason,
    )  # fmt: skip


def _names(value: Any) -> Sequence[str]:
    there = providers()
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise Invalid(_("Give a list of names."))
    if strange := [name for name in value if name not in there]:
        raise Invalid(f"There is no {', '.join(strange)} here, only {', '.join(there)}.")
    if len(set(value)) < len(value):
        raise Invalid(_("Name each of them once."))
    return value


def _off(value: Any) -> Sequence[str]:
    names = _names(value)
    if set(names) == set(providers()):
        raise Invalid(_("That would switch all of them off, and nobody could make a video. Leave one on."))
    return names


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Invalid(_("Say true or false."))
    return value


_CHECKS: dict[str, Callable[[Any], Any]] = {
    offers.ORDER: _names,
    offers.OFF: _off,
    FREE_TIER: _truth,
    rules.SETTING: rules.checked,
}
