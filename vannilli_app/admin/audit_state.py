"""The audit log as the admin's page shows it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import reflex as rx

from vannilli_app import routes
from vannilli_app.accounts import device
from vannilli_app.admin import audit_log, words
from vannilli_app.admin.audit_log import AuditFilter, AuditRow
from vannilli_app.admin.lists_state import ListState, Row, filtered

if TYPE_CHECKING:
    from sqlmodel.ext.asyncio.session import AsyncSession


class AuditState(ListState, rx.State):
    """What people did, by the filters in the address."""

    filters: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    def _ask(self, query: Mapping[str, str]) -> None:
        self.filters = {name: query.get(name, "") for name in AuditFilter.model_fields}

    async def _page(self, session: "AsyncSession") -> tuple[list[Row], str | None]:
        page = await audit_log.page(session, filtered(AuditFilter, self.filters), self.cursor or None)
        return [_row(one) for one in page.items], page.next_cursor


def _row(one: AuditRow) -> Row:
    details = [f"{name.replace('_', ' ')}: {value}" for name, value in (one.details or {}).items()]
    thing = f"{one.resource_type.replace('_', ' ')} {one.resource_id or ''}".strip()
    agent = device.words(one.user_agent) if one.user_agent else ""
    return Row(
        id=str(one.id),
        name=one.email or "Nobody signed in, or gone since",
        cells=[
            words.moment(one.created_at),
            one.action.replace("_", " ").capitalize(),
            ", ".join(part for part in (thing, *details, str(one.ip or ""), agent) if part),
        ],
        mood="bad" if one.action in ALARMING else "",
        href=f"{routes.ADMIN_AUDIT}?search={one.user_id}" if one.user_id else "",
    )


ALARMING = {"sign_in_refused", "sign_in_banned", "invalid_totp", "refresh_replayed"}
"""What a stranger at somebody's account would leave behind."""
