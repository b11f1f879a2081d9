"""The admin's routes. For everybody else there is nothing here; what changes something asks for proof first."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from vannilli_app import routes
from vannilli_app.accounts.identity import CurrentClient
from vannilli_app.admin import (
    actions,
    audit_log,
    events,
    people,
    prometheus,
    reports,
    run_settings,
    service,
    tables,
    videos,
)
from vannilli_app.admin.access import Admin, RecentAdmin, acting, reading
from vannilli_app.admin.audit_log import AuditFilter, AuditPage
from vannilli_app.admin.inputs import Adjust, Change, Done, Why
from vannilli_app.admin.schemas import (
    Days,
    EventPage,
    Figures,
    Job,
    JobFilter,
    JobPage,
    PersonPage,
    ReportPage,
    Setting,
)
from vannilli_app.billing.events import replay
from vannilli_app.db import SERVICE, transaction
from vannilli_app.problems import documented
from vannilli_app.showcase import moderation
from vannilli_app.showcase.schemas import ReportState

router = APIRouter(tags=["admin"], responses=documented({404: "not_found"}))
prometheus_router = APIRouter(include_in_schema=False)
REFUSED = documented({403: "confirmation_required", 409: "conflict", 422: "validation_error"})
Cursor = Annotated[str | None, Query(max_length=300)]


@router.get(routes.API_METRICS)
async def metrics(admin: Admin, days: Days = 30) -> Figures:
    """The business over the last `days` days (UTC, today included): cost against revenue, and all that is shown."""
    async with reading(admin) as session:
        return await service.figures(session, days, datetime.now(UTC))


@router.get(routes.API_ADMIN_TABLE, response_class=Response)
async def download_table(table: str, admin: Admin, days: Days = 30) -> Response:
    """One table of the figures as CSV."""
    async with reading(admin) as session:
        text = tables.table(await service.figures(session, days, datetime.now(UTC)), table)
    name = f"vannilli-{table}-{days}-days.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.get(routes.API_ADMIN_VIDEOS, responses=documented({422: "invalid_cursor, validation_error"}))
async def list_videos(admin: Admin, wanted: Annotated[JobFilter, Query()], cursor: Cursor = None) -> JobPage:
    """Videos of everybody, newest first."""
    async with reading(admin) as session:
        return await videos.page(session, wanted, cursor, datetime.now(UTC))


@router.get(routes.API_ADMIN_VIDEO)
async def one_video(video_id: UUID, admin: Admin) -> Job:
    """All that is known of one video: every attempt, raw answers, money, what people did."""
    async with reading(admin) as session:
        return await videos.one(session, video_id)


@router.post(routes.API_ADMIN_VIDEO_CANCEL, responses=REFUSED)
async def cancel(video_id: UUID, why: Why, admin: RecentAdmin, client: CurrentClient) -> Done:
    """Stop a running video; its credits come back."""
    async with acting(admin) as session:
        return Done(
            sentence=await actions.cancel(session, admin, video_id, why.reason, client, datetime.now(UTC))
        )


@router.post(routes.API_ADMIN_VIDEO_RETRY, responses=REFUSED)
async def retry(video_id: UUID, why: Why, admin: RecentAdmin, client: CurrentClient) -> Done:
    """Start a failed video once more, as it was asked for and for the same price."""
    async with acting(admin) as session:
        sentence, _ = await actions.retry(session, admin, video_id, why.reason, client, datetime.now(UTC))
    return Done(sentence=sentence)


@router.post(routes.API_ADMIN_VIDEO_REFUND, responses=REFUSED)
async def refund(video_id: UUID, why: Why, admin: RecentAdmin, client: CurrentClient) -> Done:
    """Give the credits of a video back, once."""
    async with acting(admin) as session:
        return Done(
            sentence=await actions.refund(session, admin, video_id, why.reason, client, datetime.now(UTC))
        )


@router.get(routes.API_ADMIN_PEOPLE, responses=documented({422: "invalid_cursor"}))
async def list_people(
    admin: Admin, search: Annotated[str, Query(max_length=320)] = "", cursor: Cursor = None
) -> PersonPage:
    """People by a part of their email, their id, Stripe customer or device; newest first."""
    async with reading(admin) as session:
        return await people.page(session, search, cursor)


@router.post(routes.API_ADMIN_CREDITS, responses=REFUSED)
async def adjust(person_id: UUID, given: Adjust, admin: RecentAdmin, client: CurrentClient) -> Done:
    """Give somebody credits, or take some that are free; the reason stands in their ledger."""
    async with acting(admin) as session:
        sentence = await actions.adjust(
            session, admin, person_id, given.credits, given.reason, client, datetime.now(UTC)
        )
    return Done(sentence=sentence)


@router.post(routes.API_ADMIN_BAN, responses=REFUSED)
async def ban(person_id: UUID, why: Why, admin: RecentAdmin, client: CurrentClient) -> Done:
    """Close an account; the person is told why by mail."""
    async with acting(admin) as session:
        return Done(
            sentence=await actions.ban(session, admin, person_id, why.reason, client, datetime.now(UTC))
        )


@router.post(routes.API_ADMIN_UNBAN, responses=REFUSED)
async def unban(person_id: UUID, why: Why, admin: RecentAdmin, client: CurrentClient) -> Done:
    """Open an account again."""
    async with acting(admin) as session:
        return Done(
            sentence=await actions.unban(session, admin, person_id, why.reason, client, datetime.now(UTC))
        )


@router.post(routes.API_ADMIN_WARN, responses=REFUSED)
async def warn(person_id: UUID, why: Why, admin: RecentAdmin, client: CurrentClient) -> Done:
    """Tell somebody by mail what they must not do again."""
    async with acting(admin) as session:
        return Done(
            sentence=await actions.warn(session, admin, person_id, why.reason, client, datetime.now(UTC))
        )


@router.get(routes.API_ADMIN_REPORTS, responses=documented({422: "invalid_cursor, validation_error"}))
async def list_reports(admin: Admin, state: ReportState | None = None, cursor: Cursor = None) -> ReportPage:
    """Reports of videos in the showcase, newest first; who reports often, and of whom things were taken down."""
    async with acting(admin) as session:
        return await reports.page(session, state, cursor)


@router.post(routes.API_ADMIN_DISMISS, responses=REFUSED)
async def dismiss_report(report_id: UUID, why: Why, admin: RecentAdmin, client: CurrentClient) -> Done:
    """Decide that a report is no reason to do anything."""
    async with acting(admin) as session:
        await moderation.dismiss(session, report_id, admin, client, datetime.now(UTC), why.reason)
    return Done(sentence="Dismissed. Who reported it is told, where they can be.")


@router.post(routes.API_ADMIN_TAKE_DOWN, responses=REFUSED)
async def take_down(video_id: UUID, why: Why, admin: RecentAdmin, client: CurrentClient) -> Done:
    """Take a video out of the showcase at once; its open reports are upheld, and the artist reads the reason."""
    async with acting(admin) as session:
        await moderation.take_down(session, video_id, why.reason, admin, client, datetime.now(UTC))
    return Done(sentence="Taken down. Nobody sees it from now on.")


@router.post(routes.API_ADMIN_RESTORE, responses=REFUSED)
async def restore(video_id: UUID, why: Why, admin: RecentAdmin, client: CurrentClient) -> Done:
    """Lift a takedown."""
    async with acting(admin) as session:
        await moderation.restore(session, video_id, admin, client, datetime.now(UTC), why.reason)
    return Done(sentence="It is shown again, where its artist still shows it.")


@router.get(routes.API_ADMIN_EVENTS, responses=documented({422: "invalid_cursor"}))
async def list_events(
    admin: Admin, status: Annotated[str, Query(max_length=20)] = "", cursor: Cursor = None
) -> EventPage:
    """Events of the payment service, newest first, and what the nightly comparisons found."""
    async with reading(admin) as session:
        return await events.page(session, status, cursor)


@router.post(routes.API_ADMIN_REPLAY, responses=REFUSED)
async def replay_event(event: str, why: Why, admin: RecentAdmin, client: CurrentClient) -> Done:
    """Handle a stored event once more. It books nothing twice."""
    async with acting(admin) as session:
        actions.note_replay(session, admin, event, why.reason, client)
    return Done(sentence=f"{event} is {await replay(event, datetime.now(UTC))}.")


@router.get(routes.API_ADMIN_AUDIT, responses=documented({422: "invalid_cursor, validation_error"}))
async def list_audit(
    admin: Admin, wanted: Annotated[AuditFilter, Query()], cursor: Cursor = None
) -> AuditPage:
    """What people did in the last 90 days, newest first."""
    async with reading(admin) as session:
        return await audit_log.page(session, wanted, cursor)


@router.get(routes.API_ADMIN_SETTINGS)
async def list_settings(admin: Admin) -> list[Setting]:
    """Settings that may change while it runs."""
    async with reading(admin) as session:
        return await run_settings.everything(session)


@router.put(routes.API_ADMIN_SETTING, responses=REFUSED)
async def change_setting(name: str, given: Change, admin: RecentAdmin, client: CurrentClient) -> Done:
    """Set one of them; null is the built-in one. It holds at once, in every process."""
    async with acting(admin) as session:
        await run_settings.change(session, admin, name, given.value, given.reason, client, datetime.now(UTC))
    return Done(sentence="It holds from now on.")


@prometheus_router.get(routes.PROMETHEUS, response_class=Response)
async def scrape(request: Request) -> Response:
    """Today's figures in Prometheus' text format."""
    prometheus.require_scraper(request)
    async with transaction(SERVICE) as session:
        figures = await service.figures(session, 1, datetime.now(UTC))
    return Response(prometheus.text(figures), media_type=prometheus.CONTENT_TYPE)
