"""The work's queues, and word of it: which job does a row's next step, and who is told that it moved on."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.db import PUSH_CHANNEL, defer, notify
from vannilli_app.models import Generation, Segment

ADVANCE_TASK = "generations.advance"
DISCARD_TASK = "generations.discard_files"
SUBMIT_TASK = "segments.submit"
COLLECT_TASK = "segments.collect"
CANCEL_TASK = "segments.cancel_remote"
WORD_TASK = "generations.send_word"
WORK_QUEUE = "work"
SEGMENT_QUEUE = "segments"  # of its own: handing over takes a second, a finish takes many
CANCEL_QUEUE = "cancel"  # likewise: a cancel must not wait
_SEGMENT_TASKS = {"submitting": SUBMIT_TASK, "collecting": COLLECT_TASK}


async def queue(session: AsyncSession, generation: Generation) -> None:
    """Queue the next step of a generation, unless one waits already."""
    await defer(session, ADVANCE_TASK, queue=WORK_QUEUE, generation_id=str(generation.id))


async def queue_segment(session: AsyncSession, segment: Segment) -> None:
    """Queue the step that a segment stands at, unless it waits already."""
    await defer(session, _SEGMENT_TASKS[segment.stage], queue=SEGMENT_QUEUE, segment_id=str(segment.id))


async def queue_cancel(session: AsyncSession, provider: str, external_id: str) -> None:
    """Have a provider told that a task, whose book says `cancelling`, is not wanted any more."""
    await defer(session, CANCEL_TASK, queue=CANCEL_QUEUE, provider_name=provider, external_id=external_id)


async def queue_discard(
    session: AsyncSession,
    uploads: Sequence[str],
    folders: Sequence[str],
    generations: Sequence[UUID],
    renders: Sequence[str] = (),
) -> None:
    """Have the files of a deleted project or person deleted: these keys and folders of raw uploads, the videos of
    these generations, and these folders of renders."""
    await defer(
        session,
        DISCARD_TASK,
        queue=WORK_QUEUE,
        uploads=list(uploads),
        folders=list(folders),
        generations=[str(generation_id) for generation_id in generations],
        renders=list(renders),
    )


async def queue_word(session: AsyncSession, generation_id: UUID) -> None:
    """Have its person told, by mail and on their devices, that a video is done."""
    await defer(session, WORD_TASK, queue=WORK_QUEUE, generation_id=str(generation_id))


async def tell(session: AsyncSession, user_id: UUID, generation_id: UUID) -> None:
    """Let the person's open pages know, once this transaction commits, that they should read again."""
    await notify(session, PUSH_CHANNEL, f"{user_id} {generation_id}")
