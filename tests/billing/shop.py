"""The truth as a payment service has it: what one person bought, what renewed, what went back. It gives the facts of
each thing as they stand now, as an adapter reads them, and hints of what has changed, as events are.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from vannilli_app.music.price import PLANS, TOP_UP_CENTS_PER_CREDIT, Tier, upgrade_credits
from vannilli_app.payments import Bought, Fact, GivenBack, Plan, Product, TakenBack

MONTH = timedelta(days=30)


@dataclass
class Refund:
    id: str
    cents: int
    failed: bool = False


@dataclass
class Dispute:
    id: str
    cents: int
    won: bool = False


@dataclass
class Purchase:
    """Something that was paid."""

    bought: Bought
    refunds: list[Refund] = field(default_factory=list)
    disputes: list[Dispute] = field(default_factory=list)

    def facts(self) -> list[Fact]:
        """The purchase, and then what went back of it."""
        of, paid = self.bought.reference, self.bought.cents
        found: list[Fact] = [self.bought]
        before = 0
        for refund in self.refunds:
            if refund.failed:
                found.append(GivenBack(f"refund_failed:{refund.id}", f"refund:{refund.id}"))
                continue
            found.append(TakenBack(f"refund:{refund.id}", of, "refund", refund.cents, before, paid))
            before += refund.cents
        for dispute in self.disputes:
            if dispute.won:
                found.append(GivenBack(f"dispute_won:{dispute.id}", f"dispute:{dispute.id}"))
            else:
                found.append(TakenBack(f"dispute:{dispute.id}", of, "dispute", dispute.cents, 0, paid))
        return found


@dataclass
class Subscription:
    tier: Tier
    start: datetime
    end: datetime
    ending: bool = False
    ended: bool = False


@dataclass
class Shop:
    """One person's dealings, at `now`."""

    user_id: UUID
    now: datetime
    purchases: list[Purchase] = field(default_factory=list)
    plan: Subscription | None = None
    hints: list[int | str] = field(default_factory=list)  # a purchase's number, or "plan"
    _read: int = 0

    def buy(self, product: Product, credits: int) -> None:
        cents = credits * TOP_UP_CENTS_PER_CREDIT if product is Product.TOPUP else 1500
        self._sold(product, credits, cents)

    def subscribe(self, tier: Tier) -> None:
        if self.plan is None or self.plan.ended:
            self.plan = Subscription(tier, self.now, self.now + MONTH)
            self._bill()

    def upgrade(self) -> None:
        """To Label, for the rest of the period."""
        plan = self.plan
        if plan is None or plan.ended or plan.tier is Tier.LABEL:
            return
        cents = round(3000 * ((plan.end - self.now) / MONTH))
        plan.tier, credits = Tier.LABEL, upgrade_credits(plan.tier, Tier.LABEL, cents)
        if credits:
            self._sold(Product.LABEL, credits, cents, plan.end)
        self.hints.append("plan")

    def end_plan(self, ending: bool) -> None:
        if self.plan and not self.plan.ended:
            self.plan.ending = ending
            self.hints.append("plan")

    def go_on(self, days: int) -> None:
        """Time passes, and what renews does."""
        later = self.now + timedelta(days=days)
        while self.plan and not self.plan.ended and self.plan.end <= later:
            self.now = self.plan.end
            if self.plan.ending:
                self.plan.ended = True
                self.hints.append("plan")
            else:
                self.plan.start, self.plan.end = self.plan.end, self.plan.end + MONTH
                self._bill()
        self.now = later

    def refund(self, number: int, share: float) -> None:
        purchase = self._purchase(number)
        if purchase:
            left = purchase.bought.cents - sum(one.cents for one in purchase.refunds if not one.failed)
            if cents := round(left * share):
                purchase.refunds.append(Refund(f"re_{self._named(number)}_{len(purchase.refunds)}", cents))
                self.hints.append(self._number(number))

    def fail_refund(self, number: int) -> None:
        purchase = self._purchase(number)
        if purchase and purchase.refunds:
            purchase.refunds[-1].failed = True
            self.hints.append(self._number(number))

    def dispute(self, number: int) -> None:
        purchase = self._purchase(number)
        if purchase and not purchase.disputes:
            purchase.disputes.append(Dispute(f"dp_{self._named(number)}", purchase.bought.cents))
            self.hints.append(self._number(number))

    def win(self, number: int) -> None:
        purchase = self._purchase(number)
        if purchase and purchase.disputes:
            purchase.disputes[-1].won = True
            self.hints.append(self._number(number))

    def facts(self, hint: int | str) -> list[Fact]:
        """What a hint speaks of, as it stands now."""
        if hint == "plan":
            return [self._plan_fact()] if self.plan else []
        purchase = self.purchases[int(hint)]
        plan = [self._plan_fact()] if purchase.bought.subscription_id else []
        return [*plan, *purchase.facts()]

    def everything(self) -> list[list[Fact]]:
        """All there is, purchase by purchase, as a comparison reads it."""
        plan: list[list[Fact]] = [[self._plan_fact()]] if self.plan else []
        return plan + [self.facts(number) for number in range(len(self.purchases))]

    def _plan_fact(self) -> Plan:
        assert self.plan
        self._read += 1
        return Plan(
            subscription_id=f"sub_{self.user_id}",
            customer_id=f"cus_{self.user_id}",
            user_id=self.user_id,
            tier=self.plan.tier,
            status="canceled" if self.plan.ended else "active",
            period_start=self.plan.start,
            period_end=self.plan.end,
            cancel_at_period_end=self.plan.ending,
            paused_until=None,
            read_at=self.now + timedelta(microseconds=self._read),
        )

    def _bill(self) -> None:
        assert self.plan
        plan = PLANS[self.plan.tier]
        self._sold(Product(self.plan.tier), plan.credits, plan.price_cents, self.plan.end)

    def _sold(self, product: Product, credits: int, cents: int, expires_at: datetime | None = None) -> None:
        number = len(self.purchases)
        self.purchases.append(
            Purchase(
                Bought(
                    reference=f"{'invoice' if product.plan else 'session'}:{self.user_id}:{number}",
                    customer_id=f"cus_{self.user_id}",
                    user_id=self.user_id,
                    product=product,
                    credits=credits,
                    cents=cents,
                    paid_at=self.now,
                    subscription_id=f"sub_{self.user_id}" if product.plan else None,
                    expires_at=expires_at,
                )
            )
        )
        self.hints.append(number)

    def _number(self, number: int) -> int:
        return number % len(self.purchases)

    def _named(self, number: int) -> str:
        return f"{self.user_id}_{self._number(number)}"

    def _purchase(self, number: int) -> Purchase | None:
        return self.purchases[self._number(number)] if self.purchases else None
