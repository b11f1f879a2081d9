"""Who is signed in, for pages. The cookie is the one that the websocket was opened with, so signing in and out load
the whole page anew."""

from dataclasses import dataclass

import reflex as rx

from vannilli_app import routes
from vannilli_app.accounts.identity import identify, token_from_cookies
from vannilli_app.accounts.schemas import Identity
from vannilli_app.music.price import PLANS


async def person_of(state: rx.State) -> Identity | None:
    """The person whose page this is; None when the session has ended."""
    return await identify(token_from_cookies(state.router.headers.cookie))


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

    @rx.event
    async def guard(self):
        """Only for the signed in; everybody else signs in first."""
        identity = await person_of(self)
        if identity is None:
            return sign_in_first(self)
        self.person = Person(
            identity.email, PLANS[identity.tier].name, identity.tier.value, identity.credits_remaining
        )
        return None

    @rx.event
    async def let_in(self):
        """Who is signed in needs no door."""
        if await person_of(self):
            return rx.redirect(routes.STUDIO)
        return None
