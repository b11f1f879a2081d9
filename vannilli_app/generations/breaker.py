"""Pure decisions about how much may be handed to a provider now: its slots, its budget of calls, its circuit breaker.

A breaker opens after `FAILURES` failures in a row, for `OPEN_SECONDS`, twice as long with each further one. Then it is
half open: one submission goes through as a probe, and closes it or opens it again.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from vannilli_app.providers import Capabilities

FAILURES = 5
OPEN_SECONDS = 15.0
MOST_OPEN_SECONDS = 300.0
BURST_SECONDS = 10.0  # so much of a minute's budget may be used at once


@dataclass(frozen=True)
class State:
    """What is known of a provider: `models.ProviderState` without its name."""

    failures: int = 0
    open_until: datetime | None = None
    busy_until: datetime | None = None
    budget: float = 0.0
    budget_at: datetime | None = None


def room(state: State, capabilities: Capabilities, at_work: int, now: datetime) -> tuple[int, State]:
    """How many submissions may leave now, with the state once the budget's tokens up to now are counted in.

    The caller takes what it uses off `budget`.
    """
    state = _refilled(state, capabilities, now)
    slots = max(capabilities.parallel_tasks - at_work, 0)
    if is_open(state, now) or (state.busy_until is not None and state.busy_until > now):
        return 0, state
    if state.failures >= FAILURES:  # half open: the next probe only when nothing was heard of this one
        slots, state = min(slots, 1), replace(state, open_until=now + timedelta(seconds=OPEN_SECONDS))
    if capabilities.submissions_per_minute is None:
        return slots, state
    return min(slots, int(state.budget)), state


def is_open(state: State, now: datetime) -> bool:
    return state.open_until is not None and state.open_until > now


def succeeded(state: State) -> State:
    """A submission was taken: the provider is well."""
    return replace(state, failures=0, open_until=None)


def failed(state: State, now: datetime) -> State:
    """A call failed by the provider's fault."""
    failures = state.failures + 1
    if failures < FAILURES:
        return replace(state, failures=failures)
    seconds = min(OPEN_SECONDS * 2 ** min(failures - FAILURES, 10), MOST_OPEN_SECONDS)
    return replace(state, failures=failures, open_until=now + timedelta(seconds=seconds))


def busy(state: State, until: datetime) -> State:
    """The provider said that it takes no more until then; that is no failure."""
    return replace(state, busy_until=max(until, state.busy_until or until))


def _refilled(state: State, capabilities: Capabilities, now: datetime) -> State:
    if capabilities.submissions_per_minute is None:
        return state
    a_second = capabilities.submissions_per_minute / 60
    most = max(a_second * BURST_SECONDS, 1.0)
    elapsed = (now - state.budget_at).total_seconds() if state.budget_at else BURST_SECONDS
    return replace(state, budget=min(state.budget + max(elapsed, 0) * a_second, most), budget_at=now)
