"""What every feature does when a person goes: the wiring of `accounts.privacy`, whoever asks for it."""

from datetime import datetime

from vannilli_app.accounts import retention
from vannilli_app.billing.leaving import leave as leave_payments
from vannilli_app.generations.leaving import leave as leave_videos

LEAVE = (leave_videos, leave_payments)


async def forget_unverified(now: datetime) -> int:
    """Delete the accounts that were never confirmed; returns how many."""
    return await retention.forget_unverified(LEAVE, now)
