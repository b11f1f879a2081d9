"""Parts of the calculator's page."""

import reflex as rx

from vannilli_app.calculator.questions import QUESTIONS
from vannilli_app.words import _


def fold(title: str, content: rx.Component, *, open: bool = False) -> rx.Component:
    """Something that few need at once, folded under its name."""
    return rx.el.details(
        rx.el.summary(title), rx.el.div(content, class_name="fold-content"), open=open, class_name="fold"
    )


def questions() -> rx.Component:
    """Questions and answers, the same that search engines get as data."""
    return rx.el.section(
        rx.el.h2(_("Questions")),
        rx.el.dl(
            *(
                rx.el.div(rx.el.dt(_(question)), rx.el.dd(_(answer), class_name="quiet"))
                for question, answer in QUESTIONS
            ),
            class_name="questions",
        ),
        class_name="band",
    )


def plain_link(text: str, href: str) -> rx.Component:
    """A link that loads the page anew: the server writes these, Reflex's router knows none of them."""
    return rx.el.a(text, href=href, custom_attrs={"reloadDocument": True})
