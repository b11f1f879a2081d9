"""Word to a person that their video is done: a mail, and a notification on the browsers that want one."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlmodel import col, select, update

from vannilli_app import routes
from vannilli_app.accounts import devices, post
from vannilli_app.accounts import queries as accounts
from vannilli_app.accounts.schemas import PushMessage
from vannilli_app.db import SERVICE, transaction
from vannilli_app.generations import work
from vannilli_app.generations.schemas import Request
from vannilli_app.models import Generation
from vannilli_app.words import _, at, speaking

UNTIL_REVIVED = timedelta(seconds=10)
WORTH_TELLING = timedelta(hours=24)


async def send_word(generation_id: str) -> None:
    """Queue the mail and send the notification, at most once: that it is being told is noted first, so a worker that
    dies in between leaves the mail, which is sent at least once, and tells no browser twice."""
    now = datetime.now(UTC)
    async with transaction(SERVICE) as session:
        found = await session.exec(
            update(Generation)
            .where(
                col(Generation.id) == UUID(generation_id),
                col(Generation.status) == "completed",
                col(Generation.told_at).is_(None),
            )
            .values(told_at=now)
            .returning(Generation)
        )
        generation = found.scalar_one_or_none()
        if generation is None:
            return
        request = Request.model_validate(generation.request)
        person = await accounts.user(session, request.user_id)
        words = {"name": request.track_name, "generation": generation_id}
        await post.queue(session, "video_done", person.email, now, user_id=person.id, **words)
    with speaking(person.language):
        message = PushMessage(
            title=_("Your video is done"),
            body=request.track_name,
            url=at(routes.studio_preview(generation_id)),
            tag=generation_id,
        )
    await devices.send(request.user_id, message, now)


async def revive(now: datetime) -> int:
    """Queue again the word whose worker died before it began; how many."""
    async with transaction(SERVICE) as session:
        untold = await session.exec(
            select(Generation.id).where(
                col(Generation.status) == "completed",
                col(Generation.told_at).is_(None),
                col(Generation.completed_at).between(now - WORTH_TELLING, now - UNTIL_REVIVED),
            )
        )
        ids = list(untold)
        for generation_id in ids:
            await work.queue_word(session, generation_id)
    return len(ids)
