"""What an admin does: each is one transaction of `access.acting`, with a reason, and a line in the audit log."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.accounts import audit, bans, post
from vannilli_app.accounts.schemas import Client, Identity
from vannilli_app.admin import words
from vannilli_app.billing import service as billing
from vannilli_app.db import PUSH_CHANNEL, notify
from vannilli_app.errors import Conflict, NotFound
from vannilli_app.generations import again, ending, lifecycle
from vannilli_app.models import Generation, User
from vannilli_app.words import _, ngettext


async def cancel(
    session: AsyncSession, admin: Identity, generation_id: UUID, reason: str, client: Client, now: datetime
) -> str:
    """Stop a running generation; its credits come back. Raises NotFound, Conflict (`has_ended`)."""
    found = await _generation(session, generation_id)
    why = lifecycle.Fail(
        "cancelled", f"We stopped this one. It cost nothing. {reason}", f"by an admin: {reason}"
    )
    if await ending.fail(session, found, why, now=now, as_seen=False) is None:
        raise Conflict(_("This video has ended already."), code="has_ended")
    _note(session, admin, "video_cancelled_by_admin", "generation", generation_id, client, reason=reason)
    return "Stopped. What was set aside is back."


async def retry(
    session: AsyncSession, admin: Identity, generation_id: UUID, reason: str, client: Client, now: datetime
) -> tuple[str, UUID]:
    """Start a failed generation once more, as it was asked for; gives the new one's id. Raises what
    `again.start` raises."""
    fresh = await again.start(session, await _generation(session, generation_id), now)
    _note(
        session, admin, "video_retried_by_admin", "generation", generation_id, client,
        reason=reason, again=str(fresh.id),
    )  # fmt: skip
    return f"Started again, for {words.credits(fresh.cost_credits)} as before.", fresh.id


async def refund(
    session: AsyncSession, admin: Identity, generation_id: UUID, reason: str, client: Client, now: datetime
) -> str:
    """Give a video's credits back. Raises NotFound, Conflict (`nothing_spent`)."""
    credits = await billing.return_spent(session, generation_id=generation_id, reason=reason, now=now)
    _note(
        session, admin, "video_refunded_by_admin", "generation", generation_id, client,
        reason=reason, credits=credits,
    )  # fmt: skip
    return ngettext("{n} credit is back.", "{n} credits are back.", credits)


async def adjust(
    session: AsyncSession,
    admin: Identity,
    user_id: UUID,
    credits: int,
    reason: str,
    client: Client,
    now: datetime,
) -> str:
    """Give credits, or take some that are free. Raises NotFound, Conflict (`too_few_credits`, `nothing_to_do`)."""
    if not credits:
        raise Conflict(_("0 credits change nothing."), code="nothing_to_do")
    reference = f"admin:{uuid4()}"
    balance = await billing.adjust(
        session, user_id=user_id, amount=credits, reference=reference, reason=reason, now=now
    )
    _note(
        session, admin, "credits_granted" if credits > 0 else "credits_taken", "user", user_id, client,
        amount=credits, reason=reason, reference=reference,
    )  # fmt: skip
    await notify(session, PUSH_CHANNEL, f"{user_id} credits")
    return f"They have {words.credits(balance)} now."


async def ban(
    session: AsyncSession, admin: Identity, user_id: UUID, reason: str, client: Client, now: datetime
) -> str:
    """Close an account. Raises NotFound, Conflict."""
    await bans.ban(session, user_id, reason, now)
    _note(session, admin, "user_banned", "user", user_id, client, reason=reason)
    return "Closed. They are signed out everywhere and get a mail with the reason."


async def warn(
    session: AsyncSession, admin: Identity, user_id: UUID, reason: str, client: Client, now: datetime
) -> str:
    """Tell somebody by mail what was wrong. Raises NotFound."""
    person = await session.get(User, user_id)
    if person is None:
        raise NotFound(_("There is no such person."))
    await post.queue(session, "warned", person.email, now, user_id=user_id, reason=reason)
    _note(session, admin, "user_warned", "user", user_id, client, reason=reason)
    return "They get a mail with the reason."


async def unban(
    session: AsyncSession, admin: Identity, user_id: UUID, reason: str, client: Client, now: datetime
) -> str:
    """Open an account again. Raises NotFound, Conflict."""
    await bans.unban(session, user_id, now)
    _note(session, admin, "user_unbanned", "user", user_id, client, reason=reason)
    return "Open again. They get a mail."


def note_replay(session: AsyncSession, admin: Identity, event_id: str, reason: str, client: Client) -> None:
    """Write into the audit log that a payment event is handled again."""
    _note(
        session, admin, "payment_event_replayed", "payment_event", None, client, reason=reason, event=event_id
    )


async def _generation(session: AsyncSession, generation_id: UUID) -> Generation:
    found = await session.get(Generation, generation_id)
    if found is None:
        raise NotFound(_("There is no such video, or its project was deleted."))
    return found


def _note(
    session: AsyncSession,
    admin: Identity,
    action: str,
    kind: str,
    resource_id: UUID | None,
    client: Client,
    **details: Any,
) -> None:
    audit.record(
        session,
        action,
        user_id=admin.user_id,
        resource_type=kind,
        resource_id=resource_id,
        client=client,
        **details,
    )
