"""How much may be handed to a provider: slots, budget, and a breaker that opens, probes and closes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from vannilli_app.generations import breaker
from vannilli_app.generations.breaker import State
from vannilli_app.providers import Capabilities

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TEN = Capabilities(
    label="Ten",
    does="Ten at once.",
    motion_transfer=True,
    credits_per_second=1,
    fetches_links=False,
    max_seconds={"video": 30, "image": 30},
    parallel_tasks=10,
)
LIMITED = replace(TEN, parallel_tasks=1000, submissions_per_minute=100)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def broken() -> State:
    state = State()
    for _ in range(breaker.FAILURES):
        state = breaker.failed(state, NOW)
    return state


def test_there_is_room_for_what_the_slots_leave() -> None:
    assert [breaker.room(State(), TEN, taken, NOW)[0] for taken in (0, 7, 10, 12)] == [10, 3, 0, 0]


def test_a_busy_provider_gets_nothing_until_it_asked_to() -> None:
    state = breaker.busy(State(), later(5))
    assert breaker.room(state, TEN, 0, later(4))[0] == 0
    assert breaker.room(state, TEN, 0, later(5))[0] == 10
    assert breaker.busy(state, later(2)).busy_until == later(5)


def test_a_few_failures_change_nothing() -> None:
    state = State()
    for _ in range(breaker.FAILURES - 1):
        state = breaker.failed(state, NOW)
    assert breaker.room(state, TEN, 0, NOW)[0] == 10


def test_an_open_breaker_lets_one_probe_through_after_a_while() -> None:
    state = broken()
    assert breaker.room(state, TEN, 0, later(breaker.OPEN_SECONDS - 1))[0] == 0
    free, probing = breaker.room(state, TEN, 0, later(breaker.OPEN_SECONDS))
    assert free == 1
    assert breaker.room(probing, TEN, 1, later(breaker.OPEN_SECONDS + 1))[0] == 0
    assert breaker.room(breaker.succeeded(probing), TEN, 1, later(breaker.OPEN_SECONDS + 2))[0] == 9


def test_each_failed_probe_doubles_the_pause() -> None:
    state, pauses = broken(), []
    for _ in range(7):
        assert state.open_until is not None
        now = state.open_until
        state = breaker.failed(state, now)
        assert state.open_until is not None
        pauses.append((state.open_until - now).total_seconds())
    assert pauses == [30, 60, 120, 240, 300, 300, 300]


def test_a_budget_of_calls_is_never_exceeded() -> None:
    """Whatever is taken whenever it may be: in a minute no more than the budget and one burst."""
    state, taken = State(), 0
    for step in range(600):
        free, state = breaker.room(state, LIMITED, 0, later(step / 10))
        state = replace(state, budget=state.budget - free)
        taken += free
    burst = 100 * breaker.BURST_SECONDS / 60
    assert 100 - 2 <= taken <= 100 + burst
