"""Who is signed in, for pages. The cookie is the one that the websocket was opened with, so signing in and out load
the whole page anew."""

from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address
from uuid import UUID

import reflex as rx

from vannilli_app import routes
from vannilli_app.accounts import cookies, device, privacy, sessions
from vannilli_app.accounts.actions import words
from vannilli_app.accounts.identity import identify, parsed_ip
from vannilli_app.accounts.schemas import Client, ExportView, Identity, SessionView
from vannilli_app.db import SERVICE, as_user, transaction
from vannilli_app.music.price import PLANS
from vannilli_app.ui import tabs
from vannilli_app.ui.renewal import renew
from vannilli_app.words import _, at, day, number

PAGE = 20


async def identity_of(state: rx.State) -> Identity | None:
    """Who the page's cookie says is there; `person_of` besides keeps the page in step with it."""
    return await identify(cookies.value_of(cookies.access_cookie(), state.router.headers.cookie))


async def person_of(state: rx.State) -> Identity | None:
    """The person whose page this is; None when the session has ended, and then the page leads to the sign-in page."""
    identity = await identity_of(state)
    whose = str(identity.user_id) if identity else ""
    page = await state.get_state(SessionState)
    if page._whose not in ("", whose):
        await renew(state)
    page._whose, page.ended = whose, identity is None
    return identity


def client_of(state: rx.State) -> Client:
    """Where the page's websocket comes from, for limits and the audit log."""
    router = state.router
    return Client(
        parsed_ip(router.session.client_ip),
        router.headers.user_agent[:500] or None,
        gpc=router.headers.raw_headers.get("sec-gpc") == "1",
    )


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
    is_admin: bool = False


class SessionState(rx.State):
    """The person at the top of every page of the studio."""

    person: Person = Person()
    ended: bool = False  # the session is over while the page is open; it leads to the sign-in page by itself
    returning: bool = False  # on the sign-in page: the browser has a refresh token that may still be good
    _whose: str = ""  # the id of the person whose things are in this page

    @rx.event
    async def guard(self):
        """Only for the signed in; everybody else signs in first."""
        identity = await person_of(self)
        self.ended = False  # the way to the sign-in page is ours here
        if identity is None:
            return sign_in_first(self)
        tabs.note(identity.user_id, self.router.session.client_token)
        self.person = Person(
            identity.email,
            _(PLANS[identity.tier].name),
            identity.tier.value,
            identity.credits_remaining,
            identity.role == "admin",
        )
        return None

    @rx.event
    async def let_in(self):
        """Who is signed in needs no door, and whose access token has run out may have a refresh token."""
        self.ended = False
        if await identity_of(self):
            after = self.router.url.query_parameters.get(
                "next", ""
            )  # another tab may have let them in meanwhile
            return rx.redirect(after if routes.is_ours(after) else at(routes.STUDIO))
        self.returning = cookies.value_of(cookies.refresh_cookie(), self.router.headers.cookie) is not None
        return None

    async def look(self) -> bool:
        """Whether the session is still alive."""
        return await person_of(self) is not None


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
    gpc: bool = False  # the browser asks for it
    loaded: bool = False

    @rx.event
    async def load(self):
        """Read all of it as it stands now."""
        identity = await person_of(self)
        if identity is None:
            return
        client, now = client_of(self), datetime.now(UTC)
        async with transaction(SERVICE) as session:
            await privacy.honour_gpc(session, identity.user_id, client, now)
            standing = await privacy.standing(session, identity)
            found = await sessions.mine(session, identity, now)
            copies = await privacy.exports(session, identity.user_id)
        self.email_verified, self.totp = standing.email_verified, standing.totp
        self.recovery_codes_left, self.do_not_sell = standing.recovery_codes_left, standing.do_not_sell
        self.gpc = client.gpc
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
        async with transaction(SERVICE) as session:
            await privacy.set_do_not_sell(session, identity, wanted, client_of(self), datetime.now(UTC))


@dataclass
class Done:
    """Something that was done, in words."""

    id: str = ""
    words: str = ""
    where: str = ""


class ActivityState(rx.State):
    """What was done in the account, newest first."""

    done: rx.Field[list[Done]] = rx.field(default_factory=list)
    more: bool = False
    _last: tuple[datetime, UUID] | None = None

    @rx.event
    async def load(self):
        """The newest."""
        self.done, self._last = [], None
        await self._read()

    @rx.event
    async def older(self):
        """What was before, below."""
        await self._read()

    async def _read(self) -> None:
        identity = await person_of(self)
        if identity is None:
            return
        async with transaction(as_user(identity.user_id)) as session:
            found = await privacy.actions_before(session, identity.user_id, self._last, PAGE + 1)
        page = found[:PAGE]
        self.done += [
            Done(str(one.id), words(one.action), _where(one.created_at, one.user_agent, one.ip_address))
            for one in page
        ]
        self.more = len(found) > PAGE
        if page:
            self._last = page[-1].created_at, page[-1].id


def _where(when: datetime, user_agent: str | None, ip: IPv4Address | IPv6Address | None) -> str:
    parts = [f"{day(when)}, {when:%H:%M} UTC", device.words(user_agent) if user_agent else "", ip]
    return ", ".join(str(part) for part in parts if part)


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
