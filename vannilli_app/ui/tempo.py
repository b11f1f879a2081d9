"""Musical time on a page: the bar grid, the calculator and what plans buy at the person's tempo."""

from typing import Literal

import reflex as rx

from vannilli_app.ui.browser import module
from vannilli_app.words import _, number


class BarGrid(rx.Component):
    """Bars in rows, each of beats. `done` counts the bars behind us, for progress, ruler and count-in."""

    library = module("bar_grid.jsx")
    tag = "BarGrid"

    mode: rx.Var[Literal["picker", "progress", "ruler", "count-in", "badge"]]
    bars: rx.Var[float | str]
    done: rx.Var[float]
    time_signature: rx.Var[str]
    beat_unit: rx.Var[str]
    across: rx.Var[int]
    label: rx.Var[str]
    value_text: rx.Var[str]

    on_change: rx.EventHandler[rx.event.passthrough_event_spec(str)]


class TempoCalculator(rx.Component):
    """Tempo by slider, number and tap; bars; time signature; and, with `result`, what it comes to.

    `next` is the page that `action` leads to, with the tempo in its address.
    """

    library = module("tempo_calculator.jsx")
    tag = "TempoCalculator"

    result: rx.Var[bool]
    next: rx.Var[str]
    action: rx.Var[str]
    tier: rx.Var[str]


class PlansInBars(rx.Component):
    """Every plan with what it buys in bars of the tempo that the calculator shows. `plans` come from
    `music.price`, so that the page and the bill agree.

    With `on_choose` each can be chosen; `current` is the tier of whoever looks, `has_plan` whether it is a plan, `busy`
    the tier that is being bought.
    """

    library = module("plans_in_bars.jsx")
    tag = "PlansInBars"

    plans: rx.Var[list[str]]
    current: rx.Var[str]
    has_plan: rx.Var[bool]
    busy: rx.Var[str]

    on_choose: rx.EventHandler[rx.event.passthrough_event_spec(str)]


class CalculatorStage(rx.Component):
    """The calculator's first screen. `here` is the page's own path, which follows the tempo; `next` and `action`
    are the way on."""

    library = module("calculator_stage.jsx")
    tag = "CalculatorStage"

    here: rx.Var[str]
    next: rx.Var[str]
    action: rx.Var[str]


class LengthFields(rx.Component):
    """Seconds, beats, frames and samples: any is typed, the others follow."""

    library = module("length_fields.jsx")
    tag = "LengthFields"


class TierPrices(rx.Component):
    """What the section costs on each of the `plans`."""

    library = module("tempo_tables.jsx")
    tag = "TierPrices"

    plans: rx.Var[list[str]]


class NoteTable(rx.Component):
    """How long every note lasts, for delays and modulation."""

    library = module("tempo_tables.jsx")
    tag = "NoteTable"


class ReverseTempo(rx.Component):
    """The tempos at which bars last exactly so many seconds."""

    library = module("tempo_tables.jsx")
    tag = "ReverseTempo"


class FitCards(rx.Component):
    """Which bars fit into the lengths that places take."""

    library = module("tempo_tables.jsx")
    tag = "FitCards"


class Metronome(rx.Component):
    """A click on the audio clock, with a count-in."""

    library = module("tempo_tools.jsx")
    tag = "Metronome"


class TempoGuess(rx.Component):
    """The tempo of a file that stays on the person's device."""

    library = module("tempo_tools.jsx")
    tag = "TempoGuess"


class SongRows(rx.Component):
    """Sections in a row, and the downloads. `longest`: seconds that one video may last."""

    library = module("song_rows.jsx")
    tag = "SongRows"

    longest: rx.Var[int]


class ShareBox(rx.Component):
    """The link to `here` and the lines that put the page `embed` into others."""

    library = module("share_box.jsx")
    tag = "ShareBox"

    here: rx.Var[str]
    embed: rx.Var[str]


bar_grid = BarGrid.create
calculator_stage = CalculatorStage.create
length_fields = LengthFields.create
tier_prices = TierPrices.create
note_table = NoteTable.create
reverse_tempo = ReverseTempo.create
fit_cards = FitCards.create
metronome = Metronome.create
tempo_guess = TempoGuess.create
song_rows = SongRows.create
share_box = ShareBox.create
tempo_calculator = TempoCalculator.create
plans_in_bars = PlansInBars.create


def section_badge(bars: rx.Var[str], bpm: rx.Var[str]) -> rx.Component:
    """The small drawing of a section, of numbers as text: "8 bars · 140"."""
    return rx.el.span(
        bar_grid(mode="badge", bars=bars),
        rx.el.span(
            rx.cond(
                bars == "1",
                _("{bars} bar · {bpm}", bars=bars, bpm=_shown(bpm)),
                _("{bars} bars · {bpm}", bars=_shown(bars), bpm=_shown(bpm)),
            )
        ),
        class_name="badge",
    )


def _shown(decimal: rx.Var[str]) -> rx.Var[str]:
    """A decimal of a state as people write it in the page's language."""
    return decimal.replace(".", number("."))
