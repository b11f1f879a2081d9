"""What the adapters' tests share: readable failures, and a server that plays recorded answers."""

from collections.abc import Iterator

import pytest

from tests.fakes.server import serving

pytest.register_assert_rewrite("tests.contracts.provider", "tests.fakes.replay")

from tests.fakes.replay import Replay  # noqa: E402  (first it must be known as one to rewrite)


@pytest.fixture
def replay() -> Iterator[Replay]:
    server = Replay()
    with serving(server.app()) as server.base_url:
        yield server
