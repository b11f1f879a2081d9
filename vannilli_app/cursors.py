"""Opaque page cursors: the sort key of the last row seen, so that a page stays right while rows are added."""

import base64
import binascii
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from vannilli_app.errors import Invalid
from vannilli_app.words import _

Key = TypeVar("Key")


def encode_cursor(created_at: datetime, row_id: UUID) -> str:
    """A cursor that continues after this row."""
    return _encode(created_at.isoformat(), row_id)


def encode_ranked(rank: int, row_id: UUID) -> str:
    """The same where rows are in the order of a number."""
    return _encode(str(rank), row_id)


def decode_cursor(cursor: str) -> tuple[datetime, UUID]:
    """The sort key in a cursor. Raises Invalid (`invalid_cursor`)."""
    return _decode(cursor, datetime.fromisoformat)


def decode_ranked(cursor: str) -> tuple[int, UUID]:
    """The same of a cursor in the order of a number."""
    return _decode(cursor, int)


def _encode(key: str, row_id: UUID) -> str:
    return base64.urlsafe_b64encode(f"{key}|{row_id}".encode()).decode().rstrip("=")


def _decode(cursor: str, read: Callable[[str], Key]) -> tuple[Key, UUID]:
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        key, row_id = raw.split("|")
        return read(key), UUID(row_id)
    except (ValueError, binascii.Error) as error:
        raise Invalid(
            _("That page link is broken. Start again from the first page."), code="invalid_cursor"
        ) from error
