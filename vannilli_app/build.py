"""What we change in the frontend that Reflex builds."""

from reflex.plugins import Plugin
from reflex_base.plugins.base import PreCompileContext
from typing_extensions import Unpack

from vannilli_app import words

_FROM_THE_CONFIG = "new URL(url_str)"
_ROUTER, _LANGUAGE = '} from "react-router"', 'lang:"en"'
_FROM_THE_PAGE = 'new URL(url_str, globalThis.location?.origin ?? "http://localhost")'


class Languages(Plugin):
    """A page's address says its language, and its root element says it too: `/de/pricing` is `lang="de"`."""

    def pre_compile(self, **context: Unpack[PreCompileContext]) -> None:
        """Let the root element, which Reflex writes for all pages at once, follow the address."""
        context["add_modify_task"]("app/_document.js", _follow_the_address)


def _follow_the_address(code: str) -> str:
    if code.count(_ROUTER) != 1 or code.count(_LANGUAGE) != 1:
        raise RuntimeError("This version of Reflex writes the root element in another way: see build.py.")
    others = "|".join(tag for tag in words.LANGUAGES if tag != words.SOURCE)
    language = f'(/^\\/({others})(?=\\/|$)/.exec(useLocation().pathname)?.[1]??"{words.SOURCE}")'
    return code.replace(_ROUTER, f",useLocation{_ROUTER}").replace(_LANGUAGE, f"lang:{language}")


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
