"""The queue of reports, read and decided by the showcase's own `moderation`; sessions are of `access.acting`."""

from typing import get_args

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.admin.schemas import ReportPage
from vannilli_app.cursors import decode_cursor, encode_cursor
from vannilli_app.showcase import moderation
from vannilli_app.showcase.schemas import ReportState

PAGE = 20


def known(state: str) -> ReportState | None:
    """The state that is meant; None, which is all, for any other word."""
    return next((one for one in get_args(ReportState) if one == state), None)


async def page(session: AsyncSession, state: ReportState | None, cursor: str | None) -> ReportPage:
    """Reports in this state, or all, newest first. Raises Invalid (`invalid_cursor`)."""
    after = decode_cursor(cursor) if cursor else None
    found = await moderation.reports(session, state, after, PAGE + 1)
    last = found[PAGE - 1] if len(found) > PAGE else None
    return ReportPage(
        items=found[:PAGE], next_cursor=encode_cursor(last.created_at, last.id) if last else None
    )
