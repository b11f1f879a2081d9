"""The audit log: one line for every action of a person, written in the action's own transaction."""

from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.accounts.schemas import Client
from vannilli_app.models import AuditEntry


def record(
    session: AsyncSession,
    action: str,
    *,
    user_id: UUID | None,
    resource_type: str,
    resource_id: UUID | None = None,
    client: Client,
    **details: Any,
) -> None:
    """Note that `user_id` did `action` (as in `signed_up`) to a resource. `details`: JSON, no secret."""
    session.add(
        AuditEntry(
            user_id=user_id,
            action=action,
            resource_type=resource_type,
            resource_id=resource_id,
            details=details or None,
            ip_address=client.ip,
            user_agent=client.user_agent,
        )
    )
