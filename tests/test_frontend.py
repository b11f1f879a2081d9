import re
from collections.abc import Callable
from pathlib import Path

import pytest

from vannilli_app import frontend
from vannilli_app.build import SameOrigin
from vannilli_app.errors import VannilliError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of a few files."""
    for name in ("vannilli_app/page.py", "vannilli_app/ui/bars.jsx", "assets/tokens.css", "rxconfig.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


@pytest.mark.parametrize(
    "name",
    [
        "vannilli_app/page.py",
        "vannilli_app/ui/bars.jsx",
        "assets/tokens.css",
        "rxconfig.py",
        "assets/new.svg",
    ],
)
def test_every_source_of_the_pages_changes_the_key(root: Path, name: str) -> None:
    before = frontend.key(root)
    assert frontend.key(root) == before
    (root / name).write_text("changed")
    assert frontend.key(root) != before


@pytest.mark.parametrize(
    "name", ["vannilli_app/__pycache__/page.pyc", "assets/external/link.js", "README.md"]
)
def test_what_no_page_is_made_of_does_not(root: Path, name: str) -> None:
    before = frontend.key(root)
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text("changed")
    assert frontend.key(root) == before


def test_a_renamed_source_changes_the_key(root: Path) -> None:
    before = frontend.key(root)
    (root / "assets/tokens.css").rename(root / "assets/theme.css")
    assert frontend.key(root) != before


def test_without_a_build_the_server_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(VannilliError, match="Run `make run`"):
        frontend.current(tmp_path / "current")


def test_a_build_names_no_host_and_its_files_are_compressed() -> None:
    frontend.ensure()
    client = frontend.current() / "build" / "client"
    code = "".join(path.read_text() for path in (client / "assets").glob("*.js"))
    assert re.search(r"""["'`]/_event["'`]""", code)
    assert "localhost:" not in code
    assert (client / "index.html.br").exists()


def test_no_script_comes_before_the_style_and_type_of_a_page() -> None:
    frontend.ensure()
    pages = [page.read_text() for page in (frontend.current() / "build" / "client").rglob("index.html")]
    early = re.compile(r'rel="modulepreload|type="module"')
    assert [page for page in pages if early.search(page)] == []
    started = [
        re.findall(r'<link rel="later"|<script type="later"|vannilli:listening', page) for page in pages
    ]
    assert min(map(len, started)) > 10
    assert all(len(set(found)) == 3 for found in started)
    assert len(pages) > 20


def test_a_reflex_that_resolves_addresses_in_another_way_is_refused() -> None:
    tasks: dict[str, Callable[[str], str]] = {}
    SameOrigin().pre_compile(add_modify_task=tasks.__setitem__)  # type: ignore[call-arg]
    patch = tasks["utils/state.js"]
    once = patch("const endpoint = new URL(url_str);")
    assert "location" in once
    assert patch(once) == once
    with pytest.raises(RuntimeError, match="another way"):
        patch("const endpoint = elsewhere();")
