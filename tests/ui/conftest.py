"""What the tests of pages and of the browser's modules share: the product, a browser, the Node of the wheel."""

import json
import subprocess
import sysconfig
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from tests import product
from tests.browser import FAKE_DEVICES, chromium
from tests.product import Product
from vannilli_app.config import ROOT

MODULES = ROOT / "vannilli_app" / "ui" / "browser"
NODE = Path(sysconfig.get_path("scripts")) / "node"


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The whole product, for all tests of pages."""
    with product.running(tmp_path_factory.mktemp("pages")) as started:
        yield started


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium(*FAKE_DEVICES) as started:
        yield started


@pytest.fixture(scope="session")
def ask() -> Callable[..., Any]:
    """`ask("music.js", "music.section(given).billed", [case, ...])`: the expression's value for each case.

    A fourth argument is done with each case first. `section`, `decimal`, `timeline` and `speak` are always at hand.
    """

    def answers(module: str, expression: str, cases: list[Any], first: str = "") -> Any:
        name = module.removesuffix(".js")
        program = (
            f"import * as {name} from {json.dumps((MODULES / module).as_uri())};"
            f"import {{ section, decimal }} from {json.dumps((MODULES / 'music.js').as_uri())};"
            f"import {{ timeline }} from {json.dumps((MODULES / 'song.js').as_uri())};"
            f"import {{ speak }} from {json.dumps((MODULES / 'words.js').as_uri())};"
            "import { readFileSync } from 'node:fs';"
            "const plain = (_, value) => typeof value === 'bigint' ? String(value) : value;"
            f"const each = (given) => {{ {first}; return {expression}; }};"
            "console.log(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(each), plain));"
        )
        ran = subprocess.run(
            [NODE, "--no-warnings", "--input-type=module", "--eval", program],
            input=json.dumps(cases),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    return answers
