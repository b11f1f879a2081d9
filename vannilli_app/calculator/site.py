"""What the server itself answers for visitors and search engines: permalinks with their answer in them, pages of
tempos, share images, sitemap and robots."""

import re
from asyncio import to_thread
from pathlib import Path

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from vannilli_app import routes
from vannilli_app.calculator import embed_page, head, share_image, tempo_page, words
from vannilli_app.config import ROOT
from vannilli_app.documents import Document
from vannilli_app.errors import Invalid
from vannilli_app.head import addresses, canonical, sitemap
from vannilli_app.music.tempo import MAX_BPM, MIN_BPM, Section
from vannilli_app.words import LANGUAGES, _, at, language, language_of, number, speaking

_PICTURE = re.compile(r"([0-9.]{1,7})-([0-9.]{1,4})-([0-9]{1,2})-([0-9]{1,2})(?:-([a-z_]{1,20}))?")
_MODULES = ROOT / "vannilli_app" / "ui" / "browser"
_A_WEEK = "public, max-age=604800"
_SMALLER = [Middleware(GZipMiddleware)]
_WRITTEN = (routes.CALCULATOR, routes.TEMPOS, routes.SHOWCASE)
_AS_BUILT = tuple(path for path in routes.INDEXED if path not in _WRITTEN)
_PRIVATE = (routes.STUDIO, routes.ACCOUNT, routes.API, routes.ADMIN)


class Site:
    """Answers these addresses and leaves all others to `app`. `base_url` is the public one."""

    def __init__(self, app: ASGIApp, pages: Path, base_url: str) -> None:
        self.app = app
        self._base_url = base_url
        self._calculator: dict[str, Document] = {}
        self._frame: dict[str, Document] = {}
        self._pages: dict[str, str] = {}
        routes_of_all: list[Route] = [
            Route(routes.EMBED_MODULE, self.module),
            Route(routes.SITEMAP, self.sitemap, middleware=_SMALLER),
            Route(routes.ROBOTS, self.robots),
        ]
        for tag in LANGUAGES:
            with speaking(tag):
                routes_of_all += self._in_language(pages)
        self._router = Router(routes_of_all, redirect_slashes=False, default=app)

    def _in_language(self, pages: Path) -> list[Route]:
        """Read the pages of the language that holds here; their routes."""
        self._calculator[language()] = Document.built(pages, at(routes.CALCULATOR))
        self._frame[language()] = self._calculator[language()].frame()
        for path in _AS_BUILT:
            built = Document.built(pages, at(path))
            tags = self._tags(title=built.title, description=built.description, path=path)
            self._pages[at(path)] = built.headed(tags)
        return [
            *(Route(at(path), self.page, middleware=_SMALLER) for path in _AS_BUILT),
            Route(at(routes.CALCULATOR), self.calculator, middleware=_SMALLER),
            Route(at(routes.EMBED), self.embed, middleware=_SMALLER),
            Route(at(routes.TEMPOS), self.tempos, middleware=_SMALLER),
            Route(at(routes.TEMPO).replace("{bpm}", "{bpm:int}"), self.tempo, middleware=_SMALLER),
            Route(at(routes.SHARE_CALCULATOR), self.picture),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with speaking(language_of(scope["path"])):
            await self._router(scope, receive, send)

    async def page(self, request: Request) -> Response:
        """A page as it is built, with its one address."""
        return HTMLResponse(self._pages[request.url.path])

    async def calculator(self, request: Request) -> Response:
        """The calculator with the answer of its address in it."""
        section = words.asked(request.query_params)
        shared = any(request.query_params.get(key) for key in words.KEYS)
        title = _title(section) if shared else _(words.TITLE)
        return HTMLResponse(
            self._calculator[language()].filled(
                title=title,
                head=self._tags(
                    title=title,
                    description=words.sentence(section) if shared else _(words.DESCRIPTION),
                    path=routes.CALCULATOR,
                    shared=words.address(section) if shared else at(routes.CALCULATOR),
                    section=section,
                )
                + head.application(self._base_url + at(routes.CALCULATOR), _(words.DESCRIPTION)),
                answers=_answers(section),
            )
        )

    async def embed(self, request: Request) -> Response:
        """The calculator alone, for a frame in anybody's page."""
        section = words.asked(request.query_params)
        own = canonical(self._base_url, routes.CALCULATOR)
        return HTMLResponse(
            self._frame[language()].alone(embed_page.content(section), title=_(words.TITLE), head=own)
        )

    async def module(self, request: Request) -> ASGIApp:
        """A browser module that the page for frames is made of; the app's own 404 for any other."""
        name = request.path_params["module"]
        if name not in embed_page.MODULES:
            return self.app
        return FileResponse(_MODULES / f"{name}.js", media_type="text/javascript")

    async def tempos(self, _request: Request) -> Response:
        """The list of all tempos."""
        title, description = _(tempo_page.INDEX_TITLE), _(tempo_page.INDEX_DESCRIPTION)
        tags = self._tags(title=title, description=description, path=routes.TEMPOS)
        return self._framed(tempo_page.index(), routes.TEMPOS, title, description, tags)

    async def tempo(self, request: Request) -> ASGIApp:
        """What one tempo comes to; the app's own 404 where it is none."""
        bpm = request.path_params["bpm"]
        if not MIN_BPM <= bpm <= MAX_BPM:
            return self.app
        title, description = tempo_page.title(bpm), tempo_page.description(bpm)
        path = routes.TEMPO.format(bpm=bpm)
        tags = self._tags(title=title, description=description, path=path, section=Section.parse(bpm, 8))
        return self._framed(tempo_page.content(bpm), path, title, description, tags)

    async def picture(self, request: Request) -> ASGIApp:
        """The share image of a section; the app's own 404 where the name is none."""
        match = _PICTURE.fullmatch(request.path_params["name"])
        if match is None:
            return self.app
        bpm, bars, numerator, denominator, unit = match.groups()
        try:
            section = Section.parse(bpm, bars, f"{numerator}/{denominator}", unit or "quarter")
        except Invalid:
            return self.app
        file = await to_thread(share_image.png, section, language())
        return Response(file, media_type="image/png", headers={"cache-control": _A_WEEK})

    async def sitemap(self, _: Request) -> Response:
        """Every page that search engines should know."""
        paths = [*routes.INDEXED, *(routes.TEMPO.format(bpm=bpm) for bpm in range(MIN_BPM, MAX_BPM + 1))]
        return Response(sitemap(self._base_url, paths), media_type="application/xml")

    async def robots(self, _: Request) -> Response:
        private = [path for one in _PRIVATE for path in addresses("", one).values()]
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in dict.fromkeys(private))]
        sitemaps = [f"Sitemap: {self._base_url}{path}" for path in (routes.SITEMAP, routes.SHOWCASE_SITEMAP)]
        return PlainTextResponse("\n".join([*lines, *sitemaps, ""]))

    def _tags(
        self, *, title: str, description: str, path: str, shared: str = "", section: Section = words.STANDARD
    ) -> str:
        return canonical(self._base_url, path) + head.tags(
            title=title,
            description=description,
            url=self._base_url + (shared or at(path)),
            image=self._base_url + words.picture(section),
        )

    def _framed(self, content: str, path: str, title: str, description: str, tags: str) -> Response:
        return HTMLResponse(
            self._frame[language()].around(
                content,
                title=title,
                description=description,
                head=tags,
                others=addresses("", path),
            )
        )


def _title(section: Section) -> str:
    return _(
        "{bars} at {bpm} BPM: {seconds} s · Vannilli",
        bars=words.counted_bars(section.bars),
        bpm=number(words.plain(section.bpm)),
        seconds=number(words.written(section.exact_seconds)),
    )


def _answers(section: Section) -> dict[str, str]:
    return {
        "bpm": number(words.plain(section.bpm)),
        "seconds": number(words.written(section.exact_seconds)),
        "sentence": words.sentence(section),
    }
