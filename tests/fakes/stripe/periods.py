"""Billing periods: calendar months from an anchor, as Stripe counts them. Times are seconds since 1970, UTC."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta

_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}


def moment(anchor: int, interval: str, count: int, times: int) -> int:
    """The anchor moved by `times` intervals. The 31st becomes the last day of a shorter month, and the 31st again."""
    start = datetime.fromtimestamp(anchor, UTC)
    if interval in _DAYS:
        return int((start + timedelta(days=_DAYS[interval] * count * times)).timestamp())
    months = start.year * 12 + start.month - 1 + _MONTHS[interval] * count * times
    year, month = divmod(months, 12)
    day = min(start.day, monthrange(year, month + 1)[1])
    return int(start.replace(year=year, month=month + 1, day=day).timestamp())


def end_after(anchor: int, interval: str, count: int, now: int) -> int:
    """The end of the period that `now` is in; a period's end belongs to the next."""
    times = 1
    while (end := moment(anchor, interval, count, times)) <= now:
        times += 1
    return end
