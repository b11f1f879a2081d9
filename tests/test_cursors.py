"""A cursor is a stranger's text: whatever is in it, the database is asked for what it can compare, or not at all."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from vannilli_app import cursors, db
from vannilli_app.errors import Invalid

ID = "7b566220-5481-4901-a7ca-7b165138fdad"


def written(key: str, row_id: str = ID) -> str:
    return urlsafe_b64encode(f"{key}|{row_id}".encode()).decode()


@pytest.mark.parametrize("rank", ["-1", "2147483648", "9" * 30, "1.5", ""])
def test_a_rank_that_is_none_is_refused(rank: str) -> None:
    assert cursors.decode_ranked(written("2147483647"))[0] == 2147483647
    with pytest.raises(Invalid) as refused:
        cursors.decode_ranked(written(rank))
    assert refused.value.code == "invalid_cursor"


@pytest.mark.parametrize(
    "moment", ["2026-03-04T12:00:00", "2026-03-04", "0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00"]
)
def test_a_moment_that_is_none_is_refused(moment: str) -> None:
    with pytest.raises(Invalid):
        cursors.decode_cursor(written(moment))


def test_a_name_that_no_row_has_is_refused() -> None:
    now = datetime.now(UTC)
    assert cursors.decode_foreign(cursors.encode_cursor(now, "evt_1")) == (now, "evt_1")
    with pytest.raises(Invalid):
        cursors.decode_foreign(cursors.encode_cursor(now, "evt\0"))


@pytest.mark.parametrize("moment", ["0001-01-01T00:00+00:00", "9999-12-31T23:59Z", "2026-03-04T12:00+23:59"])
async def test_every_other_moment_can_be_compared(database: db.Database, moment: str) -> None:
    before, _ = cursors.decode_cursor(written(moment))
    async with database.transaction(db.SERVICE) as session:
        await (await session.connection()).execute(text("SELECT now() < :before"), {"before": before})
