"""Provider by fault by stage: every job ends, for the right reason, with the right credits, and the provider has just
the tasks that we know of.
"""

from uuid import UUID

import pytest

from tests.fakes.everyone import Everyone
from tests.fakes.faults import What, Where
from tests.fakes.service import FakeService
from tests.generations.flight import COST, Flight
from vannilli_app.providers import providers

PROVIDERS = ("kling", "runway", "kling_fal", "wan", "pika")
NO_IDS = ("runway", "kling_fal", "wan", "pika")  # keep none of our ids: a lost answer cannot be asked for
WELL = ("finishing", None)
UNSURE = ("failed", "submission_unsure")

FLIGHT_SECONDS = 3

# A fault, how often it comes, and what becomes of the job.
CASES: list[tuple[Where, What, int, tuple[str, str | None]]] = [
    ("submit", "slow", 1, WELL),
    ("submit", "429", 1, WELL),
    ("submit", "429_after", 1, WELL),
    ("look", "429", 2, WELL),
    ("look", "429_after", 1, WELL),
    ("look", "500", 3, WELL),
    ("look", "503", 1, WELL),
    ("look", "reset", 2, WELL),
    ("look", "half", 2, WELL),
    ("look", "wrong_json", 2, WELL),
    ("look", "unknown_status", 3, WELL),
    ("render", "fails", 1, WELL),
    ("render", "fails", 3, ("failed", "render_failed")),
    ("render", "refused", 1, ("failed", "render_failed")),
    ("render", "short", 1, WELL),
    ("result", "404", 1, WELL),
    ("result", "html", 1, WELL),
    ("result", "half", 1, WELL),
    ("result", "503", 2, WELL),
    ("result", "reset", 1, WELL),
    ("result", "huge", 1, ("failed", "result_refused")),
    ("result", "html", -1, ("failed", "result_unusable")),
    ("callback", "lost", 1, WELL),
    ("callback", "doubled", 1, WELL),
    ("callback", "forged", 1, WELL),
]
# Where our ids are kept, the task is found again; else nobody dares to send it twice.
LOST: list[What] = ["500", "503", "reset", "reset_after", "half", "wrong_json"]


def fake_of(fakes: Everyone, provider: str) -> FakeService:
    return {"kling": fakes.kling, "runway": fakes.runway}.get(provider, fakes.fal)


def check(flight: Flight, fake: FakeService, generation: UUID, outcome: tuple[str, str | None]) -> None:
    """The end that was expected, the credits that belong to it, and the books that agree with the provider's."""
    assert flight.outcome(generation) == outcome, flight.tasks(generation)
    assert flight.held(generation) == (COST if outcome == WELL else 0)
    known = flight.tasks(generation)
    assert {task["status"] for task in known} <= {"completed", "failed", "cancelled", "unsure"}
    with_id = [task for task in known if task["task_id"]]
    unsure = [task for task in known if task["status"] == "unsure"]
    assert len(with_id) <= len(fake.tasks) <= len(with_id) + len(unsure)
    assert fake.at_work == [] or unsure
    assert not flight.rows(
        "SELECT FROM segments WHERE stage IN ('submitting', 'rendering', 'collecting') OR claim IS NOT NULL"
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "provider",  # the others are reached through fal, and their wire is tried by the contract
    [pytest.param(one, marks=[] if one in ("kling", "runway") else [pytest.mark.long]) for one in PROVIDERS],
)
async def test_every_fault_has_its_end(flight: Flight, fakes: Everyone, provider: str) -> None:
    """One job a fault, one after the other, so that each meets its own."""
    fake = fake_of(fakes, provider)
    lost = UNSURE if provider in NO_IDS else WELL
    # Shorter and shorter rests are made as long as the provider takes them.
    can = providers()[provider].capabilities
    ever_shorter = WELL if can.min_seconds < FLIGHT_SECONDS else ("failed", "result_unusable")
    cases: list[tuple[Where, What, int, tuple[str, str | None]]] = [
        *CASES,
        *(("submit", what, 1, lost) for what in LOST),
        ("render", "short", -1, ever_shorter),
    ]
    for where, what, times, outcome in cases:
        if where == "callback" and not can.calls_back:
            continue
        fake.tasks.clear()
        fake.faults.script.clear()
        flight.people.clear()
        fake.faults.add(where, what, times=times)
        generation = await flight.begin(provider)
        await flight.until_landed()
        try:
            check(flight, fake, generation, outcome)
        except AssertionError as error:
            raise AssertionError(f"{provider}, {where}: {what}, {times} times") from error
        await flight.change("DELETE FROM generations WHERE id = %s", generation)
