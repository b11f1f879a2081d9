"""Parts of the page of the audit log: its filters and its lines."""

import reflex as rx

from vannilli_app import routes
from vannilli_app.admin.audit_state import AuditState
from vannilli_app.admin.lists_components import more
from vannilli_app.admin.lists_state import Row
from vannilli_app.ui.elements import nothing_here


def filters() -> rx.Component:
    """What to look for, as a form that changes the address."""
    return rx.el.form(
        _field("search", "Email, id or address"),
        _field("action", "What they did"),
        _field("day", "Day (UTC)", type="date"),
        rx.el.div(
            rx.el.button("Show", type="submit", class_name="button button-main button-small"),
            rx.el.a("Clear", href=routes.ADMIN_AUDIT, class_name="button button-bare button-small"),
            class_name="row",
        ),
        method="get",
        action=routes.ADMIN_AUDIT,
        key=AuditState.filters.to_string(),
        class_name="admin-filters",
    )


def entries() -> rx.Component:
    """The lines, newest first, and the way on."""
    return rx.fragment(
        rx.cond(
            AuditState.rows.length() > 0,
            rx.el.ol(rx.foreach(AuditState.rows, _entry), class_name="admin-timeline"),
            nothing_here("Nothing like that.", "The log goes back 90 days.", heading=rx.el.h2),
        ),
        more(AuditState.cursor, AuditState.more),
    )


def _field(name: str, label: str, type: str = "text") -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=f"filter-{name}"),
        rx.el.input(
            id=f"filter-{name}",
            name=name,
            type=type,
            default_value=AuditState.filters[name],
            auto_complete="off",
            class_name="input",
        ),
        class_name="field",
    )


def _entry(one: rx.Var[Row]) -> rx.Component:
    when, what, rest = (one.cells[at] for at in range(3))
    who = rx.cond(one.href != "", rx.el.a(one.name, href=one.href, class_name="admin-link"), one.name)
    return rx.el.li(
        rx.el.span(when, class_name="admin-number quiet"),
        rx.el.div(
            rx.el.strong(what, custom_attrs={"data-mood": one.mood}),
            " ",
            who,
            rx.el.p(rest, class_name="quiet small"),
        ),
    )
