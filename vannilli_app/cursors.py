"""Opaque page cursors: the sort key of the last row seen, so that a page stays right while rows are added."""

import base64
import binascii
from datetime import datetime
from uuid import UUID

from vannilli_app.errors import Invalid
from vannilli_app.words import _


def encode_cursor(created_at: datetime, row_id: UUID) -> str:
    """A cursor that continues after this row."""
    return base64.urlsafe_b64encode(f"{created_at.isoformat()}|{row_id}".encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> tuple[datetime, UUID]:
    """The sort key in a cursor. Raises Invalid (`invalid_cursor`)."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        moment, row_id = raw.split("|")
        return datetime.fromisoformat(moment), UUID(row_id)
    except (ValueError, binascii.Error) as error:
        raise Invalid(
            _("That page link is broken. Start again from the first page."), code="invalid_cursor"
        ) from error
