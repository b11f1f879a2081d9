"""What we change in the frontend that Reflex builds."""

from reflex.plugins import Plugin
from reflex_base.plugins.base import PreCompileContext
from typing_extensions import Unpack

_FROM_THE_CONFIG = "new URL(url_str)"
_FROM_THE_PAGE = 'new URL(url_str, globalThis.location?.origin ?? "http://localhost")'


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
