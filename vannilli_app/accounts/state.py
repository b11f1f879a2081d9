"""Who is signed in, for pages. The cookie is the one that the websocket was opened with, so signing in and out load
the whole page anew."""

from dataclasses import dataclass

import reflex as rx

from vannilli_app import routes
from vannilli_app.accounts.identity import identify, token_from_cookies
from vannilli_app.accounts.schemas import Identity
from vannilli_app.music.price import PLANS
from vannilli_app.ui import tabs


async def person_of(state: rx.State) -> Identity | None:
    """The person whose page this is; None when the session has ended, and then the page leads to the sign-in page."""
    identity = await identify(token_from_cookies(state.router.headers.cookie))
    if identity is None:
        (await state.get_state(SessionState)).ended = True
    return identity


def sign_in_first(state: rx.State):
    """To the sign-in page, and back to this one afterwards."""
    url = state.router.url
    return rx.redirect(routes.sign_in(after=f"{url.path}?{url.query}" if url.query else url.path))


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
            identity.email, PLANS[identity.tier].name, identity.tier.value, identity.credits_remaining
        )
        return None

    @rx.event
    async def let_in(self):
        """Who is signed in needs no door."""
        self.ended = False
        if await identify(token_from_cookies(self.router.headers.cookie)):
            return rx.redirect(routes.STUDIO)
        return None

    async def look(self) -> None:
        """Whether the session is still alive; nothing of the person stays on a page whose session has ended."""
        if await person_of(self) is None:
            self.person = Person()
