"""The sentences of the sources, and the catalogues brought up to them: `make words` runs this as a program."""

import ast
import json
import re
from collections.abc import Iterator

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from vannilli_app.config import ROOT
from vannilli_app.words import DOMAIN, LANGUAGES, LOCALE, SOURCE

MARKS = ("_", "N_", "ngettext")
WIDTH = 110
_STRING = r'"(?:[^"\\\n]|\\.)*"'
_MARKED = re.compile(rf"(?<![\w.$])(?:{'|'.join(MARKS)})\(\s*({_STRING})(?:,\s*({_STRING}))?")


def extracted() -> Catalog:
    """Every sentence that the package marks, with the files it stands in.

    Babel's own readers pass over what is marked within an f-string (Python 3.11) or within another call (JavaScript).
    """
    found = Catalog(domain=DOMAIN)
    for file in sorted((ROOT / "vannilli_app").rglob("*")):
        read = {".py": in_python, ".js": in_javascript, ".jsx": in_javascript}.get(file.suffix)
        for said in read(file.read_text()) if read else ():
            found.add(said if len(said) > 1 else said[0], locations=[(file.relative_to(ROOT).as_posix(), 0)])
    for path, kind in errors():
        found.add(ast.get_docstring(kind) or "", locations=[(path, 0)])
    return found


def errors() -> list[tuple[str, ast.ClassDef]]:
    """Every class of error with the file it is written in: its docstring is its sentence."""
    classes = [
        (file.relative_to(ROOT).as_posix(), node)
        for file in sorted((ROOT / "vannilli_app").rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ClassDef)
    ]
    known = {"VannilliError"}
    for _ in range(4):  # far deeper than the tree is
        known |= {one.name for _, one in classes if known & {getattr(base, "id", "") for base in one.bases}}
    return [(path, one) for path, one in classes if one.name in known]


def in_python(code: str) -> Iterator[tuple[str, ...]]:
    """What a module marks: a sentence, or a singular and its plural."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
            said = tuple(
                given.value
                for given in node.args
                if isinstance(given, ast.Constant) and isinstance(given.value, str)
            )
            if said:
                yield said


def in_javascript(code: str) -> Iterator[tuple[str, ...]]:
    """What a browser module marks, likewise, in double quotes."""
    for marked in _MARKED.finditer(code):
        yield tuple(json.loads(said) for said in marked.groups() if said)


def update(tag: str) -> None:
    """Bring a language's catalogue up to the sources: what is new stands in it untranslated, what is gone goes."""
    path = LOCALE / tag / "LC_MESSAGES" / f"{DOMAIN}.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        file.seek(0)
        catalogue = read_po(file, locale=tag, domain=DOMAIN)
    catalogue.update(extracted(), no_fuzzy_matching=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=WIDTH, ignore_obsolete=True, include_lineno=False)


if __name__ == "__main__":
    for language in LANGUAGES:
        if language != SOURCE:
            update(language)
