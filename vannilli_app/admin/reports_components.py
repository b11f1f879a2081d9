"""The queue of reports: each with its video, who says it, who made it, and what can be done."""

import reflex as rx

from vannilli_app import routes
from vannilli_app.admin.components import choices
from vannilli_app.admin.lists_components import more
from vannilli_app.admin.reports_state import Reported, ReportsState
from vannilli_app.ui.admin import reasoned_action
from vannilli_app.ui.elements import nothing_here

STATES = {"open": "Open", "upheld": "Taken down", "dismissed": "Dismissed", "all": "All"}


def reports() -> rx.Component:
    return rx.fragment(
        choices("State", f"{routes.ADMIN_REPORTS}?state=", STATES, ReportsState.status),
        rx.cond(
            ReportsState.rows.length() > 0,
            rx.el.ul(rx.foreach(ReportsState.rows, _report), class_name="stack admin-reports"),
            nothing_here("Nothing here", "Reports of videos in the showcase come here.", heading=rx.el.h2),
        ),
        more(ReportsState.cursor, ReportsState.more),
    )


def _report(one: rx.Var[Reported]) -> rx.Component:
    video = f"{routes.API_ADMIN_VIDEOS}/" + one.video
    return rx.el.li(
        rx.el.div(
            rx.el.h2(
                rx.cond(
                    one.watch != "",
                    rx.el.a(one.title, href=one.watch, class_name="admin-link", target="_blank", rel="noopener"),
                    one.title,
                ),
                class_name="admin-heading",
            ),
            rx.el.span(one.standing, custom_attrs={"data-mood": one.mood}),
            class_name="row-apart",
        ),
        rx.el.p(rx.el.strong(one.reason)),
        rx.el.p(one.said, class_name="prose"),
        rx.el.ul(
            rx.foreach(one.facts, lambda fact: rx.el.li(fact, class_name="quiet small")),
            class_name="plain",
        ),
        rx.el.div(
            rx.cond(one.people != "", rx.el.a("The artist", href=one.people, class_name="admin-link")),
            rx.cond(
                one.video != "",
                rx.el.a("The video", href=f"{routes.ADMIN_VIDEO}?video=" + one.video, class_name="admin-link"),
            ),
            class_name="row",
        ),
        rx.el.div(
            rx.cond(
                one.is_shown,
                reasoned_action(
                    action=video + "/take-down", label="Take it down", on_done=ReportsState.reload,
                    explain="Nobody sees it from that moment on. Artist and reporters are mailed; the artist reads"
                    " the reason.",
                ),
            ),
            rx.cond(
                one.is_down,
                reasoned_action(
                    action=video + "/restore", label="Show it again", on_done=ReportsState.reload,
                    explain="The takedown no longer counts. The artist is mailed.",
                ),
            ),
            rx.cond(
                one.is_open,
                reasoned_action(
                    action=f"{routes.API_ADMIN_REPORTS}/" + one.id + "/dismiss", label="Dismiss the report",
                    on_done=ReportsState.reload, explain="Nothing happens to the video. The reporter is told.",
                ),
            ),
            rx.cond(
                one.artist != "",
                rx.fragment(
                    reasoned_action(
                        action=f"{routes.API_ADMIN_PEOPLE}/" + one.artist + "/warn", label="Warn the artist",
                        explain="They read the reason in a mail. Nothing else happens.",
                    ),
                    reasoned_action(
                        action=f"{routes.API_ADMIN_PEOPLE}/" + one.artist + "/ban", label="Ban the artist",
                        explain="They are signed out everywhere, and read the reason in a mail.",
                    ),
                ),
            ),
            class_name="admin-actions",
        ),
        class_name="surface stack-tight",
    )  # fmt: skip
