"""What we change in the frontend that Reflex builds."""

import hashlib
import json
from pathlib import Path

from reflex.plugins import Plugin
from reflex_base.plugins.base import PostBuildContext, PreCompileContext
from typing_extensions import Unpack

from vannilli_app import installed, routes, words

_FROM_THE_CONFIG = "new URL(url_str)"
_ROUTER, _LANGUAGE, _MANIFEST = '} from "react-router"', 'lang:"en"', f'href:"{routes.MANIFEST}"'
_FROM_THE_PAGE = 'new URL(url_str, globalThis.location?.origin ?? "http://localhost")'


class Languages(Plugin):
    """A page's address says its language, and its root element says it too: `/de/pricing` is `lang="de"`, and installs
    the app in German."""

    def pre_compile(self, **context: Unpack[PreCompileContext]) -> None:
        """Let the root element, which Reflex writes for all pages at once, follow the address."""
        context["add_modify_task"]("app/_document.js", _follow_the_address)

    def post_build(self, **context: Unpack[PostBuildContext]) -> None:
        """Write what the installed app has besides its pages."""
        for tag in words.LANGUAGES:
            with words.speaking(tag):
                manifest = json.dumps(installed.manifest(), ensure_ascii=False, indent=2)
                for path, content in (routes.MANIFEST, manifest), (routes.OFFLINE, installed.offline_page()):
                    (context["static_dir"] / words.at(path).lstrip("/")).write_text(content)


def _follow_the_address(code: str) -> str:
    if any(code.count(part) != 1 for part in (_ROUTER, _LANGUAGE, _MANIFEST)):
        raise RuntimeError("This version of Reflex writes the root element in another way: see build.py.")
    others = "|".join(tag for tag in words.LANGUAGES if tag != words.SOURCE)
    said = f"/^\\/({others})(?=\\/|$)/.exec(useLocation().pathname)"
    return (
        code.replace(_ROUTER, f",useLocation{_ROUTER}")
        .replace(_LANGUAGE, f'lang:({said}?.[1]??"{words.SOURCE}")')
        .replace(_MANIFEST, f'href:({said}?.[0]??"")+"{routes.MANIFEST}"')
    )


class SameOrigin(Plugin):
    """The pages reach the backend where they came from.

    Reflex writes the backend's address into the build. With `api_url=""` these addresses are paths, and the
    browser completes them: the same build works on localhost, in a LAN and behind any proxy.
    """

    def pre_compile(self, **context: Unpack[PreCompileContext]) -> None:
        """Let Reflex's browser code resolve the backend's address against the page's own."""
        context["add_modify_task"]("utils/state.js", _resolve_against_the_page)


def _resolve_against_the_page(code: str) -> str:
    if _FROM_THE_PAGE in code:
        return code
    if code.count(_FROM_THE_CONFIG) != 1:
        raise RuntimeError(
            "This version of Reflex resolves the backend's address in another way: see build.py."
        )
    return code.replace(_FROM_THE_CONFIG, _FROM_THE_PAGE)


_EARLY = {
    '<link rel="modulepreload" ': '<link rel="later" ',
    '<script type="module" async="">': '<script type="later" async="">',
}


class PaintFirst(Plugin):
    """Style and type come before scripts: a page is whole as it is sent, and nobody waits to see it."""

    def post_build(self, **context: Unpack[PostBuildContext]) -> None:
        """Mark the scripts of every page as ones that `early.js` starts when the page is painted."""
        for page in context["static_dir"].rglob("*.html"):
            page.write_text(_started_later(page.read_text()))


def _started_later(html: str) -> str:
    for early, later in _EARLY.items():
        html = html.replace(early, later)
    return html


WORKER = "sw.js"
_KEPT_FOLDERS = ("assets", "fonts", "icons", "styles")
_KEPT_FILES = ("**/manifest.webmanifest", "**/offline.html")
_UNKEPT = "replay-"  # the recorder of visits: only who is online is recorded
_COMPRESSED = (".br", ".gz", ".map", ".zst")
_NOT_PAGES = ("404.html", "__spa-fallback.html", "offline.html")


class Offline(Plugin):
    """Tells the service worker which pages and files this build has, so that it can keep them for offline use.

    Its version is the digest of all of them: another build is another worker.
    """

    def post_build(self, **context: Unpack[PostBuildContext]) -> None:
        """Fill in the lists of `sw.js`."""
        static = context["static_dir"]
        pages = sorted(
            _address(page, static) for page in static.rglob("*.html") if page.name not in _NOT_PAGES
        )
        files = sorted(f"/{path.relative_to(static).as_posix()}" for path in _kept_files(static))
        digest = hashlib.sha256()
        for path in sorted(static.rglob("*")):
            if path.is_file() and path.name != WORKER and path.suffix not in _COMPRESSED:
                digest.update(path.read_bytes())
        worker = static / WORKER
        code = worker.read_text()
        for mark, value in {
            "__VERSION__": digest.hexdigest()[:12],
            "/*__PAGES__*/ []": json.dumps(pages),
            "/*__FILES__*/ []": json.dumps(files),
        }.items():
            if code.count(mark) != 1:
                raise RuntimeError(f"{WORKER} has to have {mark} once.")
            code = code.replace(mark, value)
        worker.write_text(code)


def _kept_files(static: Path) -> list[Path]:
    folders = (path for folder in _KEPT_FOLDERS for path in (static / folder).rglob("*"))
    named = (path for name in _KEPT_FILES for path in static.glob(name))
    return [
        path
        for path in (*folders, *named)
        if path.is_file() and path.suffix not in _COMPRESSED and not path.name.startswith(_UNKEPT)
    ]


def _address(page: Path, static: Path) -> str:
    """`pricing/index.html` is `/pricing`."""
    return f"/{page.relative_to(static).as_posix()}".removesuffix("index.html").rstrip("/") or "/"
