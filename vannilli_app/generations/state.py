"""A video being made and a finished one, as the pages show them. `push` has `PreviewState` read again."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import reflex as rx

from vannilli_app.accounts.schemas import Client
from vannilli_app.accounts.state import person_of
from vannilli_app.db import SERVICE, as_user, transaction
from vannilli_app.errors import NotFound, VannilliError
from vannilli_app.generations import service, views
from vannilli_app.generations.schemas import GenerationView
from vannilli_app.music.price import dollars, quoted_tier
from vannilli_app.ui import tabs

WORDS = {
    "preparing": "Cutting on your bars",
    "submitted": "Handing it over",
    "rendering": "They are performing",
    "finishing": "Laying in your track",
    "done": "Ready",
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
    error: str = ""
    thumbnail_url: str = ""
    preview_url: str = ""
    gif_url: str = ""
    price: str = ""
    is_free: bool = True
    watermarked: bool = True
    downloaded: bool = False


class PreviewState(rx.State):
    """The generation that the address names, while it is made and once it is there."""

    shown: Shown = Shown()
    missing: str = ""
    cancelling: bool = False

    @rx.event
    async def load(self):
        """Show it, and be told when it moves on."""
        identity = await person_of(self)
        if identity is None:
            return
        tabs.note(identity.user_id, self.router.session.client_token)
        self.cancelling = False
        await self.read_again()

    async def read_again(self) -> None:
        """Read the generation as the person whose page this is."""
        identity = await person_of(self)
        wanted = _id_in(self)
        if identity is None:
            return
        try:
            if wanted is None:
                raise NotFound("There is no such video.")
            async with transaction(as_user(identity.user_id)) as session:
                found = await service.mine(session, identity.user_id, wanted)
            view = await views.view(found, datetime.now(UTC))
        except NotFound as error:
            self.shown, self.missing = Shown(), error.message
            return
        self.shown, self.missing = _shown(view, identity.tier), ""

    @rx.event
    async def cancel(self):
        """Stop it. The page says so at once, and takes it back if it was too late."""
        self.cancelling = True
        yield
        identity = await person_of(self)
        wanted = _id_in(self)
        if identity and wanted:
            async with transaction(SERVICE) as session:
                await service.cancel(session, identity.user_id, wanted, _client(self), datetime.now(UTC))
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
        wanted = _id_in(self)
        if identity is None:
            return
        try:
            if wanted is None:
                raise NotFound("There is no such video.")
            async with transaction(as_user(identity.user_id)) as session:
                found = await service.mine(session, identity.user_id, wanted)
            self.shown = _shown(await views.view(found, datetime.now(UTC)), identity.tier)
            if self.shown.standing == "ready" and (self.shown.is_free or self.shown.downloaded):
                await self._take(identity.user_id, wanted)
        except VannilliError as error:
            self.sentence = error.message

    @rx.event
    async def take(self):
        """Pay with the reserved credits, and open it."""
        self.taking, self.sentence = True, ""
        yield
        identity = await person_of(self)
        wanted = _id_in(self)
        try:
            if identity and wanted:
                await self._take(identity.user_id, wanted)
        except VannilliError as error:
            self.sentence = error.message
        self.taking = False

    async def _take(self, user_id: UUID, wanted: UUID) -> None:
        async with transaction(SERVICE) as session:
            found, taken, balance = await service.collect(
                session, user_id, wanted, _client(self), datetime.now(UTC)
            )
        video = await views.download(found, taken=taken, balance=balance)
        self.url = video.download_url
        self.file_name = f"{self.shown.name} - Vannilli.mp4"
        self.facts = f"{video.width} \N{MULTIPLICATION SIGN} {video.height}, {video.duration_seconds:.3f} s"


def _id_in(state: rx.State) -> UUID | None:
    try:
        return UUID(state.router.url.query_parameters.get("generation", ""))
    except ValueError:
        return None


def _client(state: rx.State) -> Client:
    return Client(None, state.router.headers.user_agent or None)


def _shown(view: GenerationView, tier: str) -> Shown:
    price = (
        f"{view.cost_credits} credits (${dollars(view.cost_credits, quoted_tier(tier))})"
        if view.cost_credits
        else "free"
    )
    return Shown(
        id=str(view.generation_id),
        project=str(view.project_id),
        name=view.track_name,
        bpm=view.bpm,
        bars=view.bars,
        time_signature=view.time_signature,
        aspect=view.aspect,
        standing={"completed": "ready", "failed": "failed"}.get(view.status, "running"),
        words="Waiting for its turn" if view.status == "pending" else WORDS[view.stage],
        bars_done=round(view.progress * view.bars, 2),
        left=_left(view.eta_seconds),
        error=view.error.detail if view.error else "",
        thumbnail_url=view.thumbnail_url or "",
        preview_url=view.preview_url or "",
        gif_url=view.preview_gif_url or "",
        price=price,
        is_free=view.cost_credits == 0,
        watermarked=view.watermarked,
        downloaded=view.downloaded,
    )


def _left(seconds: float | None) -> str:
    """About how long it still takes, in words a person uses; empty when nobody knows."""
    if seconds is None:
        return ""
    if seconds < 10:
        return "a few seconds left"
    whole = round(seconds / 10) * 10
    minutes, rest = divmod(whole, 60)
    parts = ([f"{minutes} min"] if minutes else []) + ([f"{rest} s"] if rest else [])
    return f"about {' '.join(parts)} left"
