"""What becomes of somebody's payments when they leave: their plan ends, their data at the payment service goes."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.accounts.schemas import Client
from vannilli_app.billing import queries
from vannilli_app.db import defer
from vannilli_app.payments import payments

FORGET_TASK = "billing.forget"
FORGET_QUEUE = "work"


async def leave(session: AsyncSession, user_id: UUID, client: Client, now: datetime) -> None:  # noqa: ARG001 (as asked)
    """Have the payment service forget a person once their row is gone; the ledger stays without their name, and so do
    events that wait to be handled."""
    user = await queries.lock_person(session, user_id)  # or a checkout could note a customer after this look
    if user and user.stripe_customer_id:
        customer = user.stripe_customer_id
        for event in await queries.events_of(session, customer):
            event.payload = payments().without_person(event.payload)
            session.add(event)
        await queue_forgetting(session, customer)


async def queue_forgetting(session: AsyncSession, customer_id: str) -> None:
    """Have the payment service forget a customer who is nobody here (any more): their open checkouts close, their plans
    end."""
    await defer(session, FORGET_TASK, queue=FORGET_QUEUE, customer_id=customer_id)
