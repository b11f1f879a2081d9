"""The pages for `/bpm` and `/bpm/140`, written by the server: what a tempo comes to, without a script."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from html import escape

from vannilli_app import routes
from vannilli_app.calculator.bars import playing
from vannilli_app.calculator.words import address, counted_bars, plain, written
from vannilli_app.music.lengths import LIMITS, Limit, bars_within, note_lengths
from vannilli_app.music.tempo import FRAME_RATES, MAX_BPM, MIN_BPM, Section
from vannilli_app.words import N_, _, at, number

_LENGTHS = (1, 2, 4, 8, 16, 32)
_RATES = ("24", "25", "30")
_NEIGHBOURS = 4


def title(bpm: int) -> str:
    return _("{bpm} BPM: bar lengths in seconds and delay times · Vannilli", bpm=bpm)


def description(bpm: int) -> str:
    hook = Section.parse(bpm, 8)
    return _(
        "At {bpm} BPM a beat lasts {beat} ms, a bar of 4/4 {bar} s and 8 bars {hook} s. Frames, delay times, and what "
        "fits into 8, 10 and 30 seconds.",
        **_lengths(hook),
    )


def content(bpm: int) -> str:
    """The main part of the page of one tempo."""
    section = Section.parse(bpm, 8)
    return "".join(
        [
            f'<article class="tempo-facts" style="--beat:{60 / bpm:.6f}s">',
            f'<h1 class="tempo-title"><span class="tempo-number">{bpm}</span>'
            '<span>BPM<i class="beat-lamp"></i></span></h1>',
            '<p class="lead">',
            _(
                "A beat lasts {beat} ms, a bar of 4/4 {bar} s, and 8 bars {hook} s.",
                **{name: f"<b>{length}</b>" for name, length in _lengths(section).items()},
            ),
            "</p>",
            playing(bars=8),
            f'<p class="row"><a class="button button-main" href="{escape(address(section))}">'
            f"{_('Open {bpm} BPM in the calculator', bpm=bpm)}</a>"
            f'<a class="button button-plain" href="{escape(address(section, at(routes.STUDIO_NEW)))}">'
            f"{_('Make a video of 8 bars')}</a></p>",
            _bars(bpm),
            _notes(section),
            _fits(section),
            _others(bpm),
            "</article>",
        ]
    )


INDEX_TITLE = N_("Every tempo from 60 to 200 BPM · Vannilli")
INDEX_DESCRIPTION = N_("Bar lengths in seconds, frames and delay times for every tempo from 60 to 200 BPM.")


def index() -> str:
    """The main part of the list of all tempos."""
    return (
        f'<div class="tempo-facts"><h1>{_("Every tempo")}</h1>'
        f'<p class="lead">{_("Bar lengths, frames and delay times, from 60 to 200 BPM.")}</p>'
        f"{_links(range(MIN_BPM, MAX_BPM + 1))}</div>"
    )


def _bars(bpm: int) -> str:
    rows = []
    for bars in _LENGTHS:
        section = Section.parse(bpm, bars)
        link = f'<a href="{escape(address(section))}">{counted_bars(Decimal(bars))}</a>'
        frames = [str(section.frames(FRAME_RATES[rate])) for rate in _RATES]
        rows.append([link, f"{number(written(section.exact_seconds))} s", str(bars * 4), *frames])
    return (
        f"<section><h2>{_('How long bars of 4/4 last')}</h2>"
        + _table(
            _("How long bars last"),
            [_("Bars"), _("Seconds"), _("Beats"), *(_("Frames at {rate}", rate=rate) for rate in _RATES)],
            rows,
        )
        + "</section>"
    )


def _notes(section: Section) -> str:
    rows = [
        [
            note.name,
            *(f"{_ms(length, 2)} ms" for length in (note.straight, note.dotted, note.triplet)),
            f"{number(written(1 / note.straight))} Hz",
        ]
        for note in note_lengths(section)
    ]
    return (
        f"<section><h2>{_('Delay times')}</h2>"
        + _table(
            _("Delay times"),
            [_("Note"), _("Straight"), _("Dotted"), _("Triplet"), _("Straight in Hz")],
            rows,
        )
        + "</section>"
    )


def _fits(section: Section) -> str:
    said = []
    for limit in LIMITS:
        fitting = bars_within(section.bar_seconds, limit)
        if fitting is None:
            said.append(f"<li>{_('{place}: no bar of 4/4 fits.', place=_place(limit))}</li>")
            continue
        fewest, most = fitting
        bars = (
            _("{fewest} to {most} bars", fewest=number(plain(fewest)), most=number(plain(most)))
            if limit.least
            else _("up to {bars}", bars=counted_bars(most))
        )
        lasts = number(written(Fraction(most) * section.bar_seconds))
        sentence = _("{place}: {bars} of 4/4 ({seconds} s).", place=_place(limit), bars=bars, seconds=lasts)
        said.append(f"<li>{sentence}</li>")
    return f'<section><h2>{_("What fits")}</h2><ul class="stack-tight">{"".join(said)}</ul></section>'


def _place(limit: Limit) -> str:
    return f"<b>{_(limit.name)}</b>"


def _others(bpm: int) -> str:
    near = range(max(MIN_BPM, bpm - _NEIGHBOURS), min(MAX_BPM, bpm + _NEIGHBOURS) + 1)
    octaves = [
        (word, other)
        for word, other in (
            (_("Half the tempo"), Fraction(bpm, 2)),
            (_("Double the tempo"), Fraction(bpm * 2)),
        )
        if other.denominator == 1 and MIN_BPM <= other <= MAX_BPM
    ]
    lines = "".join(
        f'<p>{word}: <a href="{at(routes.TEMPO).format(bpm=int(other))}">{int(other)} BPM</a></p>'
        for word, other in octaves
    )
    name = _("Every tempo from {least} to {most}", least=MIN_BPM, most=MAX_BPM)
    every = f'<p><a href="{at(routes.TEMPOS)}">{name}</a></p>'
    links = _links(one for one in near if one != bpm)
    return f'<section class="stack"><h2>{_("Near it")}</h2>{links}{lines}{every}</section>'


def _links(tempos: Iterable[int]) -> str:
    items = (
        f'<li><a class="choice" href="{at(routes.TEMPO).format(bpm=bpm)}">{bpm}</a></li>' for bpm in tempos
    )
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
    return number(written(seconds * 1000, places))


def _lengths(hook: Section) -> dict[str, str]:
    """The places of the sentence that says how long a beat, a bar and 8 bars are."""
    return {
        "bpm": number(plain(hook.bpm)),
        "beat": _ms(60 / Fraction(hook.bpm)),
        "bar": number(written(hook.bar_seconds)),
        "hook": number(written(hook.exact_seconds)),
    }
