"""What the scheduler does for the ledger, in every process: all of it may run twice."""

from datetime import datetime, timedelta

from vannilli_app.billing import facts, queries, reconcile, service
from vannilli_app.db import SERVICE, transaction
from vannilli_app.payments import payments

HOUR = 3  # UTC: the night of most people


async def end_expired(now: datetime) -> int:
    """Book out credits whose period is over; returns how many people were looked at."""
    async with transaction(SERVICE) as session:
        return await service.end_expired(session, now)


async def reconcile_nightly(now: datetime) -> int:
    """Compare with the payment service once a day, in whichever process comes first; returns the facts looked at."""
    if now.hour < HOUR:
        return 0
    async with transaction(SERVICE) as session:
        if not await queries.begin_reconciliation(session, now):
            return 0
    return (await reconcile.compare(now)).facts


async def renew_sandbox(now: datetime) -> int:
    """Begin every period that is due in the sandbox, which sends no events; returns what was new."""
    if payments().moves_money:
        return 0
    renewed = 0
    async for told in payments().facts_since(now - timedelta(days=1), now):
        renewed += len(await facts.book_all(told, now))
    return renewed


async def forget(customer_id: str) -> None:
    """Delete somebody who left at the payment service, which ends their plan too."""
    await payments().forget(customer_id)
