"""Bars as the server draws them, without a script: `ui/browser/bar_grid.jsx` has the ones that can be played with."""

from collections.abc import Iterable, Sequence


def playing(bars: int, beats: int = 4) -> str:
    """Bars in a row whose beats light up one after another at the page's tempo."""
    drawn = (
        _bar("".join(f'<i style="--at:{bar * beats + beat}"></i>' for beat in range(beats)))
        for bar in range(bars)
    )
    return _grid(drawn, f"--across:{bars};--beats:{bars * beats}", mode="playing")


def counted(beats: Sequence[int], of: int = 4) -> str:
    """A bar for each number, with so many of its beats lit."""
    drawn = (_bar("<i data-done></i>" * lit + "<i></i>" * (of - lit)) for lit in beats)
    return _grid(drawn, f"--across:{len(beats)}", mode="counted")


def _bar(beats: str) -> str:
    return f'<span class="bar">{beats}</span>'


def _grid(drawn: Iterable[str], style: str, mode: str) -> str:
    return (
        f'<div class="bar-grid" data-mode="{mode}" aria-hidden="true" style="{style}">{"".join(drawn)}</div>'
    )
