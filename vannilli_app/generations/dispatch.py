"""Handing waiting segments over to their provider: how many may go now, whose turn it is, and the jobs that do it.

Every process may call this at any time: the provider's row is locked meanwhile, so slots are never oversold.
"""

from dataclasses import asdict
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.db import SERVICE, transaction
from vannilli_app.generations import breaker, provider_queries, work
from vannilli_app.generations import segment_queries as queries
from vannilli_app.leases import LEASE
from vannilli_app.models import ProviderState
from vannilli_app.providers import providers


async def dispatch(provider: str, now: datetime) -> int:
    """Let as many of a provider's waiting segments go as it has room for; returns how many."""
    capabilities = providers()[provider].capabilities
    async with transaction(SERVICE) as session:
        row = await provider_queries.lock_state(session, provider)
        taken = await queries.at_work(session, provider)
        free, state = breaker.room(state_of(row), capabilities, taken, now)
        if free == 0:
            return 0
        ids = await queries.next_in_turn(session, provider, now, free)
        if not ids:
            return 0
        begun = await queries.start_submitting(session, ids, now, LEASE)
        keep(row, state, now)
        row.budget -= len(begun)
        for segment in begun:
            await work.queue_segment(session, segment)
        return len(begun)


async def dispatch_all(now: datetime) -> int:
    """Let go whatever waits for a provider that has room; returns how many segments that were."""
    async with transaction(SERVICE) as session:
        waited_for = await queries.providers_waited_for(session, now)
    return sum([await dispatch(name, now) for name in waited_for if name in providers()])


def state_of(row: ProviderState) -> breaker.State:
    """A provider's row as the decisions see it."""
    return breaker.State(row.failures, row.open_until, row.busy_until, row.budget, row.budget_at)


def keep(row: ProviderState, state: breaker.State, now: datetime) -> None:
    """Write a decided state back."""
    for name, value in asdict(state).items():
        setattr(row, name, value)
    row.updated_at = now


async def note_failure(session: AsyncSession, provider: str, now: datetime) -> None:
    """Count a failure that was the provider's."""
    row = await provider_queries.lock_state(session, provider)
    keep(row, breaker.failed(state_of(row), now), now)


async def note_busy(session: AsyncSession, provider: str, until: datetime, now: datetime) -> None:
    """Hand nothing to this provider until then."""
    row = await provider_queries.lock_state(session, provider)
    keep(row, breaker.busy(state_of(row), until), now)


async def note_success(session: AsyncSession, provider: str, now: datetime) -> None:
    """The provider took something: its breaker closes."""
    row = await provider_queries.lock_state(session, provider)
    if row.failures:
        keep(row, breaker.succeeded(state_of(row)), now)
