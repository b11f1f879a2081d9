"""What becomes of somebody's payments when they leave: their plan ends, their data at the payment service goes."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.accounts.schemas import Client
from vannilli_app.billing import queries
from vannilli_app.db import defer

FORGET_TASK = "billing.forget"
FORGET_QUEUE = "work"


async def leave(session: AsyncSession, user_id: UUID, client: Client, now: datetime) -> None:  # noqa: ARG001 (as asked)
    """Have the payment service forget a person once their row is gone; the ledger stays without their name."""
    user = await queries.person(session, user_id)
    if user and user.stripe_customer_id:
        customer = user.stripe_customer_id
        await defer(session, FORGET_TASK, queue=FORGET_QUEUE, lock=f"forget:{customer}", customer_id=customer)
