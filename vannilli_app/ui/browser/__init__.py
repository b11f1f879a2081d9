"""The components that run in the browser. Each `.jsx` has a wrapper of the same name in `vannilli_app.ui`.

They import one another by relative paths, so all of them are linked into the build together.
"""

from pathlib import Path

import reflex as rx

_LINKED = {
    file.name: rx.asset(file.name, shared=True).importable_path
    for file in sorted(Path(__file__).parent.iterdir())
    if file.suffix in (".js", ".jsx")
}


def module(name: str) -> str:
    """The path from which a page imports the browser module `name`, such as `bar_grid.jsx`."""
    return _LINKED[name]
