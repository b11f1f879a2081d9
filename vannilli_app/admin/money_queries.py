"""Every SELECT about money: the ledger's lines and the providers' bills, added up by the database."""

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import RowMapping
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.admin.money import Cell
from vannilli_app.admin.queries import rows

# What became of the video that a task was for. `task`, `generation`, `reservation`, `spent` and `returned` are rows.
OUTCOME = """CASE
    WHEN task.status IN ('failed', 'cancelling', 'cancelled', 'unsure') OR generation.status = 'failed' THEN 'failed'
    WHEN generation.id IS NULL THEN 'deleted'
    WHEN generation.status IN ('pending', 'processing') THEN 'at_work'
    WHEN returned.id IS NOT NULL THEN 'given_back'
    WHEN reservation.status = 'held' THEN 'not_taken'
    WHEN spent.cents < 0 THEN 'paid'
    ELSE 'free'
END"""

_COST = f"""
SELECT task.created_at >= :since AS ours, (task.created_at AT TIME ZONE 'UTC')::date AS day,
    coalesce(task.tier, 'unknown') AS tier, task.provider,
    {OUTCOME} AS outcome,
    sum(coalesce(task.billed_usd, task.estimated_usd)) AS cost,
    coalesce(sum(task.billed_usd), 0) AS billed,
    count(*) FILTER (WHERE task.billed_usd IS NULL AND task.estimated_usd > 0) AS unbilled_tasks,
    count(*) AS tasks
FROM provider_tasks task
LEFT JOIN generations generation ON generation.id = task.generation_id
LEFT JOIN credit_reservations reservation ON reservation.generation_id = task.generation_id
LEFT JOIN credit_entries spent ON spent.reference = 'generation:' || task.generation_id
LEFT JOIN credit_entries returned ON returned.reference = 'returned:' || task.generation_id
WHERE task.created_at >= :earlier AND task.created_at < :until
    AND (task.created_at >= :since OR task.created_at < :earlier_until)
GROUP BY 1, 2, 3, 4, 5
"""  # noqa: S608 (a constant)

_REVENUE = """
SELECT created_at >= :since AS ours, (created_at AT TIME ZONE 'UTC')::date AS day, coalesce(tier, 'unknown') AS tier,
    coalesce(provider, 'unknown') AS provider, CASE kind WHEN 'generation' THEN 'paid' ELSE 'given_back' END AS outcome,
    -sum(cents) AS cents
FROM credit_entries
WHERE kind IN ('generation', 'returned') AND created_at >= :earlier AND created_at < :until
    AND (created_at >= :since OR created_at < :earlier_until)
GROUP BY 1, 2, 3, 4, 5
HAVING sum(cents) <> 0
"""

_CASH = """
SELECT coalesce(sum(cents) FILTER (WHERE kind IN ('plan', 'topup', 'open_mic')), 0) AS cash_in,
    coalesce(-sum(cents) FILTER (WHERE kind IN ('refund', 'dispute', 'reinstated')), 0) AS taken_back,
    coalesce(-sum(cents) FILTER (WHERE kind = 'expiry'), 0) AS expired,
    coalesce(sum(amount) FILTER (WHERE kind = 'returned'), 0) AS returned_credits
FROM credit_entries WHERE created_at >= :since AND created_at < :until
"""

_LIABILITY = """
SELECT (SELECT coalesce(sum(credits_remaining), 0) FROM users) AS credits,
    (SELECT coalesce(sum(credit_debt), 0) FROM users) AS debts,
    (SELECT coalesce(sum(cents), 0) FROM credit_entries WHERE user_id IS NOT NULL) AS cents,
    coalesce(sum(amount), 0) AS held,
    count(*) FILTER (WHERE deadline_at <= :now) AS stuck,
    coalesce(sum(amount) FILTER (WHERE deadline_at <= :now), 0) AS stuck_credits
FROM credit_reservations WHERE status = 'held' AND user_id IS NOT NULL
"""


async def cells(
    session: AsyncSession, since: datetime, until: datetime, back: timedelta
) -> tuple[list[Cell], list[Cell]]:
    """Cost and revenue between two moments, and between the same moments `back` before; one pass over the books."""
    span = {"since": since, "until": until, "earlier": since - back, "earlier_until": until - back}
    found: tuple[list[Cell], list[Cell]] = ([], [])
    for row in await rows(session, _COST, **span):
        values = dict(row)
        found[not values.pop("ours")].append(Cell(**values))
    for row in await rows(session, _REVENUE, **span):
        names = (row["day"], row["tier"], row["provider"], row["outcome"])
        found[not row["ours"]].append(Cell(*names, revenue=Decimal(row["cents"]) / 100))
    return found


async def cash(session: AsyncSession, since: datetime, until: datetime) -> RowMapping:
    """Cents that came in, went back and expired between two moments, and credits given back by an admin."""
    return (await rows(session, _CASH, since=since, until=until))[0]


async def liability(session: AsyncSession, now: datetime) -> RowMapping:
    """Credits that people have and the cents behind them, what is set aside, owed and stuck."""
    return (await rows(session, _LIABILITY, now=now))[0]
