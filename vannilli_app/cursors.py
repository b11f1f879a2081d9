"""Opaque page cursors: the sort key of the last row seen, so that a page stays right while rows are added."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol, TypeVar
from uuid import UUID

from vannilli_app import plain_text
from vannilli_app.errors import Invalid
from vannilli_app.words import _

Key = TypeVar("Key")
Id = TypeVar("Id")
Row = TypeVar("Row")
MOST_RANK = 2**31 - 1  # of PostgreSQL's integer


class Dated(Protocol):
    """A row that is listed by when it was made."""

    @property
    def created_at(self) -> datetime: ...

    @property
    def id(self) -> UUID: ...


def cut(rows: Sequence[Row], limit: int, cursor_of: Callable[[Row], str]) -> tuple[list[Row], str | None]:
    """The first `limit` rows, and the cursor behind them. There is one where more rows than that were found: ask for
    one more than are shown."""
    page = list(rows[:limit])
    return page, cursor_of(page[-1]) if len(rows) > limit else None


def after(row: Dated) -> str:
    """A cursor that continues after this row."""
    return encode_cursor(row.created_at, row.id)


def encode_cursor(created_at: datetime, row_id: UUID | str) -> str:
    """A cursor that continues after the row of this time and id."""
    return _encode(created_at.isoformat(), row_id)


def encode_ranked(rank: int, row_id: UUID) -> str:
    """The same where rows are in the order of a number."""
    return _encode(str(rank), row_id)


def decode_cursor(cursor: str) -> tuple[datetime, UUID]:
    """The sort key in a cursor. Raises Invalid (`invalid_cursor`)."""
    return _decode(cursor, _moment, UUID)


def decode_foreign(cursor: str) -> tuple[datetime, str]:
    """The same where the ids are another service's."""
    return _decode(cursor, _moment, _text)


def decode_ranked(cursor: str) -> tuple[int, UUID]:
    """The same of a cursor in the order of a number."""
    return _decode(cursor, _rank, UUID)


def _encode(key: str, row_id: UUID | str) -> str:
    return base64.urlsafe_b64encode(f"{key}|{row_id}".encode()).decode().rstrip("=")


def _decode(cursor: str, read: Callable[[str], Key], read_id: Callable[[str], Id]) -> tuple[Key, Id]:
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        key, row_id = raw.split("|")
        return read(key), read_id(row_id)
    except (ValueError, OverflowError, binascii.Error) as error:
        raise Invalid(
            _("That page link is broken. Start again from the first page."), code="invalid_cursor"
        ) from error


# A cursor comes back from whoever likes to write one: only what PostgreSQL can compare gets through.


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without its time zone")
    return moment.astimezone(UTC)


def _rank(text: str) -> int:
    rank = int(text)
    if not 0 <= rank <= MOST_RANK:
        raise ValueError("not a rank")
    return rank


def _text(text: str) -> str:
    if not plain_text.is_fit(text):
        raise ValueError("not a text")
    return text
