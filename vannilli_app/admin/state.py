"""The dashboard as its page shows it. `push` has it read again while it is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import reflex as rx

from vannilli_app import routes
from vannilli_app.accounts.state import identity_of, person_of
from vannilli_app.admin import service, words
from vannilli_app.admin.access import reading
from vannilli_app.admin.schemas import PERIODS, Figures, MoneyRow, ProviderRow
from vannilli_app.db import PUSH_ADMINS
from vannilli_app.errors import NotFound
from vannilli_app.ui import tabs
from vannilli_app.words import ngettext

SHARED = 8  # lines on the page; its CSV has more


class AdminState(rx.State):
    """Whether whoever looks is an admin. Everybody else sees the page of addresses that lead nowhere."""

    allowed: bool = False
    checked: bool = False

    @rx.event
    async def guard(self):
        """Let admins in, and note their page, so that it is told when something changes."""
        identity = await identity_of(self)
        self.allowed = identity is not None and identity.role == "admin"
        self.checked = True
        if identity is not None and self.allowed:
            token = self.router.session.client_token
            tabs.note(identity.user_id, token)
            tabs.note(PUSH_ADMINS, token)

    async def read_again(self) -> None:
        """Have what is open on this page read again; `push` says so when something has changed."""
        reader = READ_AGAIN.get(self.router.url.path.rstrip("/"))
        if self.allowed and reader:
            await (await self.get_state(reader)).read_again()

    async def refuse(self) -> None:
        """They are an admin no more."""
        self.allowed = False


READ_AGAIN: dict[str, type[rx.State]] = {}
"""States by the path of their page."""


@dataclass
class MoneyLine:
    """One group of a breakdown, in words. `mood`: good, bad or even, by what it did to the margin."""

    name: str = ""
    revenue: str = ""
    cost: str = ""
    margin: str = ""
    effect: str = ""
    mood: str = ""
    tasks: str = ""
    href: str = ""


@dataclass
class Tile:
    """A figure with its name, and what to know about it."""

    name: str = ""
    value: str = ""
    note: str = ""


@dataclass
class Cause:
    """Something that moved the margin, with the way to its videos."""

    name: str = ""
    effect: str = ""
    href: str = ""
    mood: str = ""


@dataclass
class Board:
    """A provider on the board."""

    name: str = ""
    standing: str = ""
    mood: str = ""
    slots: str = ""
    share: float = 0.0
    waiting: str = ""
    tasks: str = ""
    latency: str = ""
    spend: str = ""
    href: str = ""


@dataclass
class Line:
    """Three cells of a small table."""

    name: str = ""
    value: str = ""
    note: str = ""
    href: str = ""


class DashboardState(rx.State):
    """The figures of a period."""

    loaded: bool = False
    days: int = 30
    margin: str = ""
    mood: str = "even"
    sentence: str = ""
    coverage: str = ""
    read_at: str = ""
    causes: rx.Field[list[Cause]] = rx.field(default_factory=list)
    tiles: rx.Field[list[Tile]] = rx.field(default_factory=list)
    chart: rx.Field[list[dict]] = rx.field(default_factory=list)
    chart_summary: str = ""
    by_day: rx.Field[list[MoneyLine]] = rx.field(default_factory=list)
    by_tier: rx.Field[list[MoneyLine]] = rx.field(default_factory=list)
    by_provider: rx.Field[list[MoneyLine]] = rx.field(default_factory=list)
    by_outcome: rx.Field[list[MoneyLine]] = rx.field(default_factory=list)
    board: rx.Field[list[Board]] = rx.field(default_factory=list)
    failures: rx.Field[list[Line]] = rx.field(default_factory=list)
    queues: rx.Field[list[Line]] = rx.field(default_factory=list)
    shared: rx.Field[list[Line]] = rx.field(default_factory=list)
    funnel: rx.Field[list[Line]] = rx.field(default_factory=list)
    incidents: rx.Field[list[Line]] = rx.field(default_factory=list)

    @rx.event
    async def load(self):
        """The period that the address names."""
        wanted = self.router.url.query_parameters.get("days", "")
        self.days = int(wanted) if wanted in map(str, PERIODS) else 30
        await self.read_again()

    async def read_again(self) -> None:
        """Read all of it as it stands now."""
        now = datetime.now(UTC)
        try:
            async with reading(await person_of(self)) as session:
                figures = await service.figures(session, self.days, now)
        except NotFound:
            await (await self.get_state(AdminState)).refuse()
            return
        self._show(figures)
        self.read_at = f"{now:%H:%M:%S} UTC"
        self.loaded = True

    def _show(self, figures: Figures) -> None:
        money = figures.money
        self.margin = words.share(money.total.margin)
        self.sentence = words.headline(money, figures.days)
        self.coverage = words.coverage(money)
        self.mood = _mood((money.total.margin or 0) - (money.before.margin or 0))
        self.causes = [
            Cause(
                words.mover(one),
                words.points(one.effect),
                words.link(one.kind, one.key, figures.days),
                _mood(one.effect),
            )
            for one in money.movers
        ]
        self.tiles = _tiles(figures)
        self.chart = _chart(figures)
        self.chart_summary = (
            f"Earned {words.dollars(money.total.revenue_usd)}, cost {words.dollars(money.total.cost_usd)}"
            f" {'today' if figures.days == 1 else f'over {figures.days} days'}. The table below has every day."
        )
        self.by_day = _lines("day", list(reversed(money.by_day)), figures.days)
        self.by_tier = _lines("tier", money.by_tier, figures.days)
        self.by_provider = _lines("provider", money.by_provider, figures.days)
        self.by_outcome = _lines("outcome", money.by_outcome, figures.days)
        self.board = [_board(one, figures.days) for one in figures.providers]
        self.failures = [
            Line(one.key.replace("_", " "), str(one.count), href=words.link("error", one.key, figures.days))
            for one in figures.work.failures
        ]
        self.queues = [
            Line(one.name, str(one.depth), words.seconds(one.oldest_seconds)) for one in figures.queues
        ]
        self.shared = [
            Line(f"{one.kind} {one.key[:16]}", f"{one.accounts:,}", f"{one.videos:,}")
            for one in figures.shared[:SHARED]
        ]
        self.funnel = _funnel(figures)
        self.incidents = [
            Line(one.sentence, words.moment(one.opened_at))
            for one in figures.incidents
            if not one.recovered_at
        ]


READ_AGAIN[routes.ADMIN] = DashboardState


def _mood(change: float) -> str:
    return "even" if abs(change) < 0.0005 else "good" if change > 0 else "bad"


def _lines(kind: str, rows: Sequence[MoneyRow], days: int) -> list[MoneyLine]:
    return [
        MoneyLine(
            name=words.name(kind, row.key),
            revenue=words.dollars(row.revenue_usd),
            cost=words.dollars(row.cost_usd),
            margin=words.share(row.margin),
            effect=words.points(row.effect),
            mood=_mood(row.effect or 0),
            tasks=f"{row.tasks:,}",
            href=words.link(kind, row.key, days),
        )
        for row in rows
    ]


def _chart(figures: Figures) -> list[dict]:
    """Every day of the period, also those without business."""
    there = {row.key: row for row in figures.money.by_day}
    days = [(figures.since + timedelta(days=number)).date() for number in range(figures.days)]
    return [
        {
            "label": f"{day:%d %b}",
            "revenue": there[str(day)].revenue_usd if str(day) in there else 0,
            "cost": there[str(day)].cost_usd if str(day) in there else 0,
        }
        for day in days
    ]


def _tiles(figures: Figures) -> list[Tile]:
    money, work, owed = figures.money, figures.work, figures.liability
    ended = work.completed + work.failed
    payments = figures.payments
    differences = ngettext("{n} difference", "{n} differences", payments.differences)
    compared = f"compared on {payments.compared_on:%d %b}" if payments.compared_on else "never compared yet"
    return [
        Tile(
            "Earned by videos",
            words.dollars(money.total.revenue_usd),
            "what had been paid for the credits spent",
        ),
        Tile("Cost of making them", words.dollars(money.total.cost_usd), words.tasks(money.total.tasks)),
        Tile("Paid in", words.dollars(money.cash_in_usd), f"{words.dollars(money.taken_back_usd)} went back"),
        Tile("Expired unspent", words.dollars(money.expired_usd), "earned by no video, in no margin"),
        Tile("Videos finished", f"{work.completed:,}", f"of {work.started:,}; {work.running:,} being made"),
        Tile(
            "Failed",
            words.share(work.failed / ended if ended else None),
            f"{work.failed:,}, {work.cancelled:,} cancelled",
        ),
        Tile(
            "Wait, median", words.seconds(work.wait_p50), f"95 of 100 within {words.seconds(work.wait_p95)}"
        ),
        Tile(
            "Came back",
            f"{work.released_credits + work.returned_credits:,} cr",
            f"{work.returned_credits:,} by an admin",
        ),
        Tile(
            "Credits owed",
            f"{owed.credits:,}",
            f"{words.dollars(owed.paid_usd)} behind them, {owed.held:,} set aside",
        ),
        Tile(
            "Stuck credits",
            f"{owed.stuck_credits:,}",
            f"{owed.stuck:,} past their deadline; {owed.debts:,} in debt",
        ),
        Tile(
            "Payment events",
            f"{payments.received:,}",
            f"{payments.failed:,} failed; {compared}, {differences}",
        ),
        Tile(
            "Requests",
            f"{figures.traffic.requests:,}",
            f"{figures.traffic.unchanged:,} from browsers' caches; {figures.traffic.bytes / 1e9:,.2f} GB served",
        ),
    ]


def _funnel(figures: Figures) -> list[Line]:
    came = figures.conversion
    steps = {
        "Signed up": came.signed_up,
        "Confirmed their email": came.verified,
        "Started a video": came.started,
        "Have a finished one": came.completed,
        "Paid": came.paid,
    }
    return [
        Line(name, f"{count:,}", words.share(count / came.signed_up if came.signed_up else None))
        for name, count in steps.items()
    ]


def _board(one: ProviderRow, days: int) -> Board:
    standing, mood = "Well", "good"
    if one.breaker != "closed":
        failures = ngettext("{n} failure in a row", "{n} failures in a row", one.failures_in_a_row)
        standing, mood = f"Breaker {one.breaker}, {failures}", "bad"
    elif not one.able:
        standing, mood = one.why_not, "bad"
    billed = words.share(one.billed_usd / one.cost_usd) if one.cost_usd else words.DASH
    return Board(
        name=one.label,
        standing=standing,
        mood=mood,
        slots=f"{one.taken} of {one.slots}",
        share=min(one.taken / one.slots, 1.0) if one.slots else 0.0,
        waiting=f"{one.waiting:,}",
        tasks=f"{one.tasks:,}, {one.failed:,} failed" + (f", {one.unsure:,} unsure" if one.unsure else ""),
        latency=f"{words.seconds(one.latency_p50)} / {words.seconds(one.latency_p95)}",
        spend=f"{words.dollars(one.cost_usd)}, {billed} billed" if one.cost_usd else words.dollars(0),
        href=words.link("provider", one.provider, days),
    )
