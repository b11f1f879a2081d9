"""The parts that are shown, each in all its states. `at` keeps names apart where a part stands twice on the page."""

import reflex as rx

from vannilli_app.music.price import PLANS
from vannilli_app.ui.elements import button_link, failure, nothing_here, waiting
from vannilli_app.ui.stage import stage_clip
from vannilli_app.ui.tempo import bar_grid, plans_in_bars, section_badge, tempo_calculator

COLOURS = (
    ("stage", "the page"),
    ("riser", "a raised surface"),
    ("riser-high", "what is off"),
    ("line", "between things"),
    ("edge", "outlines of controls"),
    ("text", "words"),
    ("text-quiet", "less important words"),
    ("vanilla", "the way on, and the playhead"),
    ("vanilla-dim", "chosen, not sounding"),
    ("live", "recording, never an error"),
    ("in-sync", "in sync, done"),
    ("warning", "something to see to"),
)
BUTTONS = (("main", "one a page"), ("plain", "other ways"), ("bare", "the way out"), ("live", "recording"))
STANDINGS = (
    ("draft", "Not performed yet"),
    ("running", "Performing"),
    ("done", "Ready"),
    ("failed", "It stopped"),
)


def colours(_at: str) -> rx.Component:
    return rx.el.ul(
        *(
            rx.el.li(
                rx.el.span(class_name="swatch", style={"background": f"var(--{name})"}),
                rx.el.b(name),
                rx.el.span(meaning, class_name="quiet small"),
                class_name="stack-tight",
            )
            for name, meaning in COLOURS
        ),
        class_name="swatches",
    )


def type_(_at: str) -> rx.Component:
    return rx.el.div(
        rx.el.p("140", class_name="tempo-number"),
        rx.el.p("You sing it. They mouth it.", class_name="specimen-1"),
        rx.el.p("Prices, in bars", class_name="specimen-2"),
        rx.el.p("8 bars at 140 is 13.714 s.", class_name="lead figures"),
        rx.el.p("A bar of count-in, then you. ", rx.el.a("A link", href="#main"), "."),
        rx.el.p("Less important, and small.", class_name="quiet small"),
        class_name="stack",
    )


def buttons(_at: str) -> rx.Component:
    return rx.el.div(
        *(
            rx.el.div(
                rx.el.button(f"{kind.title()}: {meaning}", type="button", class_name=f"button button-{kind}"),
                rx.el.button("Small", type="button", class_name=f"button button-{kind} button-small"),
                rx.el.button("Busy", type="button", class_name=f"button button-{kind} busy"),
                rx.el.button("Off", type="button", disabled=True, class_name=f"button button-{kind}"),
                class_name="row",
            )
            for kind, meaning in BUTTONS
        ),
        class_name="stack",
    )


def fields(at: str) -> rx.Component:
    return rx.el.div(
        _field(f"{at}-empty", "Empty", placeholder="Night Bus"),
        _field(f"{at}-filled", "Filled", default_value="Night Bus", hint="A hint says what it is for."),
        _field(f"{at}-wrong", "Refused", default_value="59", wrong="The tempo goes from 60 to 200 BPM."),
        rx.el.div(
            rx.el.label("Chosen from", html_for=f"{at}-chosen"),
            rx.el.select(
                rx.el.option("Every part"), rx.el.option("Hook"), id=f"{at}-chosen", class_name="input"
            ),
            class_name="field",
        ),
        rx.el.label(
            rx.el.input(type="checkbox", default_checked=True), rx.el.span("Agreed to"), class_name="check"
        ),
        rx.el.div(
            *(
                rx.el.button(bars, type="button", aria_pressed=bars == "8", class_name="choice")
                for bars in ("4", "8", "16", "32")
            ),
            class_name="choices",
        ),
        class_name="stack",
    )


def _field(name: str, label: str, hint: str = "", wrong: str = "", **props) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=name),
        rx.el.input(id=name, class_name="input", aria_invalid=bool(wrong), **props),
        *([rx.el.p(hint, class_name="field-hint")] if hint else []),
        *([rx.el.p(rx.el.span(wrong), class_name="field-error")] if wrong else []),
        class_name="field",
    )


def messages(_at: str) -> rx.Component:
    return rx.el.div(
        rx.el.p("A word that something was done.", class_name="message"),
        failure("What went wrong, and what to do now."),
        waiting("A place kept while something loads"),
        nothing_here(
            "No videos yet.",
            "What is missing, and one next step.",
            button_link("Make one", "#main", kind="plain"),
            heading=rx.el.h3,
        ),
        *(
            rx.el.p(words, class_name="project-standing", custom_attrs={"data-mood": mood})
            for mood, words in STANDINGS
        ),
        class_name="stack",
    )


def time(_at: str) -> rx.Component:
    return rx.el.div(
        bar_grid(mode="picker", bars="8", label="Bars", value_text="8 bars"),
        bar_grid(mode="progress", bars=8, done=3, label="Progress", value_text="3 of 8 bars"),
        bar_grid(mode="ruler", bars=8, done=3.5, label="Ruler", value_text="bar 4, beat 3"),
        bar_grid(mode="count-in", bars=1, done=0.5, label="Count-in", value_text="beat 3"),
        rx.el.p(section_badge("8", "140"), " ", section_badge("1", "93.5"), " ", section_badge("7.5", "150")),
        rx.el.div(rx.el.span(style={"--done": 0.6}), class_name="meter"),
        class_name="stack",
    )


def calculator() -> rx.Component:
    return rx.el.div(
        tempo_calculator(result=True, next="#main", action="Make this video", tier="artist"),
        plans_in_bars(plans=[plan.tier.value for plan in PLANS.values() if plan.offered]),
        class_name="stack",
    )


def clips() -> rx.Component:
    return rx.el.div(
        stage_clip(caption="Drawn, while there is no clip."),
        stage_clip(
            src="/demo/final.mp4",
            poster="/demo/thumbnail.jpg",
            inset="/demo/performance.mp4",
            caption="A finished clip with its performance.",
        ),
        class_name="row",
    )
