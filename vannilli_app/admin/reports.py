"""The queue of reports, read and decided by the showcase's own `moderation`; sessions are of `access.acting`."""

from typing import get_args

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.admin.schemas import ReportPage
from vannilli_app.cursors import after, cut, decode_cursor
from vannilli_app.showcase import moderation
from vannilli_app.showcase.schemas import ReportState

PAGE = 20


def known(state: str) -> ReportState | None:
    """The state that is meant; None, which is all, for any other word."""
    return next((one for one in get_args(ReportState) if one == state), None)


async def page(session: AsyncSession, state: ReportState | None, cursor: str | None) -> ReportPage:
    """Reports in this state, or all, newest first. Raises Invalid (`invalid_cursor`)."""
    before = decode_cursor(cursor) if cursor else None
    found = await moderation.reports(session, state, before, PAGE + 1)
    items, next_cursor = cut(found, PAGE, after)
    return ReportPage(items=items, next_cursor=next_cursor)
