"""The part of a finished video's page that makes one part of it again."""

import reflex as rx

from vannilli_app.generations.parts_state import PartRow, PartsState
from vannilli_app.ui.elements import failure
from vannilli_app.words import _


def parts() -> rx.Component:
    """Every part with its price; nothing where the video was made in one."""
    return rx.cond(
        PartsState.rows.length() > 0,
        rx.el.section(
            rx.el.h2(_("One part again")),
            rx.el.p(
                _(
                    "Same take, same picture, made anew; the other parts are kept, and this video stays as it is."
                ),
                class_name="quiet",
            ),
            rx.el.ol(rx.foreach(PartsState.rows, _part), class_name="parts"),
            rx.cond(PartsState.why_not != "", rx.el.p(PartsState.why_not, class_name="small offer-note")),
            rx.el.div(rx.cond(PartsState.refusal != "", failure(PartsState.refusal)), aria_live="assertive"),
            class_name="stack offers",
            aria_label=_("One part again"),
        ),
    )


def _part(part: rx.Var[PartRow]) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.el.strong(part.bars),
            rx.el.span(part.time, class_name="quiet small figures"),
            class_name="row offer-head",
        ),
        rx.cond(
            PartsState.why_not == "",
            rx.el.button(
                rx.cond(PartsState.starting == part.number, _("Handing it over"), part.button),
                type="button",
                on_click=PartsState.make_again(part.number),
                disabled=PartsState.starting != 0,
                class_name="button button-plain button-small",
            ),
        ),
        class_name="offer stack-tight",
    )
