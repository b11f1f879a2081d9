"""Comparing our ledger with the payment service: what we missed is booked; what only we have is reported, and what only
they have, since nobody is here whom it could be booked for."""

import logging
from datetime import datetime, timedelta

from vannilli_app.billing import facts, queries
from vannilli_app.db import SERVICE, transaction
from vannilli_app.models import Reconciliation
from vannilli_app.payments import Bought, payments

LOOKS_BACK = timedelta(days=35)  # a month and some days: a plan's whole period

log = logging.getLogger(__name__)


async def compare(now: datetime) -> Reconciliation:
    """Look at everything since `LOOKS_BACK`, book what is missing, and write down what differs."""
    since, looked, repaired, theirs = now - LOOKS_BACK, 0, [], set()
    async for told in payments().facts_since(since, now):
        looked += len(told)
        theirs |= {fact.reference for fact in told if isinstance(fact, Bought)}
        repaired += await facts.book_all(told, now)
    async with transaction(SERVICE) as session:
        ours = await queries.purchases_between(session, since + timedelta(days=1), now)
        unknown = theirs - await queries.known(session, theirs)
        differences = [f"{reference} is in our ledger only" for reference in sorted(ours - theirs)]
        differences += [
            f"{reference} was paid by nobody we know: give it back" for reference in sorted(unknown)
        ]
        if repaired or differences:
            log.warning("reconciliation: repaired %s, differences %s", repaired, differences)
        return await queries.end_reconciliation(
            session, now, facts=looked, repaired=repaired, differences=differences
        )
