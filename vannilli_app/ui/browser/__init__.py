"""The components that run in the browser. Each `.jsx` has a wrapper of the same name in `vannilli_app.ui`.

They import one another by relative paths, so all of them are linked into the build together.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import reflex as rx

_FILES = [file.name for file in sorted(Path(__file__).parent.iterdir()) if file.suffix in (".js", ".jsx")]


def _link(name: str) -> str:
    return rx.asset(name, shared=True).importable_path


# In a thread, whose stack is short: rx.asset asks for the module of every frame above it, and amid a program's imports
# that takes seconds of every start.
with ThreadPoolExecutor(1) as _thread:
    _LINKED = dict(zip(_FILES, _thread.map(_link, _FILES), strict=True))


def module(name: str) -> str:
    """The path from which a page imports the browser module `name`, such as `bar_grid.jsx`."""
    return _LINKED[name]
