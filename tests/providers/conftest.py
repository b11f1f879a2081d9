"""Readable failures in what the adapters' tests share."""

import pytest

pytest.register_assert_rewrite("tests.contracts.provider", "tests.fakes.replay")
