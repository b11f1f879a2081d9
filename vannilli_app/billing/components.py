"""Credits on a page."""

import reflex as rx

from vannilli_app.billing.state import CreditsState, Line


def credits() -> rx.Component:
    """The balance, huge, and the ledger under it."""
    return rx.el.section(
        rx.el.p(
            rx.el.span(CreditsState.available, class_name="credits-number"),
            rx.el.span(rx.cond(CreditsState.available == 1, "credit", "credits"), class_name="lead"),
            class_name="credits",
        ),
        rx.cond(
            CreditsState.reserved > 0,
            rx.el.p(
                CreditsState.reserved,
                " more are set aside for videos that are not taken yet.",
                class_name="quiet",
            ),
        ),
        rx.el.p("One credit is one second of a paid render. Drafts cost none.", class_name="quiet"),
        rx.el.div(
            rx.el.table(
                rx.el.caption("Every credit that came or went", class_name="for-screen-readers"),
                rx.el.thead(
                    rx.el.tr(
                        *(rx.el.th(name, scope="col") for name in ("Day", "What")),
                        *(
                            rx.el.th(name, scope="col", class_name="number")
                            for name in ("Credits", "Balance")
                        ),
                    )
                ),
                rx.el.tbody(rx.foreach(CreditsState.lines, _row)),
                class_name="ledger figures",
            ),
            class_name="ledger-box",
        ),
        rx.cond(
            CreditsState.cursor != "",
            rx.el.button(
                "Older",
                type="button",
                class_name="button button-plain button-small",
                on_click=CreditsState.more,
            ),
        ),
        class_name="stack",
    )


def _row(line: rx.Var[Line]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(line.day, class_name="quiet"),
        rx.el.td(line.words),
        rx.el.td(line.amount, class_name="number"),
        rx.el.td(line.balance, class_name="number quiet"),
    )
