"""What a new account starts with."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.billing import service
from vannilli_app.music.price import PLANS, Tier


async def welcome(session: AsyncSession, user_id: UUID, now: datetime) -> None:
    """Grant the free tier's credits for a first taste of a paid provider, in the transaction that makes the account.

    The line outlives the person, so its reference does not name them.
    """
    await service.grant(
        session,
        user_id=user_id,
        amount=PLANS[Tier.FREE].credits,
        kind="signup",
        reference=f"signup:{uuid4()}",
        now=now,
    )
