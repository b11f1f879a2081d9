"""Musical time on a page: the bar grid, the calculator and what plans buy at the person's tempo."""

from typing import Literal

import reflex as rx

from vannilli_app.ui.browser import module


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


bar_grid = BarGrid.create
tempo_calculator = TempoCalculator.create
plans_in_bars = PlansInBars.create


def section_badge(bars: rx.Var | str, bpm: rx.Var | str) -> rx.Component:
    """The small drawing of a section, of numbers as text: "8 bars · 140"."""
    return rx.el.span(
        bar_grid(mode="badge", bars=bars),
        rx.el.span(bars, rx.cond(bars == "1", " bar · ", " bars · "), bpm),
        class_name="badge",
    )
