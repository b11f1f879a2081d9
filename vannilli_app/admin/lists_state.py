"""Videos, people, payments and settings as the admin's pages show them."""

import json
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import reflex as rx
from pydantic import BaseModel, ValidationError

from vannilli_app import routes
from vannilli_app.accounts.schemas import Identity
from vannilli_app.accounts.state import person_of
from vannilli_app.admin import events, people, run_settings, videos, words
from vannilli_app.admin.access import reading
from vannilli_app.admin.schemas import Attempt, Comparison, EventRow, Job, JobFilter, JobRow, PersonRow
from vannilli_app.admin.state import READ_AGAIN, AdminState
from vannilli_app.alerts import rules
from vannilli_app.errors import Invalid, NotFound, VannilliError

if TYPE_CHECKING:
    from sqlmodel.ext.asyncio.session import AsyncSession

Filter = TypeVar("Filter", bound=BaseModel)


@dataclass
class Row:
    """A line of a list: its cells in words."""

    id: str = ""
    name: str = ""
    cells: list[str] = field(default_factory=list)
    mood: str = ""
    href: str = ""


@dataclass
class Happened:
    """A moment of a timeline."""

    at: str = ""
    what: str = ""
    detail: str = ""
    raw: str = ""


class ListState(rx.State, mixin=True):
    """Rows that are read page by page. What of them is wanted stands in the address."""

    rows: rx.Field[list[Row]] = rx.field(default_factory=list)
    loaded: bool = False
    cursor: str = ""
    sentence: str = ""  # why nothing can be shown

    @rx.event
    async def load(self):
        """The first page of what the address asks for."""
        self._ask(self.router.url.query_parameters)
        await self.reload()

    @rx.event
    async def reload(self):
        """Read the first page again, after something was done."""
        self.rows, self.cursor, self.sentence = [], "", ""
        await self._read_on()

    @rx.event
    async def more(self):
        """The next page, below."""
        await self._read_on()

    def _ask(self, query: Mapping[str, str]) -> None:
        """Note what is wanted."""
        raise NotImplementedError

    def _session(self, identity: Identity | None) -> AbstractAsyncContextManager["AsyncSession"]:
        """What the page is read in. Raises NotFound for whoever is no admin."""
        return reading(identity)

    async def _page(self, session: "AsyncSession") -> tuple[list[Any], str | None]:
        """The rows from `cursor` on, and the next cursor. Raises NotFound, Invalid."""
        raise NotImplementedError

    async def _read_on(self) -> None:
        try:
            async with self._session(await person_of(self)) as session:
                found, cursor = await self._page(session)
        except NotFound:
            await (await self.get_state(AdminState)).refuse()
        except VannilliError as error:
            self.sentence = error.message
        else:
            self.rows += found
            self.cursor = cursor or ""
        self.loaded = True


def filtered(kind: type[Filter], given: Mapping[str, str]) -> Filter:
    """The filters that are given in an address. Raises Invalid."""
    try:
        return kind.model_validate({name: value for name, value in given.items() if value})
    except ValidationError as error:
        raise Invalid("One of these filters cannot be meant. Clear them and start again.") from error


class VideosState(ListState, rx.State):
    """Videos by the filters in the address."""

    filters: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    def _ask(self, query: Mapping[str, str]) -> None:
        self.filters = {name: query.get(name, "") for name in JobFilter.model_fields}

    async def _page(self, session: "AsyncSession") -> tuple[list[Row], str | None]:
        page = await videos.page(
            session, filtered(JobFilter, self.filters), self.cursor or None, datetime.now(UTC)
        )
        return [_video(one) for one in page.items], page.next_cursor


class VideoState(rx.State):
    """All that is known of the video in the address."""

    loaded: bool = False
    missing: str = ""
    id: str = ""
    title: str = ""
    facts: rx.Field[list[Row]] = rx.field(default_factory=list)
    attempts: rx.Field[list[Row]] = rx.field(default_factory=list)
    timeline: rx.Field[list[Happened]] = rx.field(default_factory=list)
    request: str = ""
    running: bool = False
    failed: bool = False

    @rx.event
    async def load(self):
        """Read it."""
        self.loaded = False
        await self.read_again()

    @rx.event
    async def reload(self):
        """Read it again after something was done."""
        await self.read_again()

    async def read_again(self) -> None:
        """Read it as it stands now."""
        try:
            wanted = UUID(self.router.url.query_parameters.get("video", ""))
        except ValueError:
            self.missing, self.loaded = "This address names no video.", True
            return
        identity = await person_of(self)
        try:
            async with reading(identity) as session:
                self._show(await videos.one(session, wanted))
        except NotFound as error:
            self.missing = error.message
        self.loaded = True

    def _show(self, job: Job) -> None:
        row = job.row
        self.id, self.missing, self.title = str(row.id), "", job.track_name
        self.running, self.failed = row.status in ("pending", "processing"), row.status == "failed"
        self.facts = _facts(job)
        self.attempts = [_attempt(one) for one in job.attempts]
        self.timeline = [
            Happened(words.moment(one.at), one.what, one.detail, one.raw) for one in job.timeline
        ]
        self.request = json.dumps(job.request, indent=2, ensure_ascii=False)


READ_AGAIN[routes.ADMIN_VIDEO] = VideoState


class PeopleState(ListState, rx.State):
    """People by what was typed."""

    search: str = ""

    def _ask(self, query: Mapping[str, str]) -> None:
        self.search = query.get("search", "")

    async def _page(self, session: "AsyncSession") -> tuple[list[Row], str | None]:
        page = await people.page(session, self.search, self.cursor or None)
        return [_person(one) for one in page.items], page.next_cursor


class PaymentsState(ListState, rx.State):
    """The payment service's events, and what the nightly comparisons found."""

    comparisons: rx.Field[list[Row]] = rx.field(default_factory=list)
    status: str = ""

    def _ask(self, query: Mapping[str, str]) -> None:
        self.status = query.get("status", "")

    async def _page(self, session: "AsyncSession") -> tuple[list[Row], str | None]:
        page = await events.page(session, self.status, self.cursor or None)
        self.comparisons = [_comparison(one) for one in page.comparisons]
        return [_event(one) for one in page.items], page.next_cursor


class SettingsState(rx.State):
    """Run-time settings, and who changed them."""

    loaded: bool = False
    free_tier: bool = True
    order: str = ""
    off: str = ""
    alerts: str = ""
    rules: rx.Field[list[Row]] = rx.field(default_factory=list)
    changes: rx.Field[list[str]] = rx.field(default_factory=list)

    @rx.event
    async def load(self):
        """Read them as they stand now."""
        try:
            async with reading(await person_of(self)) as session:
                stored: dict[str, Any] = {
                    one.name: one.value for one in await run_settings.everything(session)
                }
                self.changes = await run_settings.changes(session)
        except NotFound:
            await (await self.get_state(AdminState)).refuse()
            return
        self.free_tier = stored["free_tier"] is not False
        self.order = ", ".join(stored["provider_order"] or [])
        self.off = ", ".join(stored["providers_off"] or [])
        self.alerts = json.dumps(stored[rules.SETTING]) if stored[rules.SETTING] else ""
        self.rules = [
            Row(
                name=one.label, cells=[one.name, f"{one.beyond} {one.threshold:g}", "on" if one.on else "off"]
            )
            for one in rules.in_force(stored[rules.SETTING])
        ]
        self.loaded = True


def _video(one: JobRow) -> Row:
    standing = one.error_code or (one.status if one.status != "processing" else one.stage)
    return Row(
        id=str(one.id),
        name=one.email,
        cells=[
            standing.replace("_", " "),
            words.moment(one.created_at),
            one.provider,
            words.name("tier", one.tier),
            words.dollars(one.revenue_usd),
            words.dollars(one.cost_usd),
        ],
        mood={"failed": "bad", "completed": "good"}.get(one.status, ""),
        href=routes.admin_video(one.id),
    )


def _facts(job: Job) -> list[Row]:
    row = job.row
    error = f": {row.error_code}" if row.error_code else ""
    until = words.moment(row.completed_at)
    facts = {
        "Whose": row.email,
        "Stands": f"{row.status}, {row.stage}{error}",
        "They were told": job.error_message or words.DASH,
        "Tier and provider": f"{words.name('tier', row.tier)}, {row.provider}",
        "Price": f"{words.credits(row.cost_credits)}, {job.reservation or 'none set aside'}",
        "Earned": words.dollars(row.revenue_usd),
        "Cost": f"{words.dollars(row.cost_usd)}, {words.tasks(row.tasks)}",
        "Started and ended": f"{words.moment(row.created_at)} {words.DASH} {until} UTC",
    }
    person = f"{routes.ADMIN_PEOPLE}?search={job.user_id}"
    return [
        Row(name=name, cells=[value], href=person if name == "Whose" else "") for name, value in facts.items()
    ]


def _attempt(one: Attempt) -> Row:
    if one.billed_usd is not None:
        bill = words.dollars(one.billed_usd)
    elif one.billed_amount is not None:
        bill = f"{one.billed_amount:g} {one.billed_unit}, in dollars not told"
    else:
        bill = "not billed"
    took = (one.ended_at - one.submitted_at).total_seconds() if one.ended_at and one.submitted_at else None
    return Row(
        name=one.provider,
        cells=[
            one.status.replace("_", " "),
            f"{one.seconds:g} s",
            words.seconds(took),
            words.dollars(one.listed_usd),
            bill,
            one.task_id or words.DASH,
            one.error_raw or "",
        ],
        mood="bad" if one.error_code or one.status in ("failed", "unsure") else "",
    )


def _person(one: PersonRow) -> Row:
    return Row(
        id=str(one.id),
        name=one.email,
        cells=[
            "banned" if one.banned_at else one.role,
            words.name("tier", one.tier),
            words.credits(one.credits) + (f", owes {one.owed:,}" if one.owed else ""),
            words.videos(one.videos),
            words.dollars(one.paid_usd),
            f"{one.created_at:%d %b %Y}",
        ],
        mood="bad" if one.banned_at else "",
        href=routes.admin_videos(search=one.email),
    )


def _event(one: EventRow) -> Row:
    return Row(
        id=one.id,
        name=one.type,
        cells=[one.id, words.moment(one.received_at), one.status, str(one.tries), one.error or ""],
        mood="bad" if one.status == "failed" else "",
    )


def _comparison(one: Comparison) -> Row:
    return Row(
        name=f"{one.day:%d %b %Y}",
        cells=[
            f"{one.facts:,}" if one.ended_at else "at work",
            ", ".join(one.repaired) or words.DASH,
            ", ".join(one.differences) or words.DASH,
        ],
        mood="bad" if one.differences else "",
    )
