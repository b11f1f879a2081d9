import pytest

from tests.s3 import s3_server

__all__ = ["s3_server"]

pytest.register_assert_rewrite("tests.contracts.store")
