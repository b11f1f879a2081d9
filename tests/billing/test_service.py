"""The ledger on a real database: no order of operations makes it lie."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel.ext.asyncio.session import AsyncSession

from tests.people import add_person, add_project, insert
from vannilli_app.billing import service
from vannilli_app.config import Settings
from vannilli_app.db import SERVICE, Database, as_user
from vannilli_app.errors import NotFound, PaymentRequired

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SLOTS = 4

Grant = tuple[str, int, int]
operations = st.lists(
    st.one_of(
        st.tuples(st.just("grant"), st.integers(0, SLOTS), st.integers(1, 100)),
        st.tuples(st.just("reserve"), st.integers(0, SLOTS), st.integers(0, 80)),
        st.tuples(st.just("capture"), st.integers(0, SLOTS), st.just(0)),
        st.tuples(st.just("release"), st.integers(0, SLOTS), st.just(0)),
    ),
    max_size=25,
)


@dataclass
class Model:
    """What the ledger should say: grants by reference, generations by slot."""

    balance: int = 0
    granted: set[int] = field(default_factory=set)
    held: dict[int, int] = field(default_factory=dict)
    generations: dict[int, UUID] = field(default_factory=dict)


def add_generation(owner: psycopg.Connection[object], person: UUID) -> UUID:
    generation = uuid4()
    insert(
        owner,
        "generations",
        id=generation,
        project_id=add_project(owner, person),
        cost_credits=0,
        request="{}",
    )
    return generation


async def reserve(session: AsyncSession, person: UUID, generation: UUID, amount: int) -> None:
    """For a day."""
    await service.reserve(
        session,
        user_id=person,
        generation_id=generation,
        amount=amount,
        now=NOW,
        deadline_at=NOW + timedelta(days=1),
    )


async def play(
    database: Database, owner: psycopg.Connection[object], person: UUID, model: Model, op: Grant
) -> None:
    """Do one operation on the ledger and on the model of it."""
    what, slot, amount = op
    async with database.transaction(SERVICE) as session:
        match what:
            case "grant":
                await service.grant(
                    session,
                    user_id=person,
                    amount=amount,
                    kind="admin",
                    reference=f"{person}:{slot}",
                    now=NOW,
                )
                if slot not in model.granted:
                    model.granted.add(slot)
                    model.balance += amount
            case "reserve" if slot not in model.generations:
                generation = add_generation(owner, person)
                available = model.balance - sum(model.held.values())
                if amount > available:
                    with pytest.raises(PaymentRequired) as refusal:
                        await reserve(session, person, generation, amount)
                    assert refusal.value.extra == {"needed": amount, "available": available}
                else:
                    await reserve(session, person, generation, amount)
                    model.generations[slot] = generation
                    model.held[slot] = amount
            case "capture" if slot in model.generations:
                taken = await service.capture(
                    session, user_id=person, generation_id=model.generations[slot], now=NOW
                )
                assert taken == model.held.get(slot, 0)
                model.balance -= model.held.pop(slot, 0)
            case "release" if slot in model.generations:
                await service.release(session, generation_id=model.generations[slot], now=NOW)
                model.held.pop(slot, None)


async def check(database: Database, person: UUID, model: Model) -> None:
    async with database.transaction(as_user(person)) as session:
        balance = await service.balance(session, person)
        lines = (await service.history(session, person, limit=200)).items
    assert balance.credits_remaining == model.balance == sum(line.amount for line in lines)
    assert balance.reserved == sum(model.held.values())
    assert 0 <= balance.available == balance.credits_remaining - balance.reserved
    assert sum(bucket.amount for bucket in balance.buckets) == balance.credits_remaining
    running = 0
    for line in reversed(lines):
        running += line.amount
        assert line.balance_after == running >= 0


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # every example has a person of its own
)
@given(sequence=operations)
async def test_no_sequence_makes_the_ledger_lie(
    database: Database, environment: Settings, sequence: list[Grant]
) -> None:
    with psycopg.connect(environment.database_url, autocommit=True) as owner:
        person, model = add_person(owner), Model()
        for operation in sequence:
            await play(database, owner, person, model, operation)
            await check(database, person, model)


@pytest.fixture
def owner(database: Database, environment: Settings):
    with psycopg.connect(environment.database_url, autocommit=True) as connection:
        yield connection


async def test_credits_for_one_are_reserved_once_by_two_in_parallel(
    database: Database, owner: psycopg.Connection[object]
) -> None:
    person = add_person(owner, credits=14)

    async def try_to_reserve(generation: UUID) -> bool:
        try:
            async with database.transaction(SERVICE) as session:
                await reserve(session, person, generation, 14)
        except PaymentRequired:
            return False
        return True

    generations = [add_generation(owner, person) for _ in range(8)]
    assert sum(await asyncio.gather(*(try_to_reserve(g) for g in generations))) == 1


async def test_fifty_captures_of_one_video_take_its_credits_once(
    database: Database, owner: psycopg.Connection[object]
) -> None:
    person = add_person(owner, credits=20)
    generation = add_generation(owner, person)
    async with database.transaction(SERVICE) as session:
        await reserve(session, person, generation, 14)

    async def capture() -> int:
        async with database.transaction(SERVICE) as session:
            return await service.capture(session, user_id=person, generation_id=generation, now=NOW)

    assert sorted(await asyncio.gather(*(capture() for _ in range(50)))) == [0] * 49 + [14]
    async with database.transaction(as_user(person)) as session:
        assert (await service.balance(session, person)).credits_remaining == 6


async def test_nobody_reads_the_balance_of_another(
    database: Database, owner: psycopg.Connection[object]
) -> None:
    mine, theirs = add_person(owner, credits=1), add_person(owner, credits=2)
    async with database.transaction(as_user(mine)) as session:
        with pytest.raises(NotFound):
            await service.balance(session, theirs)


async def test_bought_credits_cover_only_what_they_pay_for(
    database: Database, owner: psycopg.Connection[object]
) -> None:
    person = add_person(owner, credits=3)
    async with database.transaction(SERVICE) as session:
        await service.grant(session, user_id=person, amount=20, kind="topup", reference="cs_1", now=NOW)
        assert not await service.bought_credits_cover(
            session, person, 14
        )  # 3 of them would be the given ones
    generation = add_generation(owner, person)
    async with database.transaction(SERVICE) as session:
        await reserve(session, person, generation, 3)
        await service.capture(session, user_id=person, generation_id=generation, now=NOW)
        assert await service.bought_credits_cover(session, person, 14)
        assert not await service.bought_credits_cover(session, person, 21)
        assert not await service.bought_credits_cover(session, person, 0)


async def test_the_history_comes_in_pages(database: Database, owner: psycopg.Connection[object]) -> None:
    person = add_person(owner)
    async with database.transaction(SERVICE) as session:
        for number in range(5):
            await service.grant(
                session,
                user_id=person,
                amount=number + 1,
                kind="admin",
                reference=f"{person}:{number}",
                now=NOW,
            )
    seen: list[int] = []
    cursor = None
    async with database.transaction(as_user(person)) as session:
        while True:
            page = await service.history(session, person, cursor=cursor, limit=2)
            seen += [line.amount for line in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
    assert seen == [5, 4, 3, 2, 1]
