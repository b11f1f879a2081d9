"""Starting a generation once more from the same files: one that failed as it was asked for, or a part of one that is
there."""

from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.errors import Conflict
from vannilli_app.generations import queries, queueing
from vannilli_app.generations.schemas import Request
from vannilli_app.models import Generation
from vannilli_app.words import _

_SAME = (
    "project_id", "provider", "cost_credits", "request", "watermarked", "allow_failover", "tier", "free_tier",
    "device_fingerprint", "ip",
)  # fmt: skip


async def start(session: AsyncSession, failed: Generation, now: datetime) -> Generation:
    """A new generation like `failed`, queued and with its price set aside again; needs the service's role.

    Raises Conflict (`not_failed`, `already_started`, `files_gone`), PaymentRequired.
    """
    if failed.status != "failed":
        raise Conflict(_("Only a video that failed can be started again."), code="not_failed")
    await queries.lock_person(session, Request.model_validate(failed.request).user_id)
    await require_idle(session, failed)
    if not await files_there(session, failed):
        raise Conflict(
            _("Its files are gone: uploads are kept for 24 hours. The artist has to send them again."),
            code="files_gone",
        )
    return await queue_like(session, failed, now)


async def require_idle(session: AsyncSession, generation: Generation) -> None:
    """Raises Conflict (`already_started`) while another video of its project is being made."""
    if await queries.running(session, generation.project_id):
        raise Conflict(_("A video of this project is being made already."), code="already_started")


async def files_there(session: AsyncSession, generation: Generation) -> bool:
    """Whether everything that it was made from is still there."""
    request = Request.model_validate(generation.request)
    wanted = {request.driver_path, request.image_path, request.audio_path} - {None}
    return wanted <= set(await queries.paths_there(session, generation.project_id))


async def queue_like(session: AsyncSession, like: Generation, now: datetime, **other: Any) -> Generation:
    """A new generation like this one but for `other` columns, queued and with its price set aside. Needs the person's
    lock. Raises PaymentRequired."""
    fresh = Generation(**({name: getattr(like, name) for name in _SAME} | other))
    await queueing.enqueue(session, fresh, now)
    return fresh
