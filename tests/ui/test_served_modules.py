"""The browser's modules that the server hands out one by one: whatever one of them imports is handed out too."""

import re
from collections.abc import Collection

import pytest

from tests.ui.conftest import MODULES
from vannilli_app.calculator import embed_page
from vannilli_app.showcase import markup

IMPORT = re.compile(r"""(?:from|import)\s*\(?\s*["']\./(\w+)\.js["']""")


@pytest.mark.parametrize("served", [embed_page.MODULES, markup.MODULES], ids=["embedded", "showcase"])
def test_what_a_module_imports_is_served(served: Collection[str]) -> None:
    wanted = {name for module in served for name in IMPORT.findall((MODULES / f"{module}.js").read_text())}
    assert wanted
    assert wanted <= set(served)
