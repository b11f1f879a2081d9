"""Reports of the showcase as the admin's page shows them."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import reflex as rx

from vannilli_app import routes
from vannilli_app.accounts.schemas import Identity
from vannilli_app.admin import reports, words
from vannilli_app.admin.access import acting
from vannilli_app.admin.lists_state import ListState
from vannilli_app.admin.state import READ_AGAIN
from vannilli_app.showcase.schemas import REASONS, ReportRow

if TYPE_CHECKING:
    from sqlmodel.ext.asyncio.session import AsyncSession


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


class ReportsState(ListState, rx.State):
    """Reports in the state that is in the address; the open ones first of all."""

    rows: rx.Field[list[Reported]] = rx.field(default_factory=list)  # type: ignore[assignment]
    status: str = ""

    async def read_again(self) -> None:
        """Read the first page as it stands now."""
        await self.reload()

    def _ask(self, query: Mapping[str, str]) -> None:
        self.status = query.get("state", "open")

    def _session(self, identity: Identity | None) -> AbstractAsyncContextManager["AsyncSession"]:
        return acting(identity)  # the showcase's own queries, which run as the service

    async def _page(self, session: "AsyncSession") -> tuple[list[Reported], str | None]:
        page = await reports.page(session, reports.known(self.status), self.cursor or None)
        now = datetime.now(UTC)
        return [_reported(one, now) for one in page.items], page.next_cursor


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
        f"By {reporter}: {_counted(one.reporter_reports, 'report')}, {one.reporter_dismissed or 'none'} dismissed",
    ]
    if one.artist_email:
        taken = _counted(one.artist_takedowns, "video") if one.artist_takedowns else "no video"
        facts.append(f"Artist {one.artist_email}: {taken} taken down so far")
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


def _counted(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count:,} {what}s"
