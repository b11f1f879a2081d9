"""The local animator as a provider: free drafts on our own processor, with no key and no network.

Its tasks are rows of `local_renders`, so it behaves like a remote service: submitted by id, looked at from any
process, found again after a crash. The worker runs `render`; a task whose worker died comes due again.
"""

import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.db import SERVICE, defer, transaction
from vannilli_app.errors import Invalid, VannilliError
from vannilli_app.leases import LEASE, Hold, LostClaim, free_lapsed, heartbeat, persistently, take, write
from vannilli_app.models import LocalRender
from vannilli_app.providers.base import (
    CallsNobodyBack,
    Capabilities,
    ProviderTask,
    ReadsLinks,
    TaskStatus,
    VideoRequest,
)
from vannilli_app.storage import RAW_UPLOADS, located, store
from vannilli_app.words import N_

RENDER_TASK = "local.render"
RENDER_QUEUE = "render"
MOST_TRIES = 5  # a clip that takes the worker down with it must not do so for ever
ALIVE = ("pending", "processing")
ACCENTS = {
    "soft": 0.5,
    "strong": 1.0,
}  # with none a face stands still, and a scene plays along as it always does


class GaveUp(VannilliError):
    """The preview stopped several times on the way. Try another take or another picture."""

    code = "render_gave_up"


class LocalAnimator(ReadsLinks, CallsNobodyBack):
    """The port on our own engine."""

    name = "local"
    origin = ""
    capabilities = Capabilities(
        label=N_("Instant preview"),
        does=N_("Moves your picture's face as yours moved, made on our own machine while you wait."),
        motion_transfer=True,
        credits_per_second=0,
        fetches_links=False,
        max_seconds={"video": 192, "image": 192},
        max_short_side=720,
        cancels=True,
        source_type="compositeWithTrainedAlgorithmicMedia",  # the artist's own picture, moved by trained models
        parallel_tasks=10_000,  # they wait in our own queue
        batch=200,
        poll_seconds=1,
        render_deadline_seconds=3600,
    )

    async def start_generation(self, request: VideoRequest) -> ProviderTask:
        """Queue a render; the same `external_id` is the same task. The task's id is the external id."""
        now = datetime.now(UTC)
        async with transaction(SERVICE) as session:
            await session.exec(
                insert(LocalRender)
                .values(
                    external_id=request.external_id,
                    request=asdict(request),
                    created_at=now,
                    due_at=now + LEASE,
                )
                .on_conflict_do_nothing()
            )
            await _defer(session, request.external_id)
        return ProviderTask(request.external_id, TaskStatus.PENDING)

    async def find(self, external_id: str) -> ProviderTask | None:
        return (await self.check_status([external_id])).get(external_id)

    async def check_status(self, task_ids: list[str]) -> dict[str, ProviderTask]:
        async with transaction(SERVICE) as session:
            rows = await session.exec(select(LocalRender).where(col(LocalRender.external_id).in_(task_ids)))
            return {row.external_id: _as_task(row) for row in rows}

    async def cancel_generation(self, task_id: str) -> None:
        """One that is finished already is thrown away."""
        async with transaction(SERVICE) as session:
            row = await session.get(LocalRender, task_id, with_for_update=True)
            made = row.result_key if row else None
            await session.exec(
                update(LocalRender)
                .where(col(LocalRender.external_id) == task_id, col(LocalRender.status) != "failed")
                .values(status="cancelled", claim=None, request={}, result_key=None)
            )
        if made:
            await store().delete(RAW_UPLOADS, made)

    async def close(self) -> None:
        """Nothing is open."""


async def render(external_id: str) -> None:
    """Make one task's video; run by the worker. Does nothing when the task is taken, ended or gone."""
    hold = await take(
        LocalRender,
        col(LocalRender.external_id) == external_id,
        col(LocalRender.status).in_(ALIVE),
        now=datetime.now(UTC),
    )
    if hold is None:
        return
    key = None
    try:
        if hold.row.tries > MOST_TRIES:
            raise GaveUp
        async with heartbeat(hold):
            key = await _render(hold)
        ending = {"status": "completed", "progress": 1.0, "result_key": key}
    except VannilliError as error:
        ending = {
            "status": "failed",
            "error_code": error.code,
            "error_message": error.message,
            "error_raw": repr(error),
            "permanent": isinstance(error, Invalid | GaveUp),  # the same files would fail again
        }
    except LostClaim:
        return

    async def end() -> None:
        async with transaction(SERVICE) as session:
            # Whose files it was made from is of no use any more.
            await write(session, hold, claim=None, request={}, **ending)

    try:
        await persistently(end)
    except LostClaim:
        if key and await _was_cancelled(external_id):
            await store().delete(RAW_UPLOADS, key)


async def _was_cancelled(external_id: str) -> bool:
    """Whether nobody wants the result; else another worker makes it again under the same key."""
    async with transaction(SERVICE) as session:
        row = await session.get(LocalRender, external_id)
    return row is None or row.status == "cancelled"


async def revive(now: datetime) -> int:
    """Queue again the tasks whose worker died; returns how many."""
    async with transaction(SERVICE) as session:
        lapsed = await free_lapsed(session, LocalRender, col(LocalRender.status).in_(ALIVE), now=now)
        for row in lapsed:
            await _defer(session, row.external_id)
    return len(lapsed)


async def _defer(session: AsyncSession, external_id: str) -> None:
    await defer(session, RENDER_TASK, queue=RENDER_QUEUE, external_id=external_id)


async def _render(hold: Hold[LocalRender]) -> str:
    """Fetch, animate, store; returns the result's key."""
    # Only the worker renders: the server, which imports this module too, starts without OpenCV and scipy.
    from vannilli_app.engine import process

    request = VideoRequest(**hold.row.request)
    hold.news = {"status": "processing"}

    def note(done: int, total: int) -> None:
        hold.news["progress"] = done / max(total, 1)

    with tempfile.TemporaryDirectory(prefix="vannilli-render-") as folder:
        picture, driver, out = (Path(folder) / name for name in ("picture", "driver.mp4", "out.mp4"))
        await store().download(*located(request.target_image_url), picture)
        await store().download(*located(request.driver_video_url), driver)
        await process.render(
            picture,
            driver,
            out,
            size=(request.width, request.height),
            fps=Fraction(request.fps),
            frames=request.frames,
            bpm=request.bpm,
            beats_per_bar=request.beats_per_bar,
            accent=ACCENTS.get(request.beat_accent),
            mouth=request.mouth,
            face=(request.face[0], request.face[1]) if request.face else None,
            on_progress=note,
        )
        key = f"local-renders/{hold.row.external_id}.mp4"
        await store().upload(RAW_UPLOADS, key, out, "video/mp4")
    return key


def _as_task(row: LocalRender) -> ProviderTask:
    status = TaskStatus.FAILED if row.status == "cancelled" else TaskStatus(row.status)
    return ProviderTask(
        row.external_id,
        status,
        progress=row.progress,
        video_url=f"store:{RAW_UPLOADS}/{row.result_key}" if row.result_key else None,
        error=row.error_message,
        raw_error=row.error_raw or row.error_code,
        permanent=row.permanent,
    )
