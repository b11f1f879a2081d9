"""Figures in the words and signs of the page. `None`, what cannot be told, is a dash."""

from datetime import datetime

from vannilli_app import routes
from vannilli_app.admin.schemas import Money, Mover
from vannilli_app.words import ngettext

DASH = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"
OUTCOMES = {
    "paid": "Paid videos",
    "free": "Videos on gift credits, and drafts",
    "failed": "Failed or cancelled",
    "not_taken": "Finished, not fetched yet",
    "given_back": "Given back",
    "deleted": "Of deleted projects",
    "at_work": "Still at work",
}
TIERS = {
    "free": "Free",
    "open_mic": "Open Mic",
    "indie_artist": "Indie Artist",
    "artist": "Artist",
    "label": "Label",
    "unknown": "Not known",
}


def dollars(value: float) -> str:
    """`$1,234.50`; cents only below a thousand."""
    sign = MINUS if value < -0.004 else ""
    return f"{sign}${abs(value):,.0f}" if abs(value) >= 1000 else f"{sign}${abs(value):,.2f}"


def share(value: float | None) -> str:
    """`31.4 %`."""
    return DASH if value is None else f"{value * 100:.1f} %".replace("-", MINUS)


def points(value: float | None) -> str:
    """A change of the margin, in points, with its sign."""
    return DASH if value is None else f"{value * 100:+.1f}".replace("-", MINUS)


def seconds(value: float | None) -> str:
    """`42 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`."""
    if value is None:
        return DASH
    whole = round(value)
    for size, unit, part, smaller in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // part
            return f"{whole // size} {unit}" + (f" {rest} {smaller}" if rest else "")
    return f"{whole} s"


def credits(n: int) -> str:
    """`1 credit`, `1,200 credits`; likewise the others."""
    return ngettext("{count} credit", "{count} credits", n, count=f"{n:,}")


def tasks(n: int) -> str:
    return ngettext("{count} task", "{count} tasks", n, count=f"{n:,}")


def videos(n: int) -> str:
    return ngettext("{count} video", "{count} videos", n, count=f"{n:,}")


def moment(value: datetime | None) -> str:
    """`28 Nov, 21:40:05`, UTC."""
    return f"{value:%d %b, %H:%M:%S}" if value else DASH


def name(kind: str, key: str) -> str:
    """A group of a breakdown in words."""
    if kind == "cause":
        provider, _, outcome = key.partition(" ")
        return f"{provider}: {OUTCOMES.get(outcome, outcome).lower()}"
    if kind == "day":
        return f"{datetime.fromisoformat(key):%a %d %b}"
    return {"outcome": OUTCOMES, "tier": TIERS}.get(kind, {}).get(key, key)


def link(kind: str, key: str, days: int) -> str:
    """The videos of a group; "" where there is none left to list."""
    provider, _, outcome = key.rpartition(" ")
    if kind in ("cause", "outcome") and outcome == "deleted":
        return ""
    if kind == "cause":
        return routes.admin_videos(provider=provider, outcome=outcome, days=days)
    return routes.admin_videos(**{kind: key}, **({} if kind == "day" else {"days": days}))


def headline(money: Money, days: int) -> str:
    """How the margin stands, as a sentence."""
    before = "yesterday up to this hour" if days == 1 else f"the {days} days before"
    now, then = money.total.margin, money.before.margin
    if now is None:
        spent = f" {dollars(money.total.cost_usd)} were spent." if money.total.cost_usd else ""
        return f"No video was paid for in this time.{spent}"
    if then is None:
        return f"There was no revenue in {before} to compare with."
    change = round((now - then) * 100, 1)
    if not change:
        return f"As in {before}."
    return f"{'Up' if change > 0 else 'Down'} {abs(change)} points from {share(then)} in {before}."


def mover(one: Mover) -> str:
    """What moved the margin, in words."""
    prefix = {"tier": "Tier ", "day": "On ", "provider": "All of "}.get(one.kind, "")
    return f"{prefix}{name(one.kind, one.key)}"


def coverage(money: Money) -> str:
    """How much of the cost is billed."""
    total = money.total
    if not total.unbilled_tasks:
        return "All of the cost is what providers billed."
    part = share(total.billed_usd / total.cost_usd if total.cost_usd else None)
    unbilled = ngettext(
        "{n} task has no bill in dollars yet and counts at the provider's list price.",
        "{n} tasks have no bill in dollars yet and count at the provider's list price.",
        total.unbilled_tasks,
    )
    return f"{part} of the cost is billed; {unbilled}"
