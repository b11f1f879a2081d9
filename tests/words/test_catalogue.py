"""Whatever is said is marked, and said in every language."""

import ast
import re
from decimal import Decimal

import pytest

from tests import catalogue
from vannilli_app import routes, words
from vannilli_app.config import ROOT

OTHERS = [tag for tag in words.LANGUAGES if tag != words.SOURCE]
FOR_OPERATORS = re.compile(
    r"/(cli|admin|demo|embedded|frontend|run\.py|billing/events|doctor|alerts|dumps|backup|restore|storage/setup)"
)
"""What speaks to whoever runs Vannilli speaks English."""
PLACE = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("tag", OTHERS)
def test_every_sentence_of_the_sources_is_translated_and_nothing_else(tag: str) -> None:
    marked = {words.key(one.id) for one in catalogue.extracted() if one.id}
    translated = {
        words.key(one.id) for one in words.catalogue(tag) if one.id and _whole(one.string) and not one.fuzzy
    }
    assert sorted(marked - translated) == [], "run `make words`, then translate these"
    assert sorted(translated - marked) == [], "run `make words`: nobody says these any more"


@pytest.mark.parametrize("tag", OTHERS)
def test_a_translation_has_the_places_of_its_sentence(tag: str) -> None:
    for one in words.catalogue(tag):
        said = [one.string] if isinstance(one.string, str) else list(one.string or ())
        sentences = [one.id] if isinstance(one.id, str) else list(one.id)
        for sentence, translation in zip(sentences, said, strict=True):
            if sentence:
                assert set(PLACE.findall(translation)) == set(PLACE.findall(sentence)), sentence


def test_errors_say_sentences_that_are_marked() -> None:
    kinds = {kind.name for _, kind in catalogue.errors()}
    unmarked = [
        f"{file.relative_to(ROOT)}:{call.lineno}"
        for file in (ROOT / "vannilli_app").rglob("*.py")
        if not FOR_OPERATORS.search(file.as_posix())
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in kinds
        and call.args
        and isinstance(call.args[0], (ast.JoinedStr, ast.Constant))
        and " " in ast.unparse(call.args[0])
    ]
    assert unmarked == []


def test_pages_lead_to_pages_in_their_language() -> None:
    pages = [
        name for name, path in vars(routes).items() if name.isupper() and not str(path).startswith("/api")
    ]
    alone = re.compile(rf"(?<!at\()\broutes\.({'|'.join(pages)})\b")
    files = [*(ROOT / "vannilli_app").glob("*/page.py"), *(ROOT / "vannilli_app").glob("*/components.py")]
    left = [
        f"{file.relative_to(ROOT)}: {found[0]}"
        for file in files
        if not FOR_OPERATORS.search(file.as_posix())
        for found in alone.finditer(file.read_text())
    ]
    assert left == []


@pytest.mark.parametrize(
    ("read", "code", "said"),
    [
        (catalogue.in_python, "f'<b>{_(\"In an f-string.\")}</b>'", [("In an f-string.",)]),
        (catalogue.in_python, "_('One ' 'sentence.', n=1)", [("One sentence.",)]),
        (catalogue.in_python, 'ngettext("{n} bar", "{n} bars", n)', [("{n} bar", "{n} bars")]),
        (
            catalogue.in_javascript,
            '_("A {b}", { b: ngettext("{n} c", "{n} cs", n) })',
            [("A {b}",), ("{n} c", "{n} cs")],
        ),
        (catalogue.in_javascript, 'const name = N_("a \\"b\\""); said_("no")', [('a "b"',)]),
    ],
)
def test_marked_sentences_are_found_wherever_they_stand(read, code: str, said: list[tuple[str, ...]]) -> None:
    assert list(read(code)) == said


def test_what_is_said_follows_the_language_that_holds() -> None:
    with words.speaking("de"):
        assert words._("Prices") == "Preise"
        assert words.ngettext("{n} credit", "{n} credits", 1) == "1 Credit"
        assert words.ngettext("{n} credit", "{n} credits", 14) == "14 Credits"
        assert words.number("8.5") == "8,5"
        assert words.money(Decimal("1234.5")) == "1.234,50\N{NO-BREAK SPACE}$"
        with words.speaking("xx"):
            assert words._("Prices") == "Prices"
    assert (words.number("8.5"), words.money(Decimal("1234.5"))) == ("8.5", "$1,234.50")


def test_an_address_and_its_language_belong_together() -> None:
    with words.speaking("de"):
        assert [words.at(path) for path in ("/", "/pricing", "/bpm/{bpm}")] == [
            "/de",
            "/de/pricing",
            "/de/bpm/{bpm}",
        ]
    assert [words.language_of(path) for path in ("/de", "/de/pricing", "/demo", "/", "/en")] == [
        "de", "de", "en", "en", "en",
    ]  # fmt: skip
    assert [words.in_english(path) for path in ("/de", "/de/pricing", "/demo", "/")] == [
        "/",
        "/pricing",
        "/demo",
        "/",
    ]


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr,en;q=0.5,de;q=0.7", "de"),
        ("en-GB,de;q=0.9", "en"),
        ("de;q=0", "en"),
        ("", "en"),
        ("*;q=nonsense, ,;q=", "en"),
    ],
)
def test_the_language_that_a_browser_prefers(header: str, tag: str) -> None:
    assert words.preferred(header) == tag


def _whole(said: object) -> bool:
    return all(said) if isinstance(said, (list, tuple)) else bool(said)
