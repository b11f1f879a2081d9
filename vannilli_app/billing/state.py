"""A person's credits and plan, and a payment on its way, for pages. `push` has the first two read again."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import reflex as rx

from vannilli_app import routes
from vannilli_app.accounts.state import person_of
from vannilli_app.billing import buying, service
from vannilli_app.billing.schemas import Bucket, Entry, PlanView
from vannilli_app.db import as_user, transaction
from vannilli_app.errors import VannilliError
from vannilli_app.music.price import PLANS, TOP_UP_CENTS_PER_CREDIT, TOP_UP_LEAST_CREDITS, Tier
from vannilli_app.ui import tabs

FROM = {
    "signup": "from your sign-up",
    "admin": "from the Vannilli team",
    "plan": "from your plan",
    "topup": "that you bought",
    "open_mic": "from Open Mic",
    "reinstated": "given back",
}


@dataclass
class Line:
    """One line of the ledger in words."""

    id: str
    day: str
    words: str
    amount: str
    balance: str


@dataclass
class Another:
    """A plan that one could change to."""

    tier: str
    name: str
    price: str
    dearer: bool


class CreditsState(rx.State):
    """What is there, what is set aside, what ends when, and every credit that came or went."""

    available: int = 0
    reserved: int = 0
    owed: int = 0
    buckets: rx.Field[list[str]] = rx.field(default_factory=list)
    lines: rx.Field[list[Line]] = rx.field(default_factory=list)
    cursor: str = ""
    loaded: bool = False
    wanted: str = "40"  # credits to buy, as typed
    price: str = "$12.00"
    buying: bool = False
    refusal: str = ""
    _order: str = ""  # of this visit: a second tap is the same order

    @rx.event
    async def load(self):
        """The balance and the first page of the ledger."""
        identity = await person_of(self)
        if identity is None:
            return
        tabs.note(identity.user_id, self.router.session.client_token)
        self.buying, self.refusal, self._order = False, "", uuid4().hex
        await self._read(identity.user_id)

    async def read_again(self) -> None:
        """What changed while the page is open."""
        identity = await person_of(self)
        if identity and self.loaded:
            await self._read(identity.user_id)

    async def _read(self, user_id: UUID) -> None:
        async with transaction(as_user(user_id)) as session:
            balance = await service.balance(session, user_id)
            page = await service.history(session, user_id)
        self.available, self.reserved, self.owed = balance.available, balance.reserved, balance.owed
        self.buckets = _ends(balance.buckets)
        self.lines = [_line(entry) for entry in page.items]
        self.cursor, self.loaded = page.next_cursor or "", True

    @rx.event
    async def more(self):
        """Older lines, below."""
        identity = await person_of(self)
        if identity is None:
            return
        async with transaction(as_user(identity.user_id)) as session:
            page = await service.history(session, identity.user_id, cursor=self.cursor)
        self.lines += [_line(entry) for entry in page.items]
        self.cursor = page.next_cursor or ""

    @rx.event
    def want(self, credits: str):
        """What is typed, and what it costs."""
        self.wanted, self.refusal = credits, ""
        count = int(credits) if credits.isdecimal() and len(credits) < 8 else 0
        self.price = dollars(count * TOP_UP_CENTS_PER_CREDIT)

    @rx.event
    async def top_up(self):
        """To the checkout for the credits that are typed."""
        identity = await person_of(self)
        if identity is None:
            return
        if not (self.wanted.isdecimal() and len(self.wanted) < 8):
            self.refusal = f"Type how many credits you want: {TOP_UP_LEAST_CREDITS} or more."
            return
        self.buying, self.refusal = True, ""
        yield
        try:
            key = f"{self._order}:{self.wanted}"
            made = await buying.top_up(identity.user_id, int(self.wanted), routes.ACCOUNT, key)
        except VannilliError as error:
            self.buying, self.refusal = False, error.message
            return
        yield rx.redirect(made.checkout_url)


class PlanState(rx.State):
    """The plan that a person has, what it could become, and the way to a checkout for one."""

    rehearsal: bool = False  # no money moves here
    tier: str = ""
    name: str = ""
    words: str = ""
    past_due: bool = False
    ending: bool = False
    paused: bool = False
    others: rx.Field[list[Another]] = rx.field(default_factory=list)
    asked: str = ""  # a tier that is asked for and not confirmed yet
    asked_words: str = ""
    busy: str = ""  # what is being done
    refusal: str = ""
    _order: str = ""
    _loaded: bool = False

    @rx.event
    async def load(self):
        """The plan of whoever looks; nobody's for a visitor."""
        self.asked, self.busy, self.refusal, self._order, self._loaded = "", "", "", uuid4().hex, True
        await self.read_again()

    async def read_again(self) -> None:
        """What changed while the page is open."""
        self.rehearsal = buying.is_rehearsal()
        identity = await person_of(self)
        if identity is None or not self._loaded:
            return
        tabs.note(identity.user_id, self.router.session.client_token)
        self._show(identity.tier, await buying.plan(identity.user_id))

    def _show(self, tier: Tier, plan: PlanView | None) -> None:
        self.tier = plan.tier.value if plan else tier.value
        self.name = PLANS[Tier(self.tier)].name
        self.words = _plan_words(plan) if plan else ""
        self.past_due = plan is not None and plan.status == "past_due"
        self.ending = plan is not None and plan.ending
        self.paused = plan is not None and plan.status == "paused"
        self.others = _others(plan) if plan else []

    @rx.event
    async def buy(self, tier: str):
        """To the checkout for Open Mic or a plan; whoever is not signed in does that first."""
        identity = await person_of(self)
        if identity is None:
            yield rx.redirect(routes.sign_in(after=routes.PRICING))
            return
        self.busy, self.refusal = tier, ""
        yield
        try:
            key = f"{self._order}:{tier}"
            made = await buying.buy_tier(identity.user_id, tier, routes.ACCOUNT, key, datetime.now(UTC))
        except VannilliError as error:
            self.busy, self.refusal = "", error.message
            return
        yield rx.redirect(made.checkout_url)

    @rx.event
    async def ask(self, tier: str):
        """What a change would cost, before it is made."""
        identity = await person_of(self)
        if identity is None:
            return
        self.busy, self.refusal, self.asked = tier, "", ""
        yield
        try:
            price = await buying.price_of_change(identity.user_id, Tier(tier), datetime.now(UTC))
        except (VannilliError, ValueError) as error:
            self.busy, self.refusal = "", getattr(error, "message", "There is no such plan.")
            return
        self.busy, self.asked = "", tier
        name = PLANS[Tier(tier)].name
        self.asked_words = (
            f"{name} from now on. Today you pay {dollars(price.cents)} for the rest of this period, and get"
            f" {price.credits} credits more for it."
            if price.cents
            else f"{name} from the next period on. Until then all stays as it is, and nothing is due today."
        )

    @rx.event
    def never_mind(self):
        """Leave the plan as it is."""
        self.asked = ""


def dollars(cents: int) -> str:
    """`$3.50`."""
    return f"${cents / 100:,.2f}"


def _line(entry: Entry) -> Line:
    owed = f"{entry.owed:+d} owed" if entry.owed else ""
    amount = f"{entry.amount:+d}" if entry.amount else ""
    return Line(
        id=str(entry.id),
        day=_day(entry.created_at),
        words=entry.words,
        amount=", ".join(filter(None, (amount, owed))).replace("-", "\N{MINUS SIGN}"),
        balance=str(entry.balance_after),
    )


def _ends(buckets: list[Bucket]) -> list[str]:
    """What ends when, soonest first; what is of one kind and one day is one line."""
    together: dict[tuple[str, str], int] = {}
    for one in buckets:
        ends = f"end on {_day(one.expires_at)}" if one.expires_at else "never expire"
        together[one.kind, ends] = together.get((one.kind, ends), 0) + one.amount
    return [f"{amount} {FROM[kind]} {ends}" for (kind, ends), amount in together.items()]


def _plan_words(plan: PlanView) -> str:
    day = _day(plan.period_end)
    match plan.status:
        case "past_due":
            return "The last payment failed. Your credits stay; new ones come once it is paid."
        case "paused":
            until = f" until {_day(plan.paused_until)}" if plan.paused_until else ""
            return f"Paused{until}: nothing is charged, and no credits come. Those you have stay to {day}."
    if plan.ending:
        return f"Ends on {day}. Until then all stays as it is."
    following = PLANS[plan.next_tier]
    becomes = "Renews" if plan.next_tier is plan.tier else f"Becomes {following.name}"
    return f"{becomes} on {day} for {dollars(following.price_cents)}, with {following.credits} credits."


def _others(plan: PlanView) -> list[Another]:
    now = PLANS[plan.tier].price_cents
    return [
        Another(one.tier.value, one.name, f"{dollars(one.price_cents)} a month", one.price_cents > now)
        for one in PLANS.values()
        if one.offered and one.monthly and one.tier is not plan.next_tier
    ]


def _day(when: datetime) -> str:
    return f"{when:%-d %b %Y}"
