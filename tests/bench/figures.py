"""What a benchmark gives: figures, each beside a baseline that was measured in the same run."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

COLUMNS = ("figure", "Vannilli", "baseline", "ratio", "goal", "the baseline is")


@dataclass(frozen=True)
class Figure:
    """One line of the table; `ours` and `baseline` in `unit`. `goal` is words: nothing here asserts."""

    name: str
    ours: float
    baseline: float
    unit: str
    against: str
    goal: str = ""

    def cells(self) -> tuple[str, ...]:
        """What stands in each of `COLUMNS`."""
        ratio = f"{self.ours / self.baseline:.2f}" if self.baseline else "-"
        return (self.name, self._shown(self.ours), self._shown(self.baseline), ratio, self.goal, self.against)

    def _shown(self, value: float) -> str:
        return f"{value:.{0 if value >= 100 else 1 if value >= 10 else 2}f} {self.unit}"


def table(figures: Iterable[Figure]) -> str:
    """The figures in aligned columns, numbers to the right."""
    rows = [COLUMNS, *(figure.cells() for figure in figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if index in (1, 2, 3) else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def percentile(samples: Sequence[float], percent: int) -> float:
    """The value that `percent` of the samples do not exceed, interpolated; needs two samples or more."""
    return quantiles(samples, n=100, method="inclusive")[percent - 1]


def typical(rounds: Iterable[Sequence[float]], percent: int) -> float:
    """The median over the rounds of each round's percentile: one disturbed round does not decide."""
    return median(percentile(samples, percent) for samples in rounds)
