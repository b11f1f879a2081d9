"""A built page as a form: answers and what belongs into its head are written in before it is sent.

The browser takes the page over afterwards. Whatever is filled in here is marked there, so that it is not put back.
"""

import re
from collections.abc import Mapping
from html import escape, unescape
from pathlib import Path

_ANSWER = re.compile(r'(<span[^>]*\sdata-answer="(\w+)"[^>]*)(>)([^<]*)(?=</span>)')
_TITLE = re.compile(r"<title>([^<]*)</title>")
_DESCRIPTION = re.compile(r'<meta content="([^"]*)" name="description"/>')
_IMAGE = re.compile(r'<meta content="[^"]*" property="og:image"/>')
_NAV = re.compile(r"<nav[^>]*>")
_MAIN = re.compile(r"(<main[^>]*>).*(</main>)", re.DOTALL)
_BODY = re.compile(r"(<body[^>]*>).*(</body>)", re.DOTALL)
_PRELOADS = re.compile(r'<link rel="later"[^>]*/>')
_SCRIPT = re.compile(r"<script[^>]*>.*?</script>", re.DOTALL)
_BUTTON = re.compile(r"<button[^>]*>.*?</button>", re.DOTALL)
_SKIP = re.compile(r'href="[^"]*#main"')
_OTHER_LANGUAGE = re.compile(r'<a hrefLang="([\w-]+)" href="[^"]*"(.*?</a>)')
_THEME = 'localStorage.getItem("theme")'
_LONG_TEMPO = 3  # digits; longer ones are set smaller


class Document:
    """One built page."""

    def __init__(self, html: str) -> None:
        self._html = html

    @classmethod
    def built(cls, pages: Path, path: str) -> "Document":
        """The page of a path such as `/calculator`."""
        return cls((pages / path.lstrip("/") / "index.html").read_text())

    def filled(self, *, title: str, head: str, answers: Mapping[str, str]) -> str:
        """The page with this title, `head` (HTML) in its head, and `answers` (text) in the places that name them."""

        def answer(match: re.Match[str]) -> str:
            text = answers.get(match[2], match[4])
            long = ' data-long=""' if match[2] == "bpm" and len(text) > _LONG_TEMPO else ""
            return f"{match[1]}{long}{match[3]}{escape(text)}"

        return _headed(_ANSWER.sub(answer, self._html), title, head)

    def frame(self) -> "Document":
        """Header, footer and styles of the page without its scripts but the one that sets the colours."""
        html = _SCRIPT.sub(lambda match: match[0] if _THEME in match[0] else "", self._html)
        html = _BUTTON.sub("", _PRELOADS.sub("", html))
        return Document(_SKIP.sub('href="#main"', html))

    @property
    def title(self) -> str:
        """As text."""
        return unescape(_found(_TITLE, self._html))

    @property
    def description(self) -> str:
        """As text; empty where the page has none."""
        return unescape(_found(_DESCRIPTION, self._html))

    def headed(self, head: str) -> str:
        """The page with `head` (HTML) in its head."""
        return _IMAGE.sub("", self._html).replace("</head>", f"{head}</head>", 1)

    def leading_to(self, href: str, name: str) -> "Document":
        """The page with one more way in its header, before all others."""
        link = f'<a class="nav-link" href="{href}">{escape(name)}</a>'
        return Document(_NAV.sub(lambda match: match[0] + link, self._html, count=1))

    def around(
        self, content: str, *, title: str, description: str, head: str, others: Mapping[str, str]
    ) -> str:
        """The page with `content` (HTML) as its main part; `others`: its addresses in each language."""
        html = _MAIN.sub(lambda match: f"{match[1]}{content}{match[2]}", self._html)
        html = _DESCRIPTION.sub(lambda _: f'<meta content="{escape(description)}" name="description"/>', html)
        html = _OTHER_LANGUAGE.sub(lambda match: _elsewhere(match[1], others.get(match[1]), match[2]), html)
        return _headed(html, title, head)

    def alone(self, content: str, *, title: str, head: str) -> str:
        """The page with `content` (HTML) instead of header, main part and footer."""
        html = _BODY.sub(lambda match: f"{match[1]}{content}{match[2]}", self._html)
        return _headed(_DESCRIPTION.sub("", html), title, head)


def _found(what: re.Pattern[str], html: str) -> str:
    match = what.search(html)
    return match[1] if match else ""


def _elsewhere(language: str, path: str | None, rest: str) -> str:
    """The link to a page in another language; nothing where it is not there in that one."""
    return f'<a hrefLang="{language}" href="{escape(path)}"{rest}' if path else ""


def _headed(html: str, title: str, head: str) -> str:
    html = _TITLE.sub(lambda _: f"<title>{escape(title)}</title>", html, count=1)
    return _IMAGE.sub("", html).replace("</head>", f"{head}</head>", 1)
