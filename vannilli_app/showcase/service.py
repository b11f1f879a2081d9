"""The showcase's use cases: an artist shows a video and takes it back; everybody looks, watches and reports."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app import routes
from vannilli_app.accounts import audit
from vannilli_app.accounts.schemas import Client, Identity
from vannilli_app.calculator import words
from vannilli_app.cursors import cut, decode_cursor, decode_ranked, encode_cursor, encode_ranked
from vannilli_app.db import defer
from vannilli_app.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from vannilli_app.generations import queries as generations
from vannilli_app.generations import work
from vannilli_app.generations.lifecycle import KEPT_FOR
from vannilli_app.generations.schemas import Request
from vannilli_app.models import ContentReport, Generation, ShowcaseItem
from vannilli_app.music.tempo import Section
from vannilli_app.showcase import queries, viewers
from vannilli_app.showcase.schemas import Item, Page, Report, Reported, Showing, Standing, Wish
from vannilli_app.words import _, in_english, language

SETTLE_TASK = "showcase.settle"


async def standing(session: AsyncSession, user_id: UUID, generation_id: UUID) -> Standing:
    """Whether a video of mine is shown, and under which handle it would be. Raises NotFound."""
    made = await _mine(session, user_id, generation_id)
    found = await queries.item(session, made.id)
    if found:
        return await _standing(session, found)
    request = Request.model_validate(made.request)
    handle = await queries.last_handle(session, user_id)
    return Standing(state="off", title=request.track_name[:80], handle=handle)


async def show(
    session: AsyncSession, user_id: UUID, generation_id: UUID, wanted: Showing, client: Client, now: datetime
) -> Standing:
    """Show a finished video of mine, or change how it is called. Its files follow within seconds.

    Raises NotFound, Invalid, Conflict (`not_ready`, `handle_taken`), Forbidden (`taken_down`), Gone.
    """
    made = await _mine(session, user_id, generation_id)
    title = " ".join(wanted.title.split())
    if not title:
        raise Invalid(_("Give it a title."))
    _require_showable(made, now)
    if await queries.standing_takedown(session, made.id):
        raise Forbidden(
            _("This video was taken down and cannot be shown. Answer our mail if that is wrong."),
            code="taken_down",
        )
    await queries.hold_handle(session, wanted.handle)
    if await queries.handle_is_anothers(session, wanted.handle, user_id):
        raise Conflict(
            _("Another artist goes by @{handle}. Choose another handle.", handle=wanted.handle),
            code="handle_taken",
        )
    await session.exec(
        insert(ShowcaseItem)
        .values(_row(made, user_id, title, wanted.handle, now))
        .on_conflict_do_update(
            index_elements=[col(ShowcaseItem.generation_id)],
            set_={"title": title, "handle": wanted.handle},
        )
    )
    await queue_settling(session, made.id)
    _audit(session, "video_shown", user_id, made.id, client)
    shown = await queries.item(session, made.id)
    assert shown
    return await _standing(session, shown)


async def hide(session: AsyncSession, user_id: UUID, generation_id: UUID, client: Client) -> None:
    """Take a video of mine out: nobody sees it from this commit on, and its copy is deleted. Raises NotFound."""
    made = await _mine(session, user_id, generation_id)
    if await queries.item(session, made.id, lock=True) is None:
        return
    await queries.remove(session, made.id)
    await queue_settling(session, made.id)
    _audit(session, "video_hidden", user_id, made.id, client)


async def find(session: AsyncSession, generation_id: UUID) -> Item:
    """A video that everybody may see. Raises NotFound."""
    found = await queries.public(session, generation_id)
    if found is None:
        raise NotFound(_("This video is not in the showcase, or not any more."))
    return _seen(found)


async def page(session: AsyncSession, wish: Wish) -> Page:
    """A page of the showcase. Raises Invalid (`invalid_cursor`)."""
    watched = wish.order == "watched"
    before = (decode_ranked(wish.cursor) if watched else decode_cursor(wish.cursor)) if wish.cursor else None
    rows = await queries.page(session, wish, before, wish.limit + 1)
    shown, next_cursor = cut(rows, wish.limit, _by_watches if watched else _by_age)
    return Page(items=tuple(_seen(row) for row in shown), next_cursor=next_cursor)


async def watched(
    session: AsyncSession, generation_id: UUID, user_id: UUID | None, client: Client, now: datetime
) -> bool:
    """Count that somebody watched; True when it counted. Nobody counts twice a day, by account or by address, and
    neither the artist nor a machine at all. Raises NotFound."""
    found = await queries.public(session, generation_id)
    if found is None:
        raise NotFound(_("This video is not in the showcase, or not any more."))
    known = viewers.watching(user_id, client, now.date())
    if viewers.is_machine(client) or user_id == found.user_id or not known:
        return False
    if not await queries.note_watch(session, generation_id, known, now.date()):
        return False
    await queries.add_watch(session, generation_id)
    return True


async def report(
    session: AsyncSession, wanted: Report, identity: Identity | None, client: Client, now: datetime
) -> Reported:
    """Say what is wrong with a video; saying it again while it waits is the same report. Raises NotFound, Invalid."""
    description = wanted.description.strip()
    if not description:
        raise Invalid(_("Say in a sentence what is wrong."))
    if await queries.public(session, wanted.generation_id) is None:
        raise NotFound(_("This video is not in the showcase any more. There is nothing left to report."))
    user_id = identity.user_id if identity else None
    values = {
        "generation_id": wanted.generation_id,
        "user_id": user_id,
        "reporter": viewers.reporting(user_id, client),
        "email": None if identity else wanted.email,
        "language": language(),
        "reason": wanted.reason,
        "description": description,
        "created_at": now,
    }
    saved = await session.exec(
        insert(ContentReport)
        .values(values)
        .on_conflict_do_update(
            index_elements=["generation_id", "reporter"],
            index_where=col(ContentReport.state) == "open",
            set_={"reason": wanted.reason, "description": description},
        )
        .returning(col(ContentReport.id))
    )
    report_id = saved.scalar_one()
    audit.record(
        session,
        "video_reported",
        user_id=user_id,
        resource_type="content_report",
        resource_id=report_id,
        client=client,
    )
    return Reported(id=report_id, state="open")


async def queue_settling(session: AsyncSession, generation_id: UUID) -> None:
    """Have the files of a video brought to where its row says that they belong."""
    await defer(session, SETTLE_TASK, queue=work.WORK_QUEUE, generation_id=str(generation_id))


async def _mine(session: AsyncSession, user_id: UUID, generation_id: UUID) -> Generation:
    found = await generations.mine(session, user_id, generation_id)
    if found is None:
        raise NotFound(_("There is no such video."))
    return found


def _require_showable(made: Generation, now: datetime) -> None:
    if made.status != "completed" or made.completed_at is None:
        raise Conflict(_("Only a finished video can be shown."), code="not_ready")
    if made.cost_credits and made.downloaded_at is None:
        raise Conflict(_("Get the video first, then show it."), code="not_ready")
    if now >= made.completed_at + KEPT_FOR:
        raise Gone(_("This video is older than 30 days and is gone. Make it again to show it."))


async def _standing(session: AsyncSession, found: ShowcaseItem) -> Standing:
    down = await queries.standing_takedown(session, found.generation_id)
    return Standing(
        state=found.state,
        title=found.title,
        handle=found.handle,
        watches=found.watches,
        reason=down.reason if down else "",
        url=routes.showcase_item(found.generation_id),
    )


def _row(made: Generation, user_id: UUID, title: str, handle: str, now: datetime) -> dict[str, object]:
    request = Request.model_validate(made.request)
    return {
        "generation_id": made.id,
        "user_id": user_id,
        "title": title,
        "handle": handle,
        "bpm": request.bpm,
        "bars": request.bars,
        "time_signature": request.time_signature,
        "beat_unit": request.beat_unit,
        "part_name": request.section.part_name,
        "aspect": request.aspect,
        "width": made.width,
        "height": made.height,
        "duration_seconds": made.duration_seconds,
        "created_at": now,
    }


def _seen(row: ShowcaseItem) -> Item:
    section = Section.parse(row.bpm, row.bars, row.time_signature, row.beat_unit)
    return Item(
        generation_id=row.generation_id,
        title=row.title,
        handle=row.handle,
        bpm=float(row.bpm),
        bars=float(row.bars),
        time_signature=row.time_signature,
        beat_unit=row.beat_unit,
        part_name=row.part_name,
        aspect=row.aspect,
        width=row.width,
        height=row.height,
        duration_seconds=row.duration_seconds,
        watches=row.watches,
        shown_at=row.created_at,
        url=routes.showcase_item(row.generation_id),
        video_url=routes.SHOWCASE_VIDEO.format(generation_id=row.generation_id),
        poster_url=routes.SHOWCASE_POSTER.format(generation_id=row.generation_id),
        perform_url=in_english(
            words.address(section, routes.STUDIO_NEW)
        ),  # kept for readers of all languages
    )


def _audit(session: AsyncSession, action: str, user_id: UUID, generation_id: UUID, client: Client) -> None:
    audit.record(
        session,
        action,
        user_id=user_id,
        resource_type="generation",
        resource_id=generation_id,
        client=client,
    )


def _by_age(item: ShowcaseItem) -> str:
    return encode_cursor(item.created_at, item.generation_id)


def _by_watches(item: ShowcaseItem) -> str:
    return encode_ranked(item.watches, item.generation_id)
