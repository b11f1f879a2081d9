"""The page for `/design`."""

from collections.abc import Callable

import reflex as rx

from vannilli_app.design import components

TITLE = "Design · Vannilli"
DESCRIPTION = "Every component in every state."


def page() -> rx.Component:
    return rx.el.div(
        rx.el.h1("Design"),
        _both("Colours", components.colours),
        _both("Type", components.type_),
        _both("Buttons", components.buttons),
        _both("Fields and choices", components.fields),
        _both("Messages and states", components.messages),
        _both("Time", components.time),
        _section("Calculator and plans", components.calculator()),
        _section("Clips", components.clips()),
        class_name="design",
    )


def _both(title: str, content: Callable[[str], rx.Component]) -> rx.Component:
    """The same with the lights off and on, side by side."""
    stages = (
        rx.el.div(content(theme), class_name="design-stage", custom_attrs={"data-theme": theme})
        for theme in ("dark", "light")
    )
    return _section(title, rx.el.div(*stages, class_name="design-both"))


def _section(title: str, content: rx.Component) -> rx.Component:
    return rx.el.section(rx.el.h2(title), content, class_name="band")
