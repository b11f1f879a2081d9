"""The figures of the business, put together from the queries; each takes a session of the reading role."""

from datetime import datetime, timedelta

from sqlalchemy import RowMapping
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.admin import money, money_queries, queries
from vannilli_app.admin.schemas import (
    Conversion,
    Counted,
    Figures,
    IncidentRow,
    Liability,
    Money,
    Payments,
    ProviderRow,
    Queue,
    Served,
    Shared,
    Work,
)
from vannilli_app.generations import breaker, offers, provider_queries, segment_queries
from vannilli_app.generations.dispatch import state_of
from vannilli_app.providers import providers

INCIDENTS = 10


async def figures(session: AsyncSession, days: int, now: datetime) -> Figures:
    """The last `days` days of UTC, today included, beside the same stretch before."""
    since = period_start(days, now)
    compared = await queries.compared(session)
    cash = await money_queries.cash(session, since, now)
    return Figures(
        days=days,
        since=since,
        until=now,
        money=await _money(session, days, since, now, cash),
        work=await _work(session, since, now, cash["returned_credits"]),
        conversion=Conversion(**await queries.conversion(session, since, now)),
        queues=await _queues(session, now),
        providers=await provider_rows(session, since, now),
        liability=await _liability(session, now),
        shared=[Shared(**row) for row in await queries.shared(session, since, now)],
        payments=Payments(
            **await queries.events(session, since, now),
            **(compared or {"compared_on": None, "differences": 0}),
        ),
        traffic=Served(**await queries.traffic(session, since)),
        incidents=[IncidentRow(**row) for row in await queries.incidents(session, INCIDENTS)],
    )


def period_start(days: int, now: datetime) -> datetime:
    """Midnight UTC before the first of the last `days` days, today being one."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=days - 1)


async def provider_rows(session: AsyncSession, since: datetime, now: datetime) -> list[ProviderRow]:
    """Every provider that is set up, and those that were handed something, best first."""
    tasks = await queries.tasks(session, since, now)
    waiting = await queries.waiting(session)
    states = await provider_queries.states(session)
    taken = await segment_queries.all_at_work(session)
    there = {one.provider: one for one in await offers.offers(session, now)}
    found = []
    for name in [*there, *sorted(tasks.keys() - there.keys())]:
        state = state_of(states[name]) if name in states else breaker.State()
        offer, done = there.get(name), tasks.get(name)
        known = providers().get(name)
        found.append(
            ProviderRow(
                provider=name,
                label=offer.label if offer else name,
                able=offer.able if offer else False,
                why_not=offer.why_not if offer else "Its key is not set any more.",
                slots=known.capabilities.parallel_tasks if known else 0,
                taken=taken.get(name, 0),
                waiting=waiting[name]["depth"] if name in waiting else 0,
                breaker=_breaker(state, now),
                open_until=state.open_until,
                failures_in_a_row=state.failures,
                **({key: done[key] for key in _OF_TASKS} if done else _NO_TASKS),
            )
        )
    return found


_NO_TASKS = {
    "tasks": 0, "completed": 0, "failed": 0, "unsure": 0, "latency_p50": None, "latency_p95": None,
    "cost_usd": 0.0, "billed_usd": 0.0, "unbilled_tasks": 0,
}  # fmt: skip
_OF_TASKS = tuple(_NO_TASKS)


def _breaker(state: breaker.State, now: datetime) -> str:
    if breaker.is_open(state, now):
        return "open"
    return "half open" if state.failures >= breaker.FAILURES else "closed"


async def _money(session: AsyncSession, days: int, since: datetime, now: datetime, cash: RowMapping) -> Money:
    ours, theirs = await money_queries.cells(session, since, now, timedelta(days=days))
    total, before = money.row("total", money.total(ours)), money.row("before", money.total(theirs))
    by_day = money.breakdown(ours, theirs, lambda cell: cell.day.isoformat(), align=False)
    by_tier = money.breakdown(ours, theirs, lambda cell: cell.tier)
    by_provider = money.breakdown(ours, theirs, lambda cell: cell.provider)
    by_outcome = money.breakdown(ours, theirs, lambda cell: cell.outcome)
    by_cause = money.breakdown(ours, theirs, lambda cell: f"{cell.provider} {cell.outcome}")
    return Money(
        total=total,
        before=before,
        by_day=sorted(by_day, key=lambda row: row.key),
        by_tier=by_tier,
        by_provider=by_provider,
        by_outcome=by_outcome,
        by_cause=by_cause,
        movers=money.movers({"cause": by_cause, "tier": by_tier, "day": by_day, "provider": by_provider}),
        cash_in_usd=cash["cash_in"] / 100,
        taken_back_usd=cash["taken_back"] / 100,
        expired_usd=cash["expired"] / 100,
    )


async def _work(session: AsyncSession, since: datetime, now: datetime, returned_credits: int) -> Work:
    return Work(
        **await queries.work(session, since, now),
        released_credits=await queries.released_credits(session, since, now),
        returned_credits=returned_credits,
        failures=[Counted(**row) for row in await queries.failures(session, since, now)],
    )


async def _queues(session: AsyncSession, now: datetime) -> list[Queue]:
    """The workers' queues, and the line before each provider."""
    there = [(row["name"], row) for row in await queries.queues(session)]
    lines = [(f"before {name}", row) for name, row in (await queries.waiting(session)).items()]
    return [
        Queue(
            name=name,
            depth=row["depth"],
            oldest_seconds=(now - row["oldest"]).total_seconds() if row["oldest"] else None,
        )
        for name, row in there + lines
    ]


async def _liability(session: AsyncSession, now: datetime) -> Liability:
    found = dict(await money_queries.liability(session, now))
    return Liability(paid_usd=found.pop("cents") / 100, **found)
