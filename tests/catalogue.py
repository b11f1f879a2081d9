"""The sentences of the sources, and the catalogues brought up to them: `make words` runs this as a program."""

import ast
from collections.abc import Collection, Iterator
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from vannilli_app import errors
from vannilli_app.config import ROOT
from vannilli_app.words import DOMAIN, LANGUAGES, LOCALE, SOURCE

KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
WIDTH = 110


def _in_python(
    source: IO[bytes], keywords: Collection[str], comment_tags: Any, options: Any
) -> Iterator[tuple[int, str, list[str], list[str]]]:
    """What a module marks, also within f-strings, where Babel's own reader of Python 3.11 does not look."""
    for node in ast.walk(ast.parse(source.read())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in keywords:
            said = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
            if said:
                yield node.lineno, node.func.id, said, []


METHODS = {".py": _in_python, ".js": "javascript", ".jsx": "javascript"}


def extracted() -> Catalog:
    """Every sentence that the package marks, with the files it stands in."""
    found = Catalog(domain=DOMAIN)
    for file in sorted((ROOT / "vannilli_app").rglob("*")):
        if file.suffix in METHODS:
            with file.open("rb") as source:
                for _, message, _, _ in extract(METHODS[file.suffix], source, keywords=KEYWORDS):
                    found.add(message, locations=[(file.relative_to(ROOT).as_posix(), 0)])
    for kind in kinds(errors.VannilliError):
        found.add(sentence(kind), locations=[("vannilli_app/errors.py", 0)])
    return found


def kinds(error: type[errors.VannilliError]) -> list[type[errors.VannilliError]]:
    """An error and all that it is refined into: their docstrings are sentences."""
    return [error, *(kind for below in error.__subclasses__() for kind in kinds(below))]


def sentence(kind: type[errors.VannilliError]) -> str:
    return (kind.__doc__ or "").strip()


def update(tag: str) -> None:
    """Bring a language's catalogue up to the sources: what is new stands in it untranslated, what is gone goes."""
    path = LOCALE / tag / "LC_MESSAGES" / f"{DOMAIN}.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        file.seek(0)
        catalogue = read_po(file, locale=tag, domain=DOMAIN)
    catalogue.update(extracted(), no_fuzzy_matching=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=WIDTH, omit_header=False, ignore_obsolete=True, include_lineno=False)


if __name__ == "__main__":
    for language in LANGUAGES:
        if language != SOURCE:
            update(language)
