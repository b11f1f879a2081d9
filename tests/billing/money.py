"""Sequences of everything that happens to money, played on the ledger and on a model of it, side by side.

Events come twice, late, out of order or never; a process dies between any two writes, or in the middle of one. Whenever
something was committed the model does the same, and both have to agree after every step; at the end a comparison with
the payment service makes good what was lost.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
from hypothesis import strategies as st

from tests.billing.shop import Shop
from tests.billing.test_service import add_generation
from tests.billing.tokens import Person
from tests.people import add_person
from vannilli_app.billing import balance_queries, facts, ledger, service
from vannilli_app.db import SERVICE, Database
from vannilli_app.errors import PaymentRequired
from vannilli_app.music.price import PLANS, Tier
from vannilli_app.payments import Bought, Fact, GivenBack, Plan, Product, TakenBack

BEGIN = datetime(2026, 11, 24, 12, tzinfo=UTC)
SMALL = st.integers(0, 7)

STEPS = st.one_of(
    st.tuples(st.just("topup"), st.integers(10, 40)),
    st.tuples(st.just("open_mic"), st.just(0)),
    st.tuples(st.just("subscribe"), st.just(0)),
    st.tuples(st.sampled_from(["upgrade", "end", "keep"]), st.just(0)),
    st.tuples(st.just("wait"), st.integers(1, 40)),
    st.tuples(st.sampled_from(["refund", "refund_part", "refund_failed", "dispute", "win"]), SMALL),
    st.tuples(st.sampled_from(["deliver", "deliver_twice", "drop"]), SMALL),
    st.tuples(st.sampled_from(["crash_between", "crash_within"]), SMALL),
    st.tuples(st.just("start"), st.integers(0, 60)),
    st.tuples(st.sampled_from(["download", "fail"]), SMALL),
    st.tuples(st.sampled_from(["tick", "compare"]), st.just(0)),
)
SEQUENCES = st.lists(STEPS, min_size=4, max_size=28)


class Crash(Exception):
    """The process died."""


@dataclass
class Play:
    """One person, their ledger in the database, and the model of it."""

    database: Database
    owner: psycopg.Connection[object]
    user_id: UUID
    shop: Shop
    model: Person = field(default_factory=Person)
    works: list[UUID] = field(default_factory=list)

    async def step(self, what: str, n: int) -> None:
        shop = self.shop
        match what:
            case "topup":
                shop.buy(Product.TOPUP, n)
            case "open_mic":
                shop.buy(Product.OPEN_MIC, PLANS[Tier.OPEN_MIC].credits)
            case "subscribe":
                shop.subscribe(Tier.ARTIST)
            case "upgrade":
                shop.upgrade()
            case "end" | "keep":
                shop.end_plan(what == "end")
            case "wait":
                shop.go_on(n)
            case "refund":
                shop.refund(n, 1.0)
            case "refund_part":
                shop.refund(n, 0.4)
            case "refund_failed":
                shop.fail_refund(n)
            case "dispute":
                shop.dispute(n)
            case "win":
                shop.win(n)
            case "start":
                await self.start(n)
            case "download" | "fail":
                await self.end_work(what, n)
            case "tick":
                await self.tick()
            case "compare":
                await self.compare()
            case _:
                await self.hear(what, n)

    async def hear(self, what: str, n: int) -> None:
        """An event arrives, or does not."""
        if not self.shop.hints:
            return
        hint = self.shop.hints[n % len(self.shop.hints)]
        if what != "deliver_twice":
            self.shop.hints.remove(hint)
        if what == "drop":
            return
        told = self.shop.facts(hint)
        dies_at = n % (len(told) + 1) if what.startswith("crash") else None
        for number, fact in enumerate(told):
            if number == dies_at:
                if what == "crash_within":
                    await self.book(fact, dies=True)
                return
            await self.book(fact)

    async def book(self, fact: Fact, *, dies: bool = False) -> None:
        try:
            async with self.database.transaction(SERVICE) as session:
                changed = await facts.book(session, fact, self.shop.now)
                if dies:
                    raise Crash
        except Crash:
            return
        expected = self.in_model(fact)
        if not isinstance(fact, Plan):
            assert (changed is not None) == expected, fact

    def in_model(self, fact: Fact) -> bool:
        now, model = self.shop.now, self.model
        match fact:
            case Bought():
                return model.grant(fact.reference, fact.credits, fact.expires_at, now)
            case TakenBack():
                whole = model.grants.get(fact.of, (0, now))[0]
                upto = whole * min(fact.cents_before + fact.cents, fact.paid_cents) // fact.paid_cents
                amount = upto - whole * min(fact.cents_before, fact.paid_cents) // fact.paid_cents
                return model.take_back(fact.reference, fact.of, amount, now)
            case GivenBack():
                return model.give_back(fact.reference, fact.of, now)
            case Plan():
                return False

    async def start(self, amount: int) -> None:
        generation = add_generation(self.owner, self.user_id)
        try:
            async with self.database.transaction(SERVICE) as session:
                await service.reserve(
                    session,
                    user_id=self.user_id,
                    generation_id=generation,
                    amount=amount,
                    now=self.shop.now,
                    deadline_at=self.shop.now + timedelta(days=2),
                )
        except PaymentRequired:
            assert not self.model.reserve(str(generation), amount, self.shop.now)
        else:
            assert self.model.reserve(str(generation), amount, self.shop.now)
            self.works.append(generation)

    async def end_work(self, what: str, n: int) -> None:
        if not self.works:
            return
        generation = self.works[n % len(self.works)]  # also one that has ended: then nothing happens
        async with self.database.transaction(SERVICE) as session:
            if what == "download":
                taken = await service.capture(
                    session, user_id=self.user_id, generation_id=generation, now=self.shop.now
                )
                assert taken == self.model.capture(str(generation), self.shop.now)
            else:
                await service.release(session, generation_id=generation, now=self.shop.now)
                self.model.release(str(generation), self.shop.now)
                self.model.end_expired(self.shop.now)

    async def tick(self) -> None:
        async with self.database.transaction(SERVICE) as session:
            await service.grant(
                session, user_id=self.user_id, amount=1, kind="admin", reference=self._once, now=self.shop.now
            )
        self.model.grant(self._once, 1, None, self.shop.now)

    @property
    def _once(self) -> str:
        return f"admin:{self.user_id}"

    async def compare(self) -> None:
        """The nightly comparison: everything that the service has."""
        for told in self.shop.everything():
            for fact in told:
                await self.book(fact)

    async def check(self) -> None:
        """Whatever happened, the ledger is the model, and adds up."""
        model = self.model
        async with self.database.transaction(SERVICE) as session:
            balance = await service.balance(session, self.user_id)
            grants = ledger.left(await balance_queries.lines_since_empty(session, self.user_id))
        assert balance.credits_remaining == len(model.credits)
        assert (balance.reserved, balance.owed) == (model.reserved, model.owed)
        assert 0 <= balance.available == model.available
        theirs: dict[str, int] = {}
        for one in model.credits:
            theirs[one.grant] = theirs.get(one.grant, 0) + 1
        assert {one.reference: one.amount for one in grants} == theirs
        rows = self.owner.execute(
            "SELECT sum(amount), sum(debt), sum(cents), count(*), count(DISTINCT reference),"
            " min(balance_after) FROM credit_entries WHERE user_id = %s",
            [self.user_id],
        ).fetchone()
        amount, debt, cents, lines, references, least = rows  # type: ignore[misc]
        if lines:
            assert (amount, debt) == (balance.credits_remaining, balance.owed)
            assert cents == sum(one.cents for one in grants)
            assert lines == references
            assert least >= 0

    async def settle(self) -> None:
        """All is told at last: every purchase is booked once, and what it gave back is gone."""
        await self.compare()
        await self.check()
        for purchase in self.shop.purchases:
            bought = purchase.bought
            (times,) = self.owner.execute(
                "SELECT count(*) FROM credit_entries WHERE reference = %s AND amount = %s",
                [bought.reference, bought.credits],
            ).fetchone()  # type: ignore[misc]
            assert times == 1, bought
        (tier,) = self.owner.execute("SELECT tier FROM users WHERE id = %s", [self.user_id]).fetchone()  # type: ignore[misc]
        assert tier == self._tier()

    def _tier(self) -> str:
        plan = self.shop.plan
        if plan and not plan.ended:
            return plan.tier.value
        net = {one.bought.reference: one.bought.credits for one in self.shop.purchases
               if one.bought.product is Product.OPEN_MIC}  # fmt: skip
        for of, credits in self.model.taken_back.values():
            if of in net:
                net[of] -= credits
        return "open_mic" if any(credits > 0 for credits in net.values()) else "free"


async def play(
    database: Database, owner: psycopg.Connection[object], sequence: list[tuple[str, int]]
) -> None:
    """Play a sequence for a person of its own. Raises AssertionError where the ledger is not the model."""
    person = add_person(owner)
    one = Play(database, owner, person, Shop(person, BEGIN))
    for what, n in sequence:
        await one.step(what, n)
        await one.check()
    await one.settle()
