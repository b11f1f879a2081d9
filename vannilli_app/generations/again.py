"""Starting a generation that failed once more, exactly as it was asked for."""

from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.billing import service as billing
from vannilli_app.errors import Conflict
from vannilli_app.generations import lifecycle, queries, work
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
    request = Request.model_validate(failed.request)
    await queries.lock_person(session, request.user_id)
    if await queries.running(session, failed.project_id):
        raise Conflict(_("A video of this project is being made already."), code="already_started")
    wanted = {request.driver_path, request.image_path, request.audio_path} - {None}
    if wanted - set(await queries.paths_there(session, failed.project_id)):
        raise Conflict(
            _("Its files are gone: uploads are kept for 24 hours. The artist has to send them again."),
            code="files_gone",
        )
    fresh = Generation(
        **{name: getattr(failed, name) for name in _SAME},
        created_at=now,
        stage_started_at=now,
        due_at=now + timedelta(seconds=10),
    )
    session.add(fresh)
    await session.flush()
    await billing.reserve(
        session,
        user_id=request.user_id,
        generation_id=fresh.id,
        amount=fresh.cost_credits,
        now=now,
        deadline_at=now + lifecycle.ENDS_WITHIN,
    )
    await queries.set_project_status(session, failed.project_id, "processing", now)
    await work.queue(session, fresh)
    await work.tell(session, request.user_id, fresh.id)
    return fresh
