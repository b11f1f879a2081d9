"""The end of every start, whatever was asked for: a new generation is added, paid for and queued."""

from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.billing import service as billing
from vannilli_app.generations import lifecycle, queries, work
from vannilli_app.generations.schemas import Request
from vannilli_app.models import Generation

UNTIL_REVIVED = timedelta(seconds=10)


async def enqueue(session: AsyncSession, fresh: Generation, now: datetime) -> None:
    """Add a generation that begins now, set its price aside and queue its first step. Needs the service's role and the
    person's lock. Raises PaymentRequired."""
    user_id = Request.model_validate(fresh.request).user_id
    fresh.created_at, fresh.stage_started_at, fresh.due_at = now, now, now + UNTIL_REVIVED
    session.add(fresh)
    await session.flush()
    await billing.reserve(
        session,
        user_id=user_id,
        generation_id=fresh.id,
        amount=fresh.cost_credits,
        now=now,
        deadline_at=now + lifecycle.ENDS_WITHIN,
    )
    await queries.set_project_status(session, fresh.project_id, "processing", now)
    await work.queue(session, fresh)
    await work.tell(session, user_id, fresh.id)
