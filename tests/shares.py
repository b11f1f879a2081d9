"""How `make test` shares the tests among processes. Each has a PostgreSQL, a store and temporary folders of its own.

A file's tests stay together, for its fixtures are dear. All tests of the whole running product go to one process: they
watch the clock, and two products with their browsers would keep each other waiting.
"""

from collections.abc import Sequence

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

PRODUCT = ("tests/crash/", "tests/e2e/", "tests/test_run.py")


class Shares(LoadScopeScheduling):
    """Gives a free process the next file, in the order of the collection."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "the product" if file.startswith(PRODUCT) else file


def longest_first(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The product's tests, then the files with slow ones, so that in the end nobody is left alone with them."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    return sorted(items, key=lambda item: (not item.nodeid.startswith(PRODUCT), item.path not in slow))
