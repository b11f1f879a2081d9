"""Pauses after wrong passwords. They grow, they end, and a device that the account knows does not wait:
whoever guesses is slowed down, and the person is never shut out."""

from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.accounts import queries, tokens
from vannilli_app.errors import TooMany
from vannilli_app.words import _

FREE_TRIES = 5
FAMILIAR_TRIES = (
    100  # from then on a device that is known waits as well: it may be a neighbour who guesses codes
)
LONGEST = timedelta(seconds=60)
FORGOTTEN_AFTER = timedelta(hours=6)


def pause(failures: int) -> timedelta:
    """How long after the last of so many wrong passwords in a row the next one is looked at."""
    if failures < FREE_TRIES:
        return timedelta(0)
    return min(timedelta(seconds=2.0 ** min(failures - FREE_TRIES, 10)), LONGEST)


async def begin_try(session: AsyncSession, email: str, now: datetime, *, familiar: bool) -> None:
    """Count a try as wrong until `succeeded` says otherwise, so that tries at once do not slip through.

    Raises TooMany (`sign_in_paused`) while the pause lasts; a `familiar` device has many tries before it waits.
    """
    key = tokens.email_hash(email)
    before = await queries.locked_failures(session, key)
    failures = before.failures if before and now - before.last_at < FORGOTTEN_AFTER else 0
    if before and failures and not (familiar and failures < FAMILIAR_TRIES):
        left = (before.last_at + pause(failures) - now).total_seconds()
        if left > 0:
            seconds = int(left) + 1
            raise TooMany(
                _(
                    "Too many tries. Wait {seconds} s, then try again, or choose a new password by mail.",
                    seconds=seconds,
                ),
                code="sign_in_paused",
                retry_after=seconds,
            )
    await queries.set_failures(session, key, failures + 1, now)


async def undo_try(session: AsyncSession, email: str, now: datetime) -> None:
    """The try was neither right nor wrong: the password was right and a code is missing."""
    key = tokens.email_hash(email)
    before = await queries.locked_failures(session, key)
    if before and before.failures > 1:
        await queries.set_failures(session, key, before.failures - 1, now)
    else:
        await queries.forget_failures(session, key)


async def succeeded(session: AsyncSession, email: str) -> None:
    """The try was right: nothing is held against the address."""
    await queries.forget_failures(session, tokens.email_hash(email))
