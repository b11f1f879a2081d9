"""The cost model: what comes out, and the assumptions as a form that changes the address."""

import reflex as rx

from vannilli_app import routes
from vannilli_app.admin.components import table
from vannilli_app.admin.costs_state import PEOPLE, Assumed, CostsState
from vannilli_app.admin.lists_components import plain_row
from vannilli_app.ui.elements import failure


def costs() -> rx.Component:
    return rx.fragment(
        rx.cond(CostsState.sentence != "", failure(CostsState.sentence)),
        table(
            "A month",
            ("", *(f"{people:,} people" for people in PEOPLE)),
            CostsState.rows,
            plain_row(len(PEOPLE), mood_at=-1),
        ),
        rx.el.section(
            rx.el.h2("Assumptions", class_name="admin-heading"),
            rx.el.p(
                "People are those who come in a month. What was measured says so; the rest is assumed, and yours to"
                " change.",
                class_name="quiet small",
            ),
            rx.el.form(
                rx.foreach(CostsState.assumptions, _field),
                rx.el.div(
                    rx.el.button("Work it out", type="submit", class_name="button button-main button-small"),
                    rx.el.a(
                        "As it was", href=routes.ADMIN_COSTS, class_name="button button-bare button-small"
                    ),
                    class_name="row",
                ),
                method="get",
                action=routes.ADMIN_COSTS,
                key=CostsState.assumptions.to_string(),
                class_name="admin-assumptions",
            ),
            class_name="admin-part",
        ),
    )


def _field(one: rx.Var[Assumed]) -> rx.Component:
    return rx.el.div(
        rx.el.label(one.label, html_for="assume-" + one.name),
        rx.el.input(
            id="assume-" + one.name,
            name=one.name,
            default_value=one.value,
            input_mode="decimal",
            auto_complete="off",
            custom_attrs={"aria-describedby": "source-" + one.name},
            class_name="input",
        ),
        rx.el.p(one.source, id="source-" + one.name, class_name="quiet small"),
        class_name="field",
    )
