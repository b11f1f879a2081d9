"""Parts of the first page."""

from pathlib import Path

import reflex as rx

from vannilli_app.ui.stage import stage_clip
from vannilli_app.words import N_, _, language

CAPTION = N_("A finished clip: the character performs what the person in the small picture sings.")
STEPS = (
    (
        "{language}/bars",
        N_("Say the bars"),
        N_("Type the tempo or tap it. Pick 4, 8 or 16 bars, bring your track and any picture with a face."),
    ),
    (
        "{language}/perform",
        N_("Perform it"),
        N_(
            "A bar of count-in, then you. Your phone is the stage, and you may have as many takes as you like."
        ),
    ),
    (
        "video",
        N_("Get the video"),
        N_("They perform your take, bar for bar, under your own untouched track."),
    ),
)
DEMO = Path("assets/demo")


def clip() -> rx.Component:
    """The demo's finished clip where the build has one, else a drawing that sings at the tempo."""
    return stage_clip(
        src=_demo("final.mp4"),
        poster=_demo("thumbnail.jpg"),
        inset=_demo("performance.mp4"),
        caption=_(CAPTION),
    )


def step(picture: str, title: str, sentence: str) -> rx.Component:
    """One of the three steps, with its picture: in the language that holds where there are words in it."""
    return rx.el.li(
        rx.el.img(
            src=f"/steps/{picture.format(language=language())}.webp",
            alt="",
            loading="lazy",
            custom_attrs={"width": "640", "height": "800"},
            class_name="step-picture",
        ),
        rx.el.h3(_(title)),
        rx.el.p(_(sentence), class_name="quiet"),
        class_name="step",
    )


def _demo(name: str) -> str:
    return f"/demo/{name}" if (DEMO / name).exists() else ""
