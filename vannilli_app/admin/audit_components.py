"""Parts of the page of the audit log: its filters and its lines."""

import reflex as rx

from vannilli_app import routes
from vannilli_app.admin.audit_state import AuditState
from vannilli_app.admin.lists_components import filter_field, filter_form, more
from vannilli_app.admin.lists_state import Row
from vannilli_app.ui.elements import nothing_here


def filters() -> rx.Component:
    """What to look for."""
    return filter_form(
        AuditState.filters,
        routes.ADMIN_AUDIT,
        filter_field(AuditState.filters, "search", "Email, id or address"),
        filter_field(AuditState.filters, "action", "What they did"),
        filter_field(AuditState.filters, "day", "Day (UTC)", type="date"),
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
