"""The rules of the house that a machine can check; the contracts themselves stand in pyproject.toml."""

import ast
import os
import subprocess
import sys
from pathlib import Path

from vannilli_app.config import ROOT

PACKAGE = ROOT / "vannilli_app"
LONGEST_FILE = 350
COMMITS = {"commit", "begin", "begin_nested"}


def test_imports_keep_their_contracts():
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, env=os.environ)
    assert done.returncode == 0, done.stdout


def test_only_db_commits():
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in COMMITS or file.name == "db.py", f"{file}:{node.lineno}"


def test_no_file_is_long():
    lengths = {str(file): len(file.read_text().splitlines()) for file in PACKAGE.rglob("*.py")}
    assert {file: length for file, length in lengths.items() if length > LONGEST_FILE} == {}


def test_the_features_share_their_file_names():
    """A package with a service, an API or a page is a feature and says what it is in its first line."""
    for feature in {
        file.parent for name in ("service", "api", "page") for file in PACKAGE.glob(f"*/{name}.py")
    }:
        assert ast.get_docstring(ast.parse((feature / "__init__.py").read_text())), feature
