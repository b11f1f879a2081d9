"""What the server itself answers at `/showcase`: the gallery, every video's own page, and the files behind them."""

from pathlib import Path
from uuid import UUID

from pydantic import ValidationError
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from vannilli_app import routes
from vannilli_app.calculator import words
from vannilli_app.calculator.documents import Document
from vannilli_app.config import ROOT
from vannilli_app.db import SERVICE, transaction
from vannilli_app.errors import Invalid, NotFound
from vannilli_app.showcase import files, gallery, head, markup, phrases, queries, service
from vannilli_app.showcase.schemas import Item, Wish

MODULES = frozenset({"showcase_page", "clips", "api", "ask", "local_files", "words"})
MOST_IN_SITEMAP = 5000
_MODULES = ROOT / "vannilli_app" / "ui" / "browser"
_ITEM = routes.SHOWCASE_ITEM.replace("{generation_id}", "{generation_id:uuid}")
_VIDEO = routes.SHOWCASE_VIDEO.replace("{generation_id}", "{generation_id:uuid}")
_POSTER = routes.SHOWCASE_POSTER.replace("{generation_id}", "{generation_id:uuid}")


class ShowcaseSite:
    """Answers these addresses and leaves all others to `app`. `base_url` is the public one."""

    def __init__(self, app: ASGIApp, pages: Path, base_url: str) -> None:
        self.app = app
        self._base_url = base_url
        self._frame = Document.built(pages, routes.CALCULATOR).frame()
        smaller = [Middleware(GZipMiddleware)]
        self._router = Router(
            [
                Route(routes.SHOWCASE, self.listing, middleware=smaller),
                Route(routes.SHOWCASE_SITEMAP, self.sitemap, middleware=smaller),
                Route(routes.SHOWCASE_MODULE, self.module),
                Route(_ITEM, self.single, middleware=smaller),
                Route(_VIDEO, self.video),
                Route(_POSTER, self.poster),
            ],
            redirect_slashes=False,
            default=app,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self._router if scope["type"] == "http" else self.app)(scope, receive, send)

    async def listing(self, request: Request) -> Response:
        """The gallery, as the address wishes; everything where that makes no sense."""
        wish = _wish(request)
        try:
            page = await gallery.page(wish)
        except Invalid:
            wish = Wish()
            page = await gallery.page(wish)
        still = page.items[0].poster_url if page.items else words.picture(words.STANDARD)
        tags = head.tags(
            title=markup.TITLE,
            description=markup.DESCRIPTION,
            url=self._base_url + routes.SHOWCASE,
            image=self._base_url + still,
        )
        return self._page(markup.listing(page, wish), markup.TITLE, markup.DESCRIPTION, tags)

    async def single(self, request: Request) -> Response:
        """A video's own page; 404 with a way on where it is not public."""
        try:
            item = await gallery.find(_id(request))
        except NotFound:
            tags = '<meta name="robots" content="noindex"/>'
            title = "Not in the showcase · Vannilli"
            return self._page(markup.gone(), title, markup.DESCRIPTION, tags, status=404)
        title = f"{phrases.by(item)} · Vannilli"
        return self._page(
            markup.single(item), title, phrases.description(item), head.video(item, self._base_url)
        )

    async def video(self, request: Request) -> Response:
        return await _file(request, files.VIDEO)

    async def poster(self, request: Request) -> Response:
        return await _file(request, files.POSTER)

    async def module(self, request: Request) -> ASGIApp:
        """A browser module of these pages; the app's own 404 for any other."""
        name = request.path_params["module"]
        if name not in MODULES:
            return self.app
        return FileResponse(_MODULES / f"{name}.js", media_type="text/javascript")

    async def sitemap(self, _: Request) -> Response:
        """The newest shown videos."""
        async with transaction(SERVICE) as session:
            found = await queries.newest_ids(session, MOST_IN_SITEMAP)
        urls = "".join(f"<url><loc>{self._base_url}{routes.showcase_item(one)}</loc></url>" for one in found)
        return Response(
            '<?xml version="1.0" encoding="UTF-8"?>'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>',
            media_type="application/xml",
        )

    def _page(
        self, content: str, title: str, description: str, tags: str, *, status: int = 200
    ) -> HTMLResponse:
        html = self._frame.around(content, title=title, description=description, head=tags, others={})
        return HTMLResponse(html, status)


async def _file(request: Request, name: str) -> Response:
    """To the file's present link. The row is asked each time, so that what was taken down a moment ago is not shown."""
    async with transaction(SERVICE) as session:
        try:
            item: Item = await service.find(session, _id(request))
        except NotFound as error:
            return Response(error.message, 404, {"cache-control": "no-store"}, media_type="text/plain")
    link = await files.link(item.generation_id, name)
    return RedirectResponse(link, 307, {"cache-control": "no-store"})


def _wish(request: Request) -> Wish:
    given = {
        name: value for name, value in request.query_params.items() if value and name in Wish.model_fields
    }
    try:
        return Wish.model_validate(given)
    except ValidationError:
        return Wish()


def _id(request: Request) -> UUID:
    found: UUID = request.path_params["generation_id"]
    return found
