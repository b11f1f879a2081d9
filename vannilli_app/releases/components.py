"""The part of a finished video's page that makes it ready to put out."""

import reflex as rx

from vannilli_app.releases.state import KitState
from vannilli_app.ui.elements import failure
from vannilli_app.words import _


def kit() -> rx.Component:
    """The release kit: what is in it, and the one step that is next; nothing where there is no video."""
    return rx.cond(
        KitState.standing != "",
        rx.el.section(
            rx.el.h2(_("Release kit")),
            rx.el.p(
                _(
                    "Upright, wide and square, a loop, a Spotify Canvas cut on your bars, a cover, and your bar lines "
                    "for the editor and the DAW."
                ),
                class_name="quiet",
            ),
            rx.el.div(
                rx.match(
                    KitState.standing,
                    ("pending", _made()),
                    ("ready", _ready()),
                    _offer(),
                ),
                class_name="release-step stack-tight",
            ),
            rx.el.div(
                rx.cond(KitState.refusal != "", failure(KitState.refusal)),
                rx.cond(
                    (KitState.standing == "failed") & (KitState.refusal == ""),
                    failure(_("The kit could not be made. Nothing is lost; make it again.")),
                ),
                aria_live="assertive",
            ),
            class_name="stack showing",
            aria_label=_("Release kit"),
        ),
    )


def _offer() -> rx.Component:
    return rx.fragment(
        rx.el.button(
            _("Make the release kit, free"),
            type="button",
            on_click=KitState.ask,
            class_name="button button-plain",
        ),
        rx.el.p(KitState.time, class_name="quiet small"),
    )


def _made() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.span(style={"--done": KitState.done}),
            role="progressbar",
            aria_label=_("How far the release kit is"),
            aria_valuenow=KitState.progress,
            aria_valuemin=0,
            aria_valuemax=100,
            class_name="meter",
        ),
        rx.el.p(
            _("Making it, {n} %. You may close this page.", n=KitState.progress),
            class_name="quiet small figures",
        ),
    )


def _ready() -> rx.Component:
    return rx.fragment(
        rx.el.a(
            _("Save the release kit, {size}", size=KitState.size),
            href=KitState.url,
            download=True,
            class_name="button button-plain",
        ),
        rx.el.p(_("One ZIP file, kept as long as the video."), class_name="quiet small"),
    )
