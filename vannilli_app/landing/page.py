"""The page for `/`."""

import reflex as rx

from vannilli_app import routes
from vannilli_app.landing import components
from vannilli_app.music.price import PLANS
from vannilli_app.ui.tempo import plans_in_bars, tempo_calculator
from vannilli_app.words import N_, _, at

TITLE = N_("Vannilli: you sing it, they mouth it")
DESCRIPTION = N_(
    "Say 8 bars at 140 BPM, bring a track and a picture, perform to your phone. "
    "Get the character performing it, in sync, under your own track."
)


def page() -> rx.Component:
    return rx.fragment(
        rx.el.section(
            rx.el.h1(_("You sing it. They mouth it."), class_name="hero-line"),
            rx.el.div(
                tempo_calculator(next=at(routes.STUDIO_NEW), action=_("Make this video"), tier="artist"),
                class_name="hero-calculator",
            ),
            rx.el.div(components.clip(), class_name="hero-clip"),
            class_name="hero",
        ),
        rx.el.section(
            rx.el.h2(_("Three steps, all on the beat")),
            rx.el.ol(*(components.step(*words) for words in components.STEPS), class_name="steps"),
            class_name="band",
        ),
        rx.el.section(
            rx.el.h2(_("Prices, in bars")),
            rx.el.p(
                _("Move the tempo above and these follow. A draft costs nothing on any of them."),
                class_name="quiet lead",
            ),
            plans_in_bars(plans=[plan.tier.value for plan in PLANS.values() if plan.offered]),
            class_name="band",
        ),
    )
