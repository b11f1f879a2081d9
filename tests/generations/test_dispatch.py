"""Handing over: people take turns, slots are never oversold, and what a provider cannot do goes to the next one."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import pytest

from tests.fakes.everyone import Everyone
from tests.generations.flight import COST, CREDITS, Flight
from tests.people import add_person
from vannilli_app.accounts.schemas import Client
from vannilli_app.config import settings
from vannilli_app.db import SERVICE, transaction
from vannilli_app.generations import dispatch, jobs, offers, provider_queries, service
from vannilli_app.providers import providers


def stages(flight: Flight) -> dict[str, int]:
    rows = flight.rows("SELECT stage, count(*)::int AS count FROM segments GROUP BY stage")
    return {row["stage"]: row["count"] for row in rows}


async def test_slots_are_not_oversold_by_processes_that_dispatch_together(flight: Flight) -> None:
    person = add_person(flight.owner, credits=CREDITS * 10, tier="artist")
    for _ in range(9):
        await flight.begin("kling", person=person)
    slots = providers()["kling"].capabilities.parallel_tasks
    now = datetime.now(UTC)
    begun = await asyncio.gather(*(dispatch.dispatch("kling", now) for _ in range(6)))
    assert sum(begun) == slots == stages(flight)["submitting"]
    assert stages(flight)["waiting"] == 9 - slots


async def test_people_take_turns(flight: Flight) -> None:
    """One who has many waiting does not hold up one who comes later with a single one."""
    eager, late = (add_person(flight.owner, credits=CREDITS * 10, tier="artist") for _ in range(2))
    for _ in range(8):
        await flight.begin("kling", person=eager)
    single = await flight.begin("kling", person=late)
    await dispatch.dispatch("kling", datetime.now(UTC))
    (row,) = flight.rows("SELECT stage FROM segments WHERE generation_id = %s", single)
    assert row["stage"] == "submitting"


async def test_a_full_provider_makes_people_wait_and_nobody_pays_for_it(
    flight: Flight, fakes: Everyone
) -> None:
    fakes.kling.slots = 2
    fakes.kling.render_seconds = 0.3
    generations = [await flight.begin("kling") for _ in range(5)]
    await flight.until_landed(rounds=200)
    assert [flight.outcome(generation) for generation in generations] == [("finishing", None)] * 5
    assert len(fakes.kling.tasks) == 5


async def test_what_one_provider_cannot_do_goes_to_the_next_for_the_same_price(
    flight: Flight, fakes: Everyone
) -> None:
    fakes.kling.faults.add("render", "refused")
    generation = await flight.begin("kling", allow_failover=True)
    for _ in range(6):
        await flight.tick()
    (row,) = flight.rows("SELECT * FROM generations WHERE id = %s", generation)
    assert (row["provider"], row["stage"], row["tried_providers"]) == ("runway", "preparing", ["kling"])
    assert flight.held(generation) == COST


async def test_without_leave_it_goes_to_nobody_else(flight: Flight, fakes: Everyone) -> None:
    fakes.kling.faults.add("render", "refused")
    generation = await flight.begin("kling", allow_failover=False)
    await flight.until_landed()
    assert flight.outcome(generation) == ("failed", "render_failed")
    assert flight.held(generation) == 0


async def cancel(flight: Flight, generation: UUID) -> None:
    """As the person does it."""
    async with transaction(SERVICE) as session:
        await service.cancel(
            session, flight.people[generation], generation, Client(None, None), datetime.now(UTC)
        )


async def test_a_cancel_is_repeated_until_the_provider_has_heard_it(flight: Flight, fakes: Everyone) -> None:
    fakes.runway.render_seconds = 30
    fakes.runway.faults.add("cancel", "503", times=2)
    generation = await flight.begin("runway")
    await flight.tick()
    await cancel(flight, generation)
    assert flight.outcome(generation) == ("failed", "cancelled")
    assert flight.held(generation) == 0
    for _ in range(2):
        await flight.work("cancel")
        assert len(fakes.runway.at_work) == 1
        assert [task["status"] for task in flight.tasks(generation)] == ["cancelling"]
        await flight.change("UPDATE provider_tasks SET due_at = now()")
        assert await jobs.cancel_again(datetime.now(UTC)) == 1
    await flight.work("cancel")
    assert fakes.runway.at_work == []
    assert [task["status"] for task in flight.tasks(generation)] == ["cancelled"]


async def test_what_is_cancelled_while_it_is_handed_over_is_cancelled_there_too(
    flight: Flight, fakes: Everyone
) -> None:
    """The provider keeps none of our ids: only the answer to this very call tells which task it is."""
    fakes.runway.render_seconds = 30
    fakes.runway.faults.add("submit", "slow", seconds=2.5)
    generation = await flight.begin("runway")
    await dispatch.dispatch("runway", datetime.now(UTC))
    handing_over = asyncio.create_task(flight.work("segments"))
    while not flight.tasks(generation):  # noqa: ASYNC110 (the database has no event for it)
        await asyncio.sleep(0.05)
    await cancel(flight, generation)
    await handing_over
    await flight.work("cancel")
    assert len(fakes.runway.tasks) == 1
    assert fakes.runway.at_work == []
    (task,) = flight.tasks(generation)
    assert (task["status"], task["task_id"]) == ("cancelled", next(iter(fakes.runway.tasks)))


async def test_what_a_provider_that_was_taken_away_has_left_behind_ends(
    flight: Flight, monkeypatch: pytest.MonkeyPatch
) -> None:
    generation = await flight.begin("runway")
    await flight.change("UPDATE segments SET stage = 'rendering', task_id = 'x', submitted_at = now()")
    for one in providers().values():
        await one.close()
    monkeypatch.delenv("RUNWAY_API_KEY")
    settings.cache_clear()
    providers.cache_clear()
    await flight.until_landed(rounds=3)
    assert flight.outcome(generation) == ("failed", "provider_gone")
    assert flight.held(generation) == 0


async def test_what_was_billed_is_written_beside_the_estimate(flight: Flight) -> None:
    generation = await flight.begin("runway")
    await flight.until_landed()
    (task,) = flight.tasks(generation)
    assert (task["billed_unit"], float(task["billed_usd"])) == ("credits", pytest.approx(0.15))
    assert float(task["estimated_usd"]) == pytest.approx(0.15)


@pytest.mark.usefixtures("flight")
async def test_the_admin_sets_the_order_and_switches_providers_off() -> None:
    now = datetime.now(UTC)
    async with transaction(SERVICE) as session:
        await provider_queries.set_run_setting(session, offers.ORDER, ["wan", "local"], now)
        await provider_queries.set_run_setting(session, offers.OFF, ["kling"], now)
        offered = await offers.offers(session, now)
    assert next(one.provider for one in offered if one.able) == "wan"
    kling = next(one for one in offered if one.provider == "kling")
    assert (kling.able, kling.why_not) == (False, "Kling 2.6 is switched off for now.")
    assert offers.choose(offered, None).provider == "wan"
    assert offers.instead_of(offered, "wan", set()) == "runway"
    assert offers.instead_of(offered, "pika", set()) is None
