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
from vannilli_app.accounts.cookies import access_cookie
from vannilli_app.accounts.identity import identify
from vannilli_app.calculator import words
from vannilli_app.config import ROOT
from vannilli_app.db import SERVICE, transaction
from vannilli_app.documents import Document
from vannilli_app.errors import Invalid, NotFound
from vannilli_app.head import addresses, sitemap
from vannilli_app.showcase import files, gallery, head, markup, phrases, queries, service
from vannilli_app.showcase.schemas import Item, Wish
from vannilli_app.words import LANGUAGES, _, at, language, language_of, speaking

MOST_IN_SITEMAP = 5000
_SMALLER = [Middleware(GZipMiddleware)]
_VISITOR, _ARTIST, _ADMIN = "visitor", "artist", "admin"
_MODULES = ROOT / "vannilli_app" / "ui" / "browser"
_ITEM = routes.SHOWCASE_ITEM.replace("{generation_id}", "{generation_id:uuid}")
_VIDEO = routes.SHOWCASE_VIDEO.replace("{generation_id}", "{generation_id:uuid}")
_POSTER = routes.SHOWCASE_POSTER.replace("{generation_id}", "{generation_id:uuid}")


class ShowcaseSite:
    """Answers these addresses and leaves all others to `app`. `base_url` is the public one."""

    def __init__(self, app: ASGIApp, pages: Path, base_url: str) -> None:
        self.app = app
        self._base_url = base_url
        self._frame: dict[tuple[str, str], Document] = {}
        of_all = [
            Route(routes.SHOWCASE_SITEMAP, self.sitemap, middleware=_SMALLER),
            Route(routes.SHOWCASE_MODULE, self.module),
            Route(_VIDEO, self.video),
            Route(_POSTER, self.poster),
        ]
        for tag in LANGUAGES:
            with speaking(tag):
                visitor, artist = (
                    Document.built(pages, at(page)).frame() for page in (routes.CALCULATOR, routes.STUDIO)
                )
                self._frame[tag, _VISITOR], self._frame[tag, _ARTIST] = visitor, artist
                self._frame[tag, _ADMIN] = artist.leading_to(routes.ADMIN, _("Admin"))
                of_all += [
                    Route(at(routes.SHOWCASE), self.listing, middleware=_SMALLER),
                    Route(at(_ITEM), self.single, middleware=_SMALLER),
                ]
        self._router = Router(of_all, redirect_slashes=False, default=app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with speaking(language_of(scope["path"])):
            await self._router(scope, receive, send)

    async def listing(self, request: Request) -> Response:
        """The gallery, as the address wishes; everything where that makes no sense."""
        wish = _wish(request)
        try:
            page = await gallery.page(wish)
        except Invalid:
            wish = Wish()
            page = await gallery.page(wish)
        still = page.items[0].poster_url if page.items else words.picture(words.STANDARD)
        title, description = _(markup.TITLE), _(markup.DESCRIPTION)
        tags = head.tags(self._base_url, routes.SHOWCASE, title=title, description=description, image=still)
        return await self._page(
            request, markup.listing(page, wish), routes.SHOWCASE, title, description, tags
        )

    async def single(self, request: Request) -> Response:
        """A video's own page; 404 with a way on where it is not public."""
        try:
            item = await gallery.find(_id(request))
        except NotFound:
            tags = '<meta name="robots" content="noindex"/>'
            path = routes.showcase_item(_id(request))
            return await self._page(
                request,
                markup.gone(),
                path,
                _("Not in the showcase · Vannilli"),
                _(markup.DESCRIPTION),
                tags,
                status=404,
            )
        title = f"{phrases.by(item)} · Vannilli"
        tags = head.video(item, self._base_url)
        description = phrases.description(item)
        return await self._page(request, markup.single(item), item.url, title, description, tags)

    async def video(self, request: Request) -> Response:
        return await _file(request, files.VIDEO)

    async def poster(self, request: Request) -> Response:
        return await _file(request, files.POSTER)

    async def module(self, request: Request) -> ASGIApp:
        """A browser module of these pages; the app's own 404 for any other."""
        name = request.path_params["module"]
        if name not in markup.MODULES:
            return self.app
        return FileResponse(_MODULES / f"{name}.js", media_type="text/javascript")

    async def sitemap(self, _request: Request) -> Response:
        """The newest shown videos."""
        async with transaction(SERVICE) as session:
            found = await queries.newest_ids(session, MOST_IN_SITEMAP)
        paths = [routes.showcase_item(one) for one in found]
        return Response(sitemap(self._base_url, paths), media_type="application/xml")

    async def _page(
        self,
        request: Request,
        content: str,
        path: str,
        title: str,
        description: str,
        tags: str,
        *,
        status: int = 200,
    ) -> HTMLResponse:
        frame = self._frame[language(), await _role(request)]
        html = frame.around(
            content, title=title, description=description, head=tags, others=addresses("", path)
        )
        return HTMLResponse(html, status, {"vary": "cookie"})


async def _role(request: Request) -> str:
    """Whose header a page has. That there is a cookie is enough for an artist's; an admin's is looked up."""
    token = request.cookies.get(access_cookie())
    if token is None:
        return _VISITOR
    identity = await identify(token)
    return _ADMIN if identity and identity.role == "admin" else _ARTIST


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
