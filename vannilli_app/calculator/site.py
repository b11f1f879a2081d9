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
from vannilli_app.calculator.documents import Document
from vannilli_app.config import ROOT
from vannilli_app.errors import Invalid
from vannilli_app.music.tempo import MAX_BPM, MIN_BPM, Section

_PICTURE = re.compile(r"([0-9.]{1,7})-([0-9.]{1,4})-([0-9]{1,2})-([0-9]{1,2})(?:-([a-z_]{1,20}))?")
_MODULES = ROOT / "vannilli_app" / "ui" / "browser"
_A_WEEK = "public, max-age=604800"
_PRIVATE = (routes.STUDIO, routes.ACCOUNT, routes.API, "/admin")


class Site:
    """Answers these addresses and leaves all others to `app`. `base_url` is the public one."""

    def __init__(self, app: ASGIApp, pages: Path, base_url: str) -> None:
        self.app = app
        self._base_url = base_url
        self._calculator = Document.built(pages, routes.CALCULATOR)
        self._frame = self._calculator.frame()
        smaller = [Middleware(GZipMiddleware)]
        self._router = Router(
            [
                Route(routes.CALCULATOR, self.calculator, middleware=smaller),
                Route(routes.EMBED, self.embed, middleware=smaller),
                Route(routes.EMBED_MODULE, self.module),
                Route(routes.TEMPOS, self.tempos, middleware=smaller),
                Route(routes.TEMPO.replace("{bpm}", "{bpm:int}"), self.tempo, middleware=smaller),
                Route(routes.SHARE_CALCULATOR, self.picture),
                Route(routes.SITEMAP, self.sitemap, middleware=smaller),
                Route(routes.ROBOTS, self.robots),
            ],
            redirect_slashes=False,
            default=app,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self._router if scope["type"] == "http" else self.app)(scope, receive, send)

    async def calculator(self, request: Request) -> Response:
        """The calculator with the answer of its address in it."""
        section = words.asked(request.query_params)
        shared = any(request.query_params.get(key) for key in words.KEYS)
        title = _title(section) if shared else words.TITLE
        return HTMLResponse(
            self._calculator.filled(
                title=title,
                head=self._tags(
                    title=title,
                    description=words.sentence(section) if shared else words.DESCRIPTION,
                    path=routes.CALCULATOR,
                    shared=words.address(section) if shared else routes.CALCULATOR,
                    section=section,
                )
                + head.application(self._base_url + routes.CALCULATOR, words.DESCRIPTION),
                answers=_answers(section),
            )
        )

    async def embed(self, request: Request) -> Response:
        """The calculator alone, for a frame in anybody's page."""
        section = words.asked(request.query_params)
        canonical = f'<link rel="canonical" href="{self._base_url}{routes.CALCULATOR}"/>'
        return HTMLResponse(self._frame.alone(embed_page.content(section), title=words.TITLE, head=canonical))

    async def module(self, request: Request) -> ASGIApp:
        """A browser module that the page for frames is made of; the app's own 404 for any other."""
        name = request.path_params["module"]
        if name not in embed_page.MODULES:
            return self.app
        return FileResponse(_MODULES / f"{name}.js", media_type="text/javascript")

    async def tempos(self, _: Request) -> Response:
        """The list of all tempos."""
        title, description = tempo_page.INDEX_TITLE, tempo_page.INDEX_DESCRIPTION
        tags = self._tags(title=title, description=description, path=routes.TEMPOS)
        return HTMLResponse(
            self._frame.around(tempo_page.index(), title=title, description=description, head=tags)
        )

    async def tempo(self, request: Request) -> ASGIApp:
        """What one tempo comes to; the app's own 404 where it is none."""
        bpm = request.path_params["bpm"]
        if not MIN_BPM <= bpm <= MAX_BPM:
            return self.app
        title, description = tempo_page.title(bpm), tempo_page.description(bpm)
        path = routes.TEMPO.format(bpm=bpm)
        tags = self._tags(title=title, description=description, path=path, section=Section.parse(bpm, 8))
        return HTMLResponse(
            self._frame.around(tempo_page.content(bpm), title=title, description=description, head=tags)
        )

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
        file = await to_thread(share_image.png, section)
        return Response(file, media_type="image/png", headers={"cache-control": _A_WEEK})

    async def sitemap(self, _: Request) -> Response:
        """Every page that search engines should know."""
        paths = [*routes.INDEXED, *(routes.TEMPO.format(bpm=bpm) for bpm in range(MIN_BPM, MAX_BPM + 1))]
        urls = "".join(f"<url><loc>{self._base_url}{path}</loc></url>" for path in paths)
        return Response(
            '<?xml version="1.0" encoding="UTF-8"?>'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>',
            media_type="application/xml",
        )

    async def robots(self, _: Request) -> Response:
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in _PRIVATE)]
        sitemaps = [f"Sitemap: {self._base_url}{path}" for path in (routes.SITEMAP, routes.SHOWCASE_SITEMAP)]
        return PlainTextResponse("\n".join([*lines, *sitemaps, ""]))

    def _tags(
        self, *, title: str, description: str, path: str, shared: str = "", section: Section = words.STANDARD
    ) -> str:
        return head.tags(
            title=title,
            description=description,
            canonical=self._base_url + path,
            url=self._base_url + (shared or path),
            image=self._base_url + words.picture(section),
        )


def _title(section: Section) -> str:
    bars, seconds = words.counted_bars(section.bars), words.written(section.exact_seconds)
    return f"{bars} at {words.plain(section.bpm)} BPM: {seconds} s · Vannilli"


def _answers(section: Section) -> dict[str, str]:
    return {
        "bpm": words.plain(section.bpm),
        "seconds": words.written(section.exact_seconds),
        "sentence": words.sentence(section),
    }
