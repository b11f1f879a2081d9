"""The release kit of the video that the address names. `push` has it read again."""

from datetime import UTC, datetime

import reflex as rx

from vannilli_app.accounts.state import client_of, person_of
from vannilli_app.db import SERVICE, as_user, transaction
from vannilli_app.errors import NotFound, VannilliError
from vannilli_app.generations.state import generation_in
from vannilli_app.releases import service
from vannilli_app.ui import tabs
from vannilli_app.words import _, ngettext, number

MEGABYTE = 1_000_000
TIMES_ITS_LENGTH = 6  # that a kit takes to be made: measured at 1080 px on two busy cores


class KitState(rx.State):
    """How the kit stands; `standing` is empty where there is no video to make one of."""

    standing: str = ""  # none, pending, ready, failed
    progress: int = 0  # percent
    done: float = 0.0  # the same, 0 to 1
    url: str = ""
    size: str = ""
    time: str = ""  # that it takes, in words
    refusal: str = ""
    _loaded: bool = False  # by a page that shows it

    @rx.event
    async def load(self):
        """Show how it stands, and be told when it moves on."""
        identity = await person_of(self)
        if identity is None:
            return
        tabs.note(identity.user_id, self.router.session.client_token)
        self.refusal, self._loaded = "", True
        await self._read()

    async def read_again(self) -> None:
        """What changed while the page is open."""
        if self._loaded:
            await self._read()

    async def _read(self) -> None:
        identity = await person_of(self)
        wanted = generation_in(self)
        self.standing = ""
        if identity is None or wanted is None:
            return
        try:
            async with transaction(as_user(identity.user_id)) as session:
                made, kit = await service.standing(session, identity.user_id, wanted)
        except NotFound:
            return
        shown = await service.view(made, kit)
        self.standing, self.done, self.progress = shown.status, shown.progress, round(shown.progress * 100)
        self.url = shown.download_url or ""
        megabytes = max(1, round((shown.size_bytes or 0) / MEGABYTE))
        self.size = _("{n} MB", n=number(str(megabytes)))
        minutes = max(1, round(TIMES_ITS_LENGTH * (made.duration_seconds or 0) / 60))
        self.time = ngettext("It takes about {n} minute.", "It takes about {n} minutes.", minutes)

    @rx.event
    async def ask(self):
        """Have it made. The page says so at once, and takes it back if it may not be."""
        self.standing, self.done, self.progress, self.refusal = "pending", 0.0, 0, ""
        yield
        identity = await person_of(self)
        wanted = generation_in(self)
        if identity is None or wanted is None:
            return
        try:
            async with transaction(SERVICE) as session:
                await service.ask(session, identity.user_id, wanted, client_of(self), datetime.now(UTC))
        except VannilliError as error:
            self.refusal = error.message
        await self._read()
