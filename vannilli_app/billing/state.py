"""A person's credits and plan, and a payment on its way, for pages. `push` has the first two read again."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
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
from vannilli_app.words import N_, _, at, day, money, ngettext

FROM = {
    "signup": N_("from your sign-up"),
    "admin": N_("from the Vannilli team"),
    "plan": N_("from your plan"),
    "topup": N_("that you bought"),
    "open_mic": N_("from Open Mic"),
    "reinstated": N_("given back"),
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
    set_aside: str = ""
    owes: str = ""
    buckets: rx.Field[list[str]] = rx.field(default_factory=list)
    lines: rx.Field[list[Line]] = rx.field(default_factory=list)
    cursor: str = ""
    loaded: bool = False
    wanted: str = "40"  # credits to buy, as typed
    price: str = ""
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
        self.price = _price(self.wanted)
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
        self.available, self.set_aside, self.owes = (
            balance.available,
            _set_aside(balance.reserved),
            _owes(balance.owed),
        )
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
        self.price = _price(credits)

    @rx.event
    async def top_up(self):
        """To the checkout for the credits that are typed."""
        identity = await person_of(self)
        if identity is None:
            return
        if not (self.wanted.isdecimal() and len(self.wanted) < 8):
            self.refusal = _("Type how many credits you want: {least} or more.", least=TOP_UP_LEAST_CREDITS)
            return
        self.buying, self.refusal = True, ""
        yield
        try:
            key = f"{self._order}:{self.wanted}"
            made = await buying.top_up(identity.user_id, int(self.wanted), at(routes.ACCOUNT), key)
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
        self.name = _(PLANS[Tier(self.tier)].name)
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
            yield rx.redirect(at(routes.sign_in(after=at(routes.PRICING))))
            return
        self.busy, self.refusal = tier, ""
        yield
        try:
            key = f"{self._order}:{tier}"
            made = await buying.buy_tier(identity.user_id, tier, at(routes.ACCOUNT), key, datetime.now(UTC))
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
            self.busy, self.refusal = "", getattr(error, "message", _("There is no such plan."))
            return
        self.busy, self.asked = "", tier
        name = _(PLANS[Tier(tier)].name)
        self.asked_words = (
            _(
                "{plan} from now on. Today you pay {price} for the rest of this period, and get {n} credits more"
                " for it.",
                plan=name,
                price=dollars(price.cents),
                n=price.credits,
            )
            if price.cents
            else _(
                "{plan} from the next period on. Until then all stays as it is, and nothing is due today.",
                plan=name,
            )
        )

    @rx.event
    def never_mind(self):
        """Leave the plan as it is."""
        self.asked = ""


def _set_aside(credits: int) -> str:
    if not credits:
        return ""
    return ngettext(
        "{n} more is set aside for videos that are not taken yet.",
        "{n} more are set aside for videos that are not taken yet.",
        credits,
    )


def _owes(credits: int) -> str:
    if not credits:
        return ""
    return ngettext(
        "You owe {n} credit from a refund or a dispute. The next credits that you buy settle it; until then only"
        " drafts can be made.",
        "You owe {n} credits from a refund or a dispute. The next credits that you buy settle it; until then only"
        " drafts can be made.",
        credits,
    )


def _price(typed: str) -> str:
    """What so many credits cost; nothing as long as what is typed is no number."""
    count = int(typed) if typed.isdecimal() and len(typed) < 8 else 0
    return dollars(count * TOP_UP_CENTS_PER_CREDIT)


def dollars(cents: int) -> str:
    """`$3.50`, and `3,50 $` in German."""
    return money(Decimal(cents) / 100)


def _line(entry: Entry) -> Line:
    owed = _("{n} owed", n=f"{entry.owed:+d}") if entry.owed else ""
    amount = f"{entry.amount:+d}" if entry.amount else ""
    return Line(
        id=str(entry.id),
        day=day(entry.created_at),
        words=entry.words,
        amount=", ".join(filter(None, (amount, owed))).replace("-", "\N{MINUS SIGN}"),
        balance=str(entry.balance_after),
    )


def _ends(buckets: list[Bucket]) -> list[str]:
    """What ends when, soonest first; what is of one kind and one day is one line."""
    together: dict[tuple[str, str], int] = {}
    for one in buckets:
        ends = _("end on {day}", day=day(one.expires_at)) if one.expires_at else _("never expire")
        together[one.kind, ends] = together.get((one.kind, ends), 0) + one.amount
    return [
        _("{n} {origin} {end}", n=amount, origin=_(FROM[kind]), end=ends)
        for (kind, ends), amount in together.items()
    ]


def _plan_words(plan: PlanView) -> str:
    end = day(plan.period_end)
    match plan.status:
        case "past_due":
            return _("The last payment failed. Your credits stay; new ones come once it is paid.")
        case "paused":
            return f"{_pause_words(plan)} {_kept_words(plan)}"
    if plan.ending:
        return _("Ends on {day}. Until then all stays as it is.", day=end)
    following = PLANS[plan.next_tier]
    places = {"day": end, "price": dollars(following.price_cents), "n": following.credits}
    if plan.skipped:
        return _(
            "Begins again on {day} for {price}, with {n} credits. Until then it gives nothing.", **places
        )
    if plan.next_tier is plan.tier:
        return _("Renews on {day} for {price}, with {n} credits.", **places)
    return _("Becomes {plan} on {day} for {price}, with {n} credits.", plan=_(following.name), **places)


def _pause_words(plan: PlanView) -> str:
    if plan.paused_until is None:
        return _("Paused: nothing is charged, and no credits come.")
    return _("Paused until {day}: nothing is charged, and no credits come.", day=day(plan.paused_until))


def _kept_words(plan: PlanView) -> str:
    if plan.skipped:
        return _("It gives nothing until it is paid again.")
    return _("What you have of it stays to {day}.", day=day(plan.period_end))


def _others(plan: PlanView) -> list[Another]:
    now = PLANS[plan.tier].price_cents
    return [
        Another(
            one.tier.value,
            _(one.name),
            _("{price} a month", price=dollars(one.price_cents)),
            one.price_cents > now,
        )
        for one in PLANS.values()
        if one.offered and one.monthly and one.tier is not plan.next_tier
    ]
