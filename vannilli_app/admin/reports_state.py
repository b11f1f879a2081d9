"""Reports of the showcase as the admin's page shows them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import reflex as rx

from vannilli_app import routes
from vannilli_app.accounts.state import person_of
from vannilli_app.admin import reports, words
from vannilli_app.admin.access import acting
from vannilli_app.admin.state import READ_AGAIN, AdminState
from vannilli_app.errors import NotFound
from vannilli_app.showcase.schemas import REASONS, ReportRow


@dataclass
class Reported:
    """A report in words, with what can still be done about it."""

    id: str = ""
    video: str = ""
    title: str = ""
    watch: str = ""
    reason: str = ""
    said: str = ""
    standing: str = ""
    mood: str = ""
    facts: list[str] = field(default_factory=list)
    artist: str = ""
    people: str = ""
    is_open: bool = False
    is_shown: bool = False
    is_down: bool = False


class ReportsState(rx.State):
    """A page of reports in the state that is in the address; the open ones first of all."""

    rows: rx.Field[list[Reported]] = rx.field(default_factory=list)
    loaded: bool = False
    cursor: str = ""
    status: str = ""

    @rx.event
    async def load(self):
        """The first page."""
        self.status = self.router.url.query_parameters.get("state", "open")
        await self.read_again()

    @rx.event
    async def reload(self):
        """Read the first page again, after something was done."""
        await self.read_again()

    @rx.event
    async def more(self):
        """The next page, below."""
        await self._read_on()

    async def read_again(self) -> None:
        """Read the first page as it stands now."""
        self.rows, self.cursor = [], ""
        await self._read_on()

    async def _read_on(self) -> None:
        try:
            async with acting(await person_of(self)) as session:
                page = await reports.page(session, reports.known(self.status), self.cursor or None)
        except NotFound:
            await (await self.get_state(AdminState)).refuse()
            return
        now = datetime.now(UTC)
        self.rows += [_reported(one, now) for one in page.items]
        self.cursor, self.loaded = page.next_cursor or "", True


READ_AGAIN[routes.ADMIN_REPORTS] = ReportsState


def _reported(one: ReportRow, now: datetime) -> Reported:
    shown = one.item_state in ("copying", "public")
    reporter = one.reporter_email or "somebody without an address"
    waited = (
        f", waiting for {words.seconds((now - one.created_at).total_seconds())}"
        if one.state == "open"
        else ""
    )
    facts = [
        f"Reported {words.moment(one.created_at)} UTC{waited}",
        f"By {reporter}, who reported {_times(one.reporter_reports)}, {_times(one.reporter_dismissed)} for nothing",
    ]
    if one.artist_email:
        facts.append(
            f"Artist {one.artist_email}, of whom something was taken down {_times(one.artist_takedowns)}"
        )
    return Reported(
        id=str(one.id),
        video=str(one.generation_id or ""),
        title=one.title or "A video that is not shown any more",
        watch=routes.showcase_item(one.generation_id) if one.generation_id and shown else "",
        reason=REASONS[one.reason],
        said=one.description,
        standing={"open": "Open", "upheld": "Taken down", "dismissed": "Dismissed"}[one.state],
        mood={"open": "bad", "upheld": "good", "dismissed": "even"}[one.state],
        facts=facts,
        artist=str(one.artist_id or ""),
        people=f"{routes.ADMIN_PEOPLE}?search={one.artist_id}" if one.artist_id else "",
        is_open=one.state == "open",
        is_shown=shown,
        is_down=one.item_state == "taken_down",
    )


def _times(count: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count:,} times")
