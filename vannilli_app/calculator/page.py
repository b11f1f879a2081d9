"""The page for `/calculator`."""

import reflex as rx

from vannilli_app import routes
from vannilli_app.calculator import components
from vannilli_app.config import settings
from vannilli_app.music.price import PLANS
from vannilli_app.ui import tempo
from vannilli_app.words import _, at


def calculator() -> rx.Component:
    plans = [plan.tier.value for plan in PLANS.values() if plan.offered and plan.cents_per_credit]
    return rx.el.div(
        rx.el.h1(_("Tempo calculator"), class_name="calculator-title"),
        tempo.calculator_stage(
            here=at(routes.CALCULATOR), next=at(routes.STUDIO_NEW), action=_("Record this length")
        ),
        rx.el.section(
            rx.el.h2(_("In every unit")),
            rx.el.div(
                tempo.length_fields(),
                rx.el.div(
                    rx.el.h3(_("What it costs")), tempo.tier_prices(plans=plans), class_name="stack-tight"
                ),
                class_name="units",
            ),
            class_name="band",
        ),
        rx.el.section(
            rx.el.h2(_("Play it, or let it be heard")),
            rx.el.div(
                rx.el.div(rx.el.h3(_("Metronome")), tempo.metronome(), class_name="stack"),
                rx.el.div(rx.el.h3(_("The tempo of a track")), tempo.tempo_guess(), class_name="stack"),
                class_name="halves",
            ),
            class_name="band",
        ),
        rx.el.section(rx.el.h2(_("What fits where")), tempo.fit_cards(), class_name="band"),
        rx.el.section(
            rx.el.h2(_("And the rest")),
            components.fold(
                _("Sections in a row, and downloads"),
                tempo.song_rows(longest=settings().max_section_seconds),
                open=True,
            ),
            components.fold(_("Delay and note lengths"), tempo.note_table()),
            components.fold(_("A tempo that lasts exactly so long"), tempo.reverse_tempo()),
            components.fold(
                _("Link to it, or put it into your page"),
                tempo.share_box(here=at(routes.CALCULATOR), embed=at(routes.EMBED)),
            ),
            class_name="band folds",
        ),
        components.questions(),
        rx.el.p(
            components.plain_link(_("Every tempo from 60 to 200 has a page"), at(routes.TEMPOS)),
            ".",
            class_name="quiet",
        ),
        class_name="calculator-page",
    )
