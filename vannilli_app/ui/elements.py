"""Dumb components that more than one page uses: links that look like buttons, messages, empty states."""

import reflex as rx


def button_link(text: str | rx.Var, href: str | rx.Var, *, kind: str = "main", **props) -> rx.Component:
    """A link as a button. `kind`: main (one a page), plain, bare."""
    return rx.el.a(text, href=href, class_name=f"button button-{kind}", **props)


def failure(*words: str | rx.Var | rx.Component) -> rx.Component:
    """What went wrong, read out at once."""
    return rx.el.div(rx.el.span(*words), class_name="message message-error", role="alert")


def nothing_here(
    title: str | rx.Var, sentence: str | rx.Var, *steps: rx.Component, heading=rx.el.h1
) -> rx.Component:
    """An empty state: what is missing, and one next step. `heading` is h2 where the page has a title of its own."""
    return rx.el.section(
        heading(title), rx.el.p(sentence, class_name="quiet lead"), *steps, class_name="empty stack"
    )


def waiting(label: str) -> rx.Component:
    """A place kept while something loads; it does not move when it arrives."""
    return rx.el.p(label, class_name="waiting quiet", role="status")
