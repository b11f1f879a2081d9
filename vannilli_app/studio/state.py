"""The list of an artist's videos."""

from dataclasses import dataclass

import reflex as rx

from vannilli_app import routes
from vannilli_app.accounts.state import person_of
from vannilli_app.db import as_user, transaction
from vannilli_app.studio import service
from vannilli_app.studio.schemas import ProjectView
from vannilli_app.words import _, at


@dataclass
class ProjectRow:
    """A project in the list: what it is, how it stands, and where it goes on."""

    id: str
    name: str
    bars: str
    bpm: str
    standing: str
    mood: str  # draft, running, done, failed
    href: str
    step: str
    thumbnail: str


class ProjectsState(rx.State):
    """My projects, a page at a time."""

    rows: rx.Field[list[ProjectRow]] = rx.field(default_factory=list)
    loaded: bool = False
    cursor: str = ""

    @rx.event
    async def load(self):
        """The first page."""
        self.rows, self.cursor = [], ""
        await self._read_on()

    @rx.event
    async def more(self):
        """The next page, below."""
        await self._read_on()

    async def _read_on(self) -> None:
        identity = await person_of(self)
        if identity is None:
            return
        async with transaction(as_user(identity.user_id)) as session:
            page = await service.page(session, identity.user_id, cursor=self.cursor or None)
        self.rows += [_row(project) for project in page.items]
        self.cursor = page.next_cursor or ""
        self.loaded = True


def _row(project: ProjectView) -> ProjectRow:
    standing, mood, href, step = _standing(project)
    return ProjectRow(
        id=str(project.id),
        name=project.track_name,
        bars=f"{project.bars:g}",
        bpm=f"{project.bpm:g}",
        standing=standing,
        mood=mood,
        href=href,
        step=step,
        thumbnail=(project.latest_generation and project.latest_generation.thumbnail_url) or "",
    )


def _standing(project: ProjectView) -> tuple[str, str, str, str]:
    """How a project stands in words, its mood, and the page and name of its next step."""
    latest = project.latest_generation
    if latest and latest.status in ("pending", "processing"):
        return _("Being made"), "running", at(routes.studio_preview(latest.generation_id)), _("Watch")
    if latest and latest.status == "completed":
        return _("Ready"), "done", at(routes.studio_preview(latest.generation_id)), _("See it")
    if latest:
        return _("Not finished"), "failed", at(routes.studio_preview(latest.generation_id)), _("See why")
    if project.has_image:
        return _("Ready to perform"), "draft", at(routes.studio_record(project.id)), _("Perform")
    return _("Draft"), "draft", at(routes.studio_new(project.id)), _("Go on")
