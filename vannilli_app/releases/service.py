"""Use cases of a release kit: ask for it, and see how it stands."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.accounts import audit
from vannilli_app.accounts.schemas import Client
from vannilli_app.db import defer
from vannilli_app.errors import Conflict
from vannilli_app.generations import service as generations
from vannilli_app.generations.lifecycle import KEPT_FOR
from vannilli_app.generations.schemas import Request
from vannilli_app.models import Generation, ReleaseKit
from vannilli_app.releases.schemas import KitView
from vannilli_app.storage import FINAL_RENDERS, store
from vannilli_app.words import _

KIT_TASK = "releases.make_kit"
KIT_QUEUE = "kits"  # of its own: nobody's video waits for somebody's kit
UNTIL_REVIVED = timedelta(seconds=10)
LINK_SECONDS = 3600


async def ask(
    session: AsyncSession, user_id: UUID, generation_id: UUID, client: Client, now: datetime
) -> ReleaseKit:
    """Have the kit of a finished video made, once; one that is there or being made is the answer to another asking,
    and one that failed is tried anew. Needs the service's role.

    Raises NotFound, Conflict (`not_ready`, `not_downloaded`), Gone (`expired`).
    """
    made = await generations.mine(session, user_id, generation_id)
    _require_released(made, now)
    fresh = {"status": "pending", "progress": 0.0, "tries": 0, "claim": None, "due_at": now + UNTIL_REVIVED}
    asked = await session.exec(
        insert(ReleaseKit)
        .values(generation_id=made.id, user_id=user_id, created_at=now, **fresh)
        .on_conflict_do_update(
            index_elements=[col(ReleaseKit.generation_id)],
            set_=fresh,
            where=col(ReleaseKit.status) == "failed",
        )
        .returning(col(ReleaseKit.generation_id))
    )
    if asked.first():
        await queue(session, made.id)
        audit.record(
            session,
            "release_kit_asked",
            user_id=user_id,
            resource_type="generation",
            resource_id=made.id,
            client=client,
        )
    return await session.get_one(ReleaseKit, made.id, populate_existing=True)


async def standing(
    session: AsyncSession, user_id: UUID, generation_id: UUID
) -> tuple[Generation, ReleaseKit | None]:
    """A video of mine, and its kit if there is one. Raises NotFound."""
    made = await generations.mine(session, user_id, generation_id)
    return made, await session.get(ReleaseKit, made.id)


async def view(made: Generation, kit: ReleaseKit | None) -> KitView:
    """The kit as its owner sees it, with a link once it is ready; needs no transaction."""
    if kit is None:
        return KitView(generation_id=made.id, status="none")
    shown = KitView(
        generation_id=made.id, status=kit.status, progress=kit.progress, size_bytes=kit.size_bytes
    )
    if kit.status == "ready" and made.completed_at:
        name = Request.model_validate(made.request).track_name
        shown.download_url = await store().presign_get(
            FINAL_RENDERS,
            kit_key(made.id),
            expires=LINK_SECONDS,
            filename=f"{name} - Vannilli release kit.zip",
        )
        shown.expires_at = made.completed_at + KEPT_FOR
    return shown


def kit_key(generation_id: UUID) -> str:
    """Where a kit lies among the renders: beside its video, with which it goes."""
    return f"videos/{generation_id}/release-kit.zip"


async def queue(session: AsyncSession, generation_id: UUID) -> None:
    """Queue the job that makes a kit, unless it waits already."""
    await defer(session, KIT_TASK, queue=KIT_QUEUE, generation_id=str(generation_id))


async def forget_old(session: AsyncSession, now: datetime) -> list[UUID]:
    """Forget the kits of videos that are not kept any more; gives whose."""
    old = select(Generation.id).where(col(Generation.completed_at) < now - KEPT_FOR)
    gone = await session.exec(
        delete(ReleaseKit)
        .where(col(ReleaseKit.generation_id).in_(old))
        .returning(col(ReleaseKit.generation_id))
    )
    return list(gone.scalars())


def _require_released(made: Generation, now: datetime) -> None:
    if made.status != "completed" or made.completed_at is None:
        raise Conflict(
            _("A release kit is made of a finished video. Wait until it is there."), code="not_ready"
        )
    generations.require_kept(made, now)
    if made.downloaded_at is None:
        raise Conflict(_("Get the video first, then its release kit."), code="not_downloaded")
