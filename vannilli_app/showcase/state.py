"""The switch of a finished video: shown to everybody, or not."""

from datetime import UTC, datetime
from uuid import UUID

import reflex as rx
from pydantic import ValidationError

from vannilli_app.accounts.schemas import Client
from vannilli_app.accounts.state import person_of
from vannilli_app.db import SERVICE, as_user, transaction
from vannilli_app.errors import NotFound, VannilliError
from vannilli_app.showcase import service
from vannilli_app.showcase.schemas import Showing, Standing
from vannilli_app.showcase.shelf import shelf
from vannilli_app.words import _, ngettext, whole


class ShowingState(rx.State):
    """How the video that the address names stands in the showcase. `standing` is empty where there is none."""

    standing: str = ""
    title: str = ""
    handle: str = ""
    watched: str = ""
    reason: str = ""
    url: str = ""
    editing: bool = False
    busy: bool = False
    refusal: str = ""

    @rx.event
    async def load(self):
        """Read how it stands."""
        self.standing, self.refusal, self.editing, self.busy = "", "", False, False
        identity = await person_of(self)
        wanted = _id_in(self)
        if identity is None or wanted is None:
            return
        try:
            async with transaction(as_user(identity.user_id)) as session:
                self._take(await service.standing(session, identity.user_id, wanted))
        except NotFound:
            return

    @rx.event
    def edit(self, editing: bool):
        """Open or close the fields."""
        self.editing, self.refusal = editing, ""

    @rx.event
    async def show(self, form: dict):
        """Show it, or change its title. The page says so at once, and takes it back if it may not be."""
        before = self.standing, self.title, self.handle
        self.title, self.handle = form.get("title", ""), form.get("handle", "")
        self.refusal = ""
        try:
            wanted = Showing.model_validate(form)
        except ValidationError as error:
            self.refusal = _sentence(error)
            return
        self.standing, self.editing, self.busy = "copying" if before[0] == "off" else before[0], False, True
        yield
        identity = await person_of(self)
        generation_id = _id_in(self)
        if identity is None or generation_id is None:
            return
        try:
            async with transaction(SERVICE) as session:
                self._take(
                    await service.show(
                        session, identity.user_id, generation_id, wanted, _client(self), datetime.now(UTC)
                    )
                )
            shelf.drop()
        except VannilliError as error:
            self.standing, self.refusal, self.editing = before[0], error.message, True
        self.busy = False

    @rx.event
    async def hide(self):
        """Take it out at once."""
        before = self.standing
        self.standing, self.refusal, self.busy = "off", "", True
        yield
        identity = await person_of(self)
        generation_id = _id_in(self)
        if identity is None or generation_id is None:
            return
        try:
            async with transaction(SERVICE) as session:
                await service.hide(session, identity.user_id, generation_id, _client(self))
            shelf.drop()
        except VannilliError as error:
            self.standing, self.refusal = before, error.message
        self.busy = False

    def _take(self, found: Standing) -> None:
        self.standing, self.title, self.handle = found.state, found.title, found.handle
        self.reason, self.url, n = found.reason, found.url, found.watches
        self.watched = (
            ngettext("Watched {count} time.", "Watched {count} times.", n, count=whole(n)) if n else ""
        )


def _sentence(error: ValidationError) -> str:
    """The first thing that is wrong, in words."""
    found = error.errors()[0]
    if found["type"] == "handle":
        return str(found["msg"])
    if found["loc"] == ("title",):
        return _("Give it a title of at most 80 characters.")
    return _("A handle has at most 30 characters.")


def _id_in(state: rx.State) -> UUID | None:
    try:
        return UUID(state.router.url.query_parameters.get("generation", ""))
    except ValueError:
        return None


def _client(state: rx.State) -> Client:
    return Client(None, state.router.headers.user_agent or None)
