"""Who is signed in, for pages. The cookie is the one that the websocket was opened with, so signing in and out load
the whole page anew."""

from dataclasses import dataclass
from datetime import UTC, datetime

import reflex as rx

from vannilli_app import routes
from vannilli_app.accounts import privacy, sessions
from vannilli_app.accounts.identity import identify, token_from_cookies
from vannilli_app.accounts.schemas import Client, ExportView, Identity, SessionView
from vannilli_app.db import SERVICE, transaction
from vannilli_app.music.price import PLANS
from vannilli_app.ui import tabs
from vannilli_app.words import _, at, day, number


async def person_of(state: rx.State) -> Identity | None:
    """The person whose page this is; None when the session has ended, and then the page leads to the sign-in page."""
    identity = await identify(token_from_cookies(state.router.headers.cookie))
    if identity is None:
        (await state.get_state(SessionState)).ended = True
    return identity


def sign_in_first(state: rx.State):
    """To the sign-in page, and back to this one afterwards."""
    url = state.router.url
    return rx.redirect(at(routes.sign_in(after=f"{url.path}?{url.query}" if url.query else url.path)))


@dataclass
class Person:
    """A person as the pages show them."""

    email: str = ""
    plan: str = ""
    tier: str = ""
    credits: int = 0


class SessionState(rx.State):
    """The person at the top of every page of the studio."""

    person: Person = Person()
    ended: bool = False  # the session is over while the page is open; it leads to the sign-in page by itself

    @rx.event
    async def guard(self):
        """Only for the signed in; everybody else signs in first."""
        identity = await identify(token_from_cookies(self.router.headers.cookie))
        if identity is None:
            self.person = Person()
            return sign_in_first(self)
        self.ended = False
        tabs.note(identity.user_id, self.router.session.client_token)
        self.person = Person(
            identity.email, _(PLANS[identity.tier].name), identity.tier.value, identity.credits_remaining
        )
        return None

    @rx.event
    async def let_in(self):
        """Who is signed in needs no door."""
        self.ended = False
        if await identify(token_from_cookies(self.router.headers.cookie)):
            return rx.redirect(at(routes.STUDIO))
        return None

    async def look(self) -> None:
        """Whether the session is still alive; nothing of the person stays in the state of a page whose session has
        ended, whoever's state it is."""
        if await person_of(self) is None:
            (await self.get_state(rx.State)).reset()
            self.ended = True


@dataclass
class Device:
    """A signed-in device in words."""

    id: str = ""
    words: str = ""
    since: str = ""
    current: bool = False


@dataclass
class Copy:
    """A copy of one's data in words."""

    id: str = ""
    words: str = ""
    ready: bool = False


class AccountState(rx.State):
    """How the account is secured: devices, second step, copies, the opt-out."""

    devices: rx.Field[list[Device]] = rx.field(default_factory=list)
    copies: rx.Field[list[Copy]] = rx.field(default_factory=list)
    email_verified: bool = False
    totp: bool = False
    recovery_codes_left: int = 0
    do_not_sell: bool = False
    loaded: bool = False

    @rx.event
    async def load(self):
        """Read all of it as it stands now."""
        identity = await person_of(self)
        if identity is None:
            return
        async with transaction(SERVICE) as session:
            standing = await privacy.standing(session, identity)
            found = await sessions.mine(session, identity, datetime.now(UTC))
            copies = await privacy.exports(session, identity.user_id)
        self.email_verified, self.totp = standing.email_verified, standing.totp
        self.recovery_codes_left, self.do_not_sell = standing.recovery_codes_left, standing.do_not_sell
        self.devices = [_device(one) for one in found]
        self.copies = [_copy(one) for one in copies]
        self.loaded = True

    @rx.event
    async def set_do_not_sell(self, wanted: bool):
        """Keep the person's word; the box shows it at once."""
        self.do_not_sell = wanted
        yield
        identity = await person_of(self)
        if identity is None:
            return
        client = Client(None, self.router.headers.user_agent or None)
        async with transaction(SERVICE) as session:
            await privacy.set_do_not_sell(session, identity, wanted, client, datetime.now(UTC))


def _device(view: SessionView) -> Device:
    when = f"{day(view.created_at)}, {view.created_at:%H:%M}"
    since = (
        _("Since {when} UTC, from {address}", when=when, address=view.ip)
        if view.ip
        else _("Since {when} UTC", when=when)
    )
    return Device(str(view.id), view.device, since, view.current)


def _copy(view: ExportView) -> Copy:
    made = day(view.created_at)
    if view.status == "ready":
        return Copy(
            str(view.id),
            _(
                "{day}, {size} MB, kept for 7 days",
                day=made,
                size=number(f"{(view.size_bytes or 0) / 1e6:.1f}"),
            ),
            ready=True,
        )
    words = _("is being made") if view.status == "pending" else _("could not be made: ask again")
    return Copy(str(view.id), f"{made}, {words}")
