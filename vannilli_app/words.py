"""What is said, in the language of whoever reads it: gettext catalogues whose keys are the English sentences.

`speaking` says which language holds for what runs inside it: a page while it is compiled, an event of a page, a
request, a letter. Whatever is said there in `_` and `ngettext` is said in that language.
"""

import gettext
import io
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path

from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, get_decimal_symbol

SOURCE = "en"
LANGUAGES = {SOURCE: "English", "de": "Deutsch"}
"""Every language by its own name; the first is the one that the sources are written in."""
LOCALE = Path(__file__).parent / "locale"
DOMAIN = "vannilli"
BROWSER = "vannilli_app/ui/browser/"

_spoken: ContextVar[str] = ContextVar("language", default=SOURCE)

N_: Callable[[str], str] = str
"""Marks a sentence that is translated later, where it is said."""


def language() -> str:
    """The language that holds here, as a tag such as `de`."""
    return _spoken.get()


@contextmanager
def speaking(tag: str) -> Iterator[None]:
    """Say what is said inside in this language; in English where we do not know it."""
    mark = _spoken.set(tag if tag in LANGUAGES else SOURCE)
    try:
        yield
    finally:
        _spoken.reset(mark)


def speak(tag: str) -> None:
    """Say all that this task has still to say in this language; `speaking` where it has an end."""
    _spoken.set(tag if tag in LANGUAGES else SOURCE)


def _(sentence: str, /, **values: object) -> str:
    """The sentence in the language that holds here, with `values` in its `{places}`."""
    said = _translations(language()).gettext(sentence)
    return said.format(**values) if values else said


def ngettext(one: str, many: str, n: int, /, **values: object) -> str:
    """The sentence about `n` things, which stands in it as `{n}`."""
    return _translations(language()).ngettext(one, many, n).format(n=n, **values)


def at(path: str) -> str:
    """The address, in the language that holds here, of a page of ours: `/pricing` is `/de/pricing` in German."""
    return path if language() == SOURCE else f"/{language()}{path}".rstrip("/")


def language_of(path: str) -> str:
    """The language of a page's address."""
    first = path.lstrip("/").partition("/")[0]
    return first if first in LANGUAGES and first != SOURCE else SOURCE


def in_english(path: str) -> str:
    """The address of the same page in English."""
    tag = language_of(path)
    return path if tag == SOURCE else path.removeprefix(f"/{tag}") or "/"


@lru_cache(maxsize=256)
def preferred(accept_language: str) -> str:
    """Of our languages the one that a browser's `Accept-Language` wants most; English where it wants none of them."""
    wishes = []
    for wish in accept_language.split(","):
        tag, _sign, quality = wish.strip().partition(";q=")
        with_quality = quality if quality.replace(".", "", 1).isdecimal() else "1"
        wishes.append((-float(with_quality), tag.partition("-")[0].lower()))
    return next(
        (tag for least, tag in sorted(wishes, key=lambda one: one[0]) if least and tag in LANGUAGES), SOURCE
    )


def number(text: str) -> str:
    """A decimal as people write it here: `8.5` is `8,5` in German. For reading; addresses and data keep the point."""
    return text.replace(".", get_decimal_symbol(language()))


def whole(count: int) -> str:
    """`10,000`, and `10.000` in German."""
    return format_decimal(count, locale=language())


def money(dollars: Decimal | int) -> str:
    """`$3.50`, and `3,50 $` in German."""
    return format_currency(dollars, "USD", locale=language())


def day(when: date) -> str:
    """`5 Nov 2026`, and `5. Nov. 2026` in German."""
    return format_date(when, _("d MMM y"), locale=language())


def warm_up() -> None:
    """Read what every language needs, which takes a moment: at the start, not in somebody's request."""
    for tag in LANGUAGES:
        with speaking(tag):
            money(1)
            day(date.min)


def in_browser(tag: str, modules: Collection[str] | None = None) -> Mapping[str, str | list[str]]:
    """What the browser's own modules, or some of them by name, say in a language: by the English sentence, a pair where
    there is a number."""
    return {
        key(message.id): _both(message.string)
        for message in catalogue(tag)
        if message.id
        and any(
            place.startswith(BROWSER) and (modules is None or Path(place).stem in modules)
            for place, _line in message.locations
        )
    }


def key(message: str | list[str] | tuple[str, ...]) -> str:
    """What a message is looked up by: itself, or its singular."""
    return message if isinstance(message, str) else message[0]


def _both(said: str | list[str] | tuple[str, ...] | None) -> str | list[str]:
    return list(said) if isinstance(said, (list, tuple)) else said or ""


@cache
def catalogue(tag: str) -> Catalog:
    """The catalogue of a language, empty for the language of the sources."""
    if tag == SOURCE:
        return Catalog(locale=tag, domain=DOMAIN)
    with (LOCALE / tag / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        return read_po(file, locale=tag, domain=DOMAIN)


@cache
def _translations(tag: str) -> gettext.NullTranslations:
    if tag == SOURCE:
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(tag))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
