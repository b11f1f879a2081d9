"""Pure sums of money: cells of the books (day, tier, provider, outcome) to totals, margins, and what moved them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from vannilli_app.admin.schemas import MoneyRow, Mover

Key = Callable[["Cell"], str]
LEAST_EFFECT = 0.002  # a fifth of a point: less is nobody's reason


@dataclass(frozen=True)
class Cell:
    """Earnings or cost of one day, tier, provider and outcome; dollars."""

    day: date
    tier: str
    provider: str
    outcome: str
    revenue: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)
    billed: Decimal = Decimal(0)
    unbilled_tasks: int = 0
    tasks: int = 0


@dataclass(frozen=True)
class Sums:
    """Cells added up."""

    revenue: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)
    billed: Decimal = Decimal(0)
    unbilled_tasks: int = 0
    tasks: int = 0

    @property
    def margin(self) -> Decimal | None:
        """The share of the revenue that is left after the cost; None without revenue."""
        return (self.revenue - self.cost) / self.revenue if self.revenue > 0 else None


def total(cells: Iterable[Cell]) -> Sums:
    """All cells together."""
    there = list(cells)
    return Sums(
        revenue=sum((cell.revenue for cell in there), Decimal(0)),
        cost=sum((cell.cost for cell in there), Decimal(0)),
        billed=sum((cell.billed for cell in there), Decimal(0)),
        unbilled_tasks=sum(cell.unbilled_tasks for cell in there),
        tasks=sum(cell.tasks for cell in there),
    )


def breakdown(now: Iterable[Cell], before: Iterable[Cell], key: Key, *, align: bool = True) -> list[MoneyRow]:
    """Each group of the period with its effect on the margin, the strongest downward first.

    `align`: a group is compared with itself in the period before. Days are not, there is no such day.
    """
    ours, theirs = _grouped(now, key), _grouped(before, key) if align else {}
    whole, earlier = total(now), total(before)
    names = ours.keys() | theirs.keys()
    rows = [_row(name, ours.get(name, Sums()), theirs.get(name, Sums()), whole, earlier) for name in names]
    return sorted(rows, key=lambda row: (row.effect is None, row.effect or 0.0, row.key))


def row(key: str, sums: Sums) -> MoneyRow:
    """Sums as a row, without an effect."""
    return _row(key, sums, Sums(), Sums(), Sums())


def effect(ours: Sums, theirs: Sums, whole: Sums, earlier: Sums) -> Decimal | None:
    """By how much a group moved the margin from `earlier` to `whole`; None where one of them has no margin.

    With m the margin before, a group's excess is what it earned beyond m of its revenue, p - m·r. The margin has moved
    by the sum of all excesses over the revenue: (P - m·R) / R = P/R - m. Before, the excesses add up to 0, and each
    group's is subtracted so that only what changed counts.
    """
    if whole.margin is None or earlier.margin is None:
        return None
    excess = (ours.revenue - ours.cost - earlier.margin * ours.revenue) / whole.revenue
    before = (theirs.revenue - theirs.cost - earlier.margin * theirs.revenue) / earlier.revenue
    return excess - before


def movers(breakdowns: dict[str, list[MoneyRow]]) -> list[Mover]:
    """What pulled the margin down most, then what pushed it up most, over several breakdowns; of each at most two."""
    down, up = [], []
    for kind, rows in breakdowns.items():
        moved = [Mover(kind=kind, key=row.key, effect=row.effect) for row in rows if row.effect is not None]
        moved.sort(key=lambda one: one.effect)
        down += [one for one in moved[:2] if one.effect <= -LEAST_EFFECT]
        up += [one for one in moved[:-3:-1] if one.effect >= LEAST_EFFECT]
    down.sort(key=lambda one: one.effect)
    up.sort(key=lambda one: -one.effect)
    return down[:4] + up[:2]


def _grouped(cells: Iterable[Cell], key: Key) -> dict[str, Sums]:
    groups: dict[str, list[Cell]] = {}
    for cell in cells:
        groups.setdefault(key(cell), []).append(cell)
    return {name: total(group) for name, group in groups.items()}


def _row(key: str, ours: Sums, theirs: Sums, whole: Sums, earlier: Sums) -> MoneyRow:
    moved = effect(ours, theirs, whole, earlier)
    return MoneyRow(
        key=key,
        revenue_usd=float(ours.revenue),
        cost_usd=float(ours.cost),
        billed_usd=float(ours.billed),
        unbilled_tasks=ours.unbilled_tasks,
        tasks=ours.tasks,
        margin=None if ours.margin is None else float(ours.margin),
        effect=None if moved is None else float(moved),
    )
