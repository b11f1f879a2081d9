"""What stands on addresses in another language that lead nowhere. Reflex has one such page, and it is English."""

from html import escape
from pathlib import Path

from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from vannilli_app import routes
from vannilli_app.calculator.bars import counted
from vannilli_app.documents import Document
from vannilli_app.head import addresses
from vannilli_app.words import LANGUAGES, SOURCE, _, at, in_english, language_of, speaking


class Lost:
    """Leaves to `app` all that is built into `pages`, and all that is English."""

    def __init__(self, app: ASGIApp, pages: Path) -> None:
        self.app = app
        self._there: set[str] = set()
        self._frame: dict[str, Document] = {}
        for tag in LANGUAGES:
            if tag != SOURCE:
                with speaking(tag):
                    self._frame[tag] = Document.built(pages, at(routes.CALCULATOR)).frame()
                files = (path.relative_to(pages).as_posix() for path in (pages / tag).rglob("*"))
                self._there |= {f"/{tag}", *(f"/{file}".removesuffix("/index.html") for file in files)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] == "http" else ""
        tag = language_of(path)
        if tag == SOURCE or path.rstrip("/") in self._there:
            await self.app(scope, receive, send)
            return
        with speaking(tag):
            await self._page(tag, path)(scope, receive, send)

    def _page(self, tag: str, path: str) -> HTMLResponse:
        html = self._frame[tag].around(
            _content(),
            title=_("No such page · Vannilli"),
            description=_("There is no page here."),
            head="",
            others=addresses("", in_english(path)),
        )
        return HTMLResponse(html, 404)


def _content() -> str:
    """As `shell.not_found` has it."""
    return (
        f'<section class="stack lost"><p class="tempo-number">404</p>{counted((4, 0, 4))}'
        f"<h1>{escape(_('No page at this tempo.'))}</h1>"
        f'<p class="lead quiet">{escape(_("The address is mistyped, or the page has gone."))}</p>'
        f'<p><a class="button button-main" href="{at(routes.HOME)}">{escape(_("Back to the start"))}</a></p></section>'
    )
