"""A video being made and a finished one, as the pages show them. `push` has `PreviewState` read again."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import reflex as rx

from vannilli_app import routes
from vannilli_app.accounts import devices
from vannilli_app.accounts.state import client_of, person_of
from vannilli_app.billing import buying
from vannilli_app.billing import service as billing
from vannilli_app.billing.schemas import Balance
from vannilli_app.db import SERVICE, as_user, reading, transaction
from vannilli_app.errors import NotFound, VannilliError
from vannilli_app.generations import begin, offers, service, views
from vannilli_app.generations.schemas import GenerationView, StartInput
from vannilli_app.music.price import (
    TOP_UP_CENTS_PER_CREDIT,
    TOP_UP_LEAST_CREDITS,
    dollars,
    quoted_tier,
)
from vannilli_app.ui import tabs
from vannilli_app.words import N_, _, at, money, ngettext, number

WORDS = {
    "preparing": N_("Cutting on your bars"),
    "submitted": N_("Handing it over"),
    "rendering": N_("They are performing"),
    "finishing": N_("Laying in your track"),
    "done": N_("Ready"),
}


@dataclass
class Shown:
    """A generation in the words and numbers of a page."""

    id: str = ""
    project: str = ""
    name: str = ""
    bpm: float = 0.0
    bars: float = 0.0
    time_signature: str = "4/4"
    aspect: str = "9:16"
    standing: str = ""  # running, ready, failed
    words: str = ""
    bars_done: float = 0.0
    left: str = ""
    provider: str = ""
    error: str = ""
    thumbnail_url: str = ""
    preview_url: str = ""
    gif_url: str = ""
    price: str = ""
    is_free: bool = True
    watermarked: bool = True
    downloaded: bool = False
    before: str = ""  # the video of which this one keeps all parts but one


@dataclass
class Choice:
    """A provider that could make the finished draft's video, in words."""

    provider: str = ""
    label: str = ""
    does: str = ""
    price: str = ""
    note: str = ""  # why it cannot right now, or that it makes people wait
    able: bool = False
    missing: str = ""  # what is short, when the credits do not suffice
    buy: int = 0  # how many credits would do, and what they cost
    buy_price: str = ""


class PreviewState(rx.State):
    """The generation that the address names, while it is made and once it is there."""

    shown: Shown = Shown()
    missing: str = ""
    cancelling: bool = False
    choices: list[Choice] = []  # noqa: RUF012 (Reflex copies it for each page)
    allow_failover: bool = True
    crossfade: bool = False
    starting: str = ""  # the provider that was just chosen
    refusal: str = ""
    server_key: str = ""  # with which a browser subscribes to notifications
    _order: str = ""  # of this visit: a second tap is the same order, a second visit another one

    @rx.event
    async def load(self):
        """Show it, and be told when it moves on."""
        identity = await person_of(self)
        if identity is None:
            return
        tabs.note(identity.user_id, self.router.session.client_token)
        self.cancelling, self.starting, self.refusal = False, "", ""
        self._order = uuid4().hex
        self.server_key = devices.public_key()
        await self.read_again()

    async def read_again(self) -> None:
        """Read the generation as the person whose page this is."""
        identity = await person_of(self)
        if identity is None:
            return
        try:
            view = await _mine(self, identity.user_id)
        except NotFound as error:
            self.shown, self.missing = Shown(), error.message
            return
        self.shown, self.missing = _shown(view, identity.tier), ""
        self.choices = await _choices(view, identity.user_id, identity.tier)

    @rx.event
    def set_allow_failover(self, allowed: bool):
        """Whether another provider of the same price may take over."""
        self.allow_failover = allowed

    @rx.event
    def set_crossfade(self, wanted: bool):
        """Whether parts that are made one by one dissolve into each other."""
        self.crossfade = wanted

    @rx.event
    async def render_with(self, provider: str):
        """Have the draft's take made by a provider, with its price reserved, and go and watch it."""
        self.starting, self.refusal = provider, ""
        yield
        identity = await person_of(self)
        wanted = generation_in(self)
        if identity is None or wanted is None:
            return
        order = StartInput(
            project_id=UUID(self.shown.project),
            rights_attested=True,  # they said so for this very take and picture, when they sent it
            provider=provider,
            allow_failover=self.allow_failover,
            crossfade=self.crossfade,
        )
        try:
            started = await begin.start(identity.user_id, order, client_of(self), f"{self._order}:{provider}")
        except VannilliError as error:
            self.refusal, self.starting = error.message, ""
            return
        yield rx.redirect(at(routes.studio_preview(started.id)))

    @rx.event
    async def buy_missing(self, credits: int):
        """To the checkout for exactly what is missing, and back to this page."""
        identity = await person_of(self)
        wanted = generation_in(self)
        if identity is None or wanted is None:
            return
        self.refusal = ""
        try:
            made = await buying.top_up(
                identity.user_id, credits, at(routes.studio_preview(wanted)), f"{self._order}:{credits}"
            )
        except VannilliError as error:
            self.refusal = error.message
            return
        yield rx.redirect(made.checkout_url)

    @rx.event
    async def cancel(self):
        """Stop it. The page says so at once, and takes it back if it was too late."""
        self.cancelling = True
        yield
        identity = await person_of(self)
        wanted = generation_in(self)
        if identity and wanted:
            async with transaction(SERVICE) as session:
                await service.cancel(session, identity.user_id, wanted, client_of(self), datetime.now(UTC))
            await self.read_again()
        self.cancelling = False


class DownloadState(rx.State):
    """The finished video, once its owner took it."""

    shown: Shown = Shown()
    url: str = ""
    file_name: str = ""
    facts: str = ""
    sentence: str = ""
    taking: bool = False

    @rx.event
    async def load(self):
        """A video that is free or was taken before opens at once; for another the person says so first."""
        self.url, self.sentence = "", ""
        identity = await person_of(self)
        if identity is None:
            return
        try:
            view = await _mine(self, identity.user_id)
            self.shown = _shown(view, identity.tier)
            if self.shown.standing == "ready" and (self.shown.is_free or self.shown.downloaded):
                await self._take(identity.user_id, view.generation_id)
        except VannilliError as error:
            self.sentence = error.message

    @rx.event
    async def take(self):
        """Pay with the reserved credits, and open it."""
        self.taking, self.sentence = True, ""
        yield
        identity = await person_of(self)
        wanted = generation_in(self)
        try:
            if identity and wanted:
                await self._take(identity.user_id, wanted)
        except VannilliError as error:
            self.sentence = error.message
        self.taking = False

    async def _take(self, user_id: UUID, wanted: UUID) -> None:
        async with transaction(SERVICE) as session:
            found, taken, balance = await service.collect(
                session, user_id, wanted, client_of(self), datetime.now(UTC)
            )
        video = await views.download(found, taken=taken, balance=balance)
        self.url = video.download_url
        self.file_name = f"{self.shown.name} - Vannilli.mp4"
        seconds = number(f"{video.duration_seconds:.3f}")
        self.facts = f"{video.width} \N{MULTIPLICATION SIGN} {video.height}, {seconds} s"


def price_of(credits: int, tier: str) -> str:
    """Credits, and dollars at the tier's rate."""
    return _(
        "{credits} ({price})",
        credits=ngettext("{n} credit", "{n} credits", credits),
        price=money(dollars(credits, quoted_tier(tier))),
    )


def generation_in(state: rx.State) -> UUID | None:
    """The generation that the page's address names."""
    try:
        return UUID(state.router.url.query_parameters.get("generation", ""))
    except ValueError:
        return None


async def _mine(state: rx.State, user_id: UUID) -> GenerationView:
    """The person's video that the page's address names, as it is now. Raises NotFound."""
    wanted = generation_in(state)
    if wanted is None:
        raise NotFound(_("There is no such video."))
    async with reading(as_user(user_id)) as session:
        found = await service.mine(session, user_id, wanted)
    return await views.view(found, datetime.now(UTC))


def _shown(view: GenerationView, tier: str) -> Shown:
    price = price_of(view.cost_credits, tier) if view.cost_credits else _("free")
    return Shown(
        id=str(view.generation_id),
        project=str(view.project_id),
        name=view.track_name,
        bpm=view.bpm,
        bars=view.bars,
        time_signature=view.time_signature,
        aspect=view.aspect,
        standing={"completed": "ready", "failed": "failed"}.get(view.status, "running"),
        words=_words(view),
        bars_done=round(view.progress * view.bars, 2),
        left=_left(view.eta_seconds) or _so_far(view),
        provider=view.provider_label,
        error=view.error.detail if view.error else "",
        thumbnail_url=view.thumbnail_url or "",
        preview_url=view.preview_url or "",
        gif_url=view.preview_gif_url or "",
        price=price,
        is_free=view.cost_credits == 0,
        watermarked=view.watermarked,
        downloaded=view.downloaded,
        before=str(view.remade_from or ""),
    )


async def _choices(view: GenerationView, user_id: UUID, tier: str) -> list[Choice]:
    """Who could make a finished draft's video, best first, while its files are still there."""
    if view.status != "completed" or view.cost_credits:
        return []
    async with transaction(SERVICE) as session:
        offered = await offers.offers(session, datetime.now(UTC))
        balance = await billing.balance(session, user_id)
    return [_choice(one, view.billed_seconds, tier, balance) for one in offered if one.credits_per_second]


def _choice(offer: offers.Offer, seconds: int, tier: str, balance: Balance) -> Choice:
    credits = seconds * offer.credits_per_second
    short = max(credits - balance.available, 0) + balance.owed
    buy = max(short, TOP_UP_LEAST_CREDITS) if short else 0
    return Choice(
        missing=ngettext(
            "You have {available}: {n} more is needed.",
            "You have {available}: {n} more are needed.",
            short,
            available=balance.available,
        )
        if short
        else "",
        buy=buy,
        buy_price=money(Decimal(buy * TOP_UP_CENTS_PER_CREDIT) / 100),
        provider=offer.provider,
        label=offer.label,
        does=offer.does,
        price=price_of(credits, tier),
        note=offer.why_not
        or (_("All its places are taken; yours will wait a little.") if offer.crowded else ""),
        able=offer.able,
    )


def _words(view: GenerationView) -> str:
    """The stage in words; a provider is named where it is not our own."""
    if view.status == "pending":
        return _("Waiting for its turn")
    if view.stage == "rendering" and view.cost_credits:
        return _("{provider} is performing", provider=view.provider_label)
    return _(WORDS[view.stage])


def _so_far(view: GenerationView) -> str:
    """How long it has taken, where nobody can tell how long it will."""
    if view.stage != "rendering" or view.elapsed_seconds < 20:
        return ""
    return _("{time} so far", time=_duration(round(view.elapsed_seconds / 10) * 10))


def _duration(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return " ".join(([f"{minutes} min"] if minutes else []) + ([f"{rest} s"] if rest else []))


def _left(seconds: float | None) -> str:
    """About how long it still takes, in words a person uses; empty when nobody knows."""
    if seconds is None:
        return ""
    if seconds < 10:
        return _("a few seconds left")
    return _("about {time} left", time=_duration(round(seconds / 10) * 10))
