"""The pages for `/bpm` and `/bpm/140`, written by the server: what a tempo comes to, without a script."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from html import escape

from vannilli_app import routes
from vannilli_app.calculator.words import address, counted_bars, plain, written
from vannilli_app.music.lengths import LIMITS, bars_within, note_lengths
from vannilli_app.music.tempo import FRAME_RATES, MAX_BPM, MIN_BPM, Section

_LENGTHS = (1, 2, 4, 8, 16, 32)
_RATES = ("24", "25", "30")
_NEIGHBOURS = 4


def title(bpm: int) -> str:
    return f"{bpm} BPM: bar lengths in seconds and delay times · Vannilli"


def description(bpm: int) -> str:
    hook = Section.parse(bpm, 8)
    return (
        f"At {bpm} BPM a beat lasts {_ms(Fraction(60, bpm))} ms, a bar of 4/4 {written(hook.bar_seconds)} s and "
        f"8 bars {written(hook.exact_seconds)} s. Frames, delay times, and what fits into 8, 10 and 30 seconds."
    )


def content(bpm: int) -> str:
    """The main part of the page of one tempo."""
    section = Section.parse(bpm, 8)
    return "".join(
        [
            f'<article class="tempo-facts" style="--beat:{60 / bpm:.6f}s">',
            f'<h1 class="tempo-title"><span class="tempo-number">{bpm}</span>'
            '<span>BPM<i class="beat-lamp"></i></span></h1>',
            f'<p class="lead">A beat lasts <b>{_ms(Fraction(60, bpm))} ms</b>, a bar of 4/4 '
            f"<b>{written(section.bar_seconds)} s</b>, and 8 bars <b>{written(section.exact_seconds)} s</b>.</p>",
            f'<p class="row"><a class="button button-main" href="{escape(address(section))}">'
            f"Open {bpm} BPM in the calculator</a>"
            f'<a class="button button-plain" href="{escape(address(section, routes.STUDIO_NEW))}">'
            "Make a video of 8 bars</a></p>",
            _bars(bpm),
            _notes(section),
            _fits(section),
            _others(bpm),
            "</article>",
        ]
    )


INDEX_TITLE = "Every tempo from 60 to 200 BPM · Vannilli"
INDEX_DESCRIPTION = "Bar lengths in seconds, frames and delay times for every tempo from 60 to 200 BPM."


def index() -> str:
    """The main part of the list of all tempos."""
    return (
        '<div class="tempo-facts"><h1>Every tempo</h1>'
        '<p class="lead">Bar lengths, frames and delay times, from 60 to 200 BPM.</p>'
        f"{_links(range(MIN_BPM, MAX_BPM + 1))}</div>"
    )


def _bars(bpm: int) -> str:
    rows = []
    for bars in _LENGTHS:
        section = Section.parse(bpm, bars)
        link = f'<a href="{escape(address(section))}">{counted_bars(Decimal(bars))}</a>'
        frames = [str(section.frames(FRAME_RATES[rate])) for rate in _RATES]
        rows.append([link, f"{written(section.exact_seconds)} s", str(bars * 4), *frames])
    return (
        "<section><h2>How long bars of 4/4 last</h2>"
        + _table(
            "How long bars last",
            ["Bars", "Seconds", "Beats", *(f"Frames at {rate}" for rate in _RATES)],
            rows,
        )
        + "</section>"
    )


def _notes(section: Section) -> str:
    rows = [
        [
            note.name,
            *(f"{_ms(length, 2)} ms" for length in (note.straight, note.dotted, note.triplet)),
            f"{written(1 / note.straight)} Hz",
        ]
        for note in note_lengths(section)
    ]
    return (
        "<section><h2>Delay times</h2>"
        + _table("Delay times", ["Note", "Straight", "Dotted", "Triplet", "Straight in Hz"], rows)
        + "</section>"
    )


def _fits(section: Section) -> str:
    said = []
    for limit in LIMITS:
        fitting = bars_within(section.bar_seconds, limit)
        if fitting is None:
            said.append(f"<li><b>{limit.name}</b>: no bar of 4/4 fits.</li>")
            continue
        fewest, most = fitting
        bars = f"{plain(fewest)} to {plain(most)} bars" if limit.least else f"up to {counted_bars(most)}"
        lasts = written(Fraction(most) * section.bar_seconds)
        said.append(f"<li><b>{limit.name}</b>: {bars} of 4/4 ({lasts} s).</li>")
    return f'<section><h2>What fits</h2><ul class="stack-tight">{"".join(said)}</ul></section>'


def _others(bpm: int) -> str:
    near = range(max(MIN_BPM, bpm - _NEIGHBOURS), min(MAX_BPM, bpm + _NEIGHBOURS) + 1)
    octaves = [
        (word, other)
        for word, other in (("Half the tempo", Fraction(bpm, 2)), ("Double the tempo", Fraction(bpm * 2)))
        if other.denominator == 1 and MIN_BPM <= other <= MAX_BPM
    ]
    lines = "".join(
        f'<p>{word}: <a href="{routes.TEMPO.format(bpm=int(other))}">{int(other)} BPM</a></p>'
        for word, other in octaves
    )
    every = f'<p><a href="{routes.TEMPOS}">Every tempo from {MIN_BPM} to {MAX_BPM}</a></p>'
    return f'<section class="stack"><h2>Near it</h2>{_links(one for one in near if one != bpm)}{lines}{every}</section>'


def _links(tempos: Iterable[int]) -> str:
    items = (f'<li><a class="choice" href="{routes.TEMPO.format(bpm=bpm)}">{bpm}</a></li>' for bpm in tempos)
    return f'<ul class="tempos">{"".join(items)}</ul>'


def _table(name: str, heads: list[str], rows: list[list[str]]) -> str:
    """Cells are HTML."""
    head = "".join(f'<th scope="col">{cell}</th>' for cell in heads)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'
        for first, *rest in rows
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{name}"><table class="table figures">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _ms(seconds: Fraction, places: int = 3) -> str:
    return written(seconds * 1000, places)
