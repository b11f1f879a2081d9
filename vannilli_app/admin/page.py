"""The pages under `/admin`."""

import reflex as rx

from vannilli_app import routes
from vannilli_app.admin import audit_components, costs_components, reports_components, settings_components
from vannilli_app.admin import components as parts
from vannilli_app.admin import lists_components as lists
from vannilli_app.admin.audit_state import AuditState
from vannilli_app.admin.costs_state import CostsState
from vannilli_app.admin.lists_state import (
    ListState,
    PaymentsState,
    PeopleState,
    SettingsState,
    VideosState,
    VideoState,
)
from vannilli_app.admin.reports_state import ReportsState
from vannilli_app.admin.state import DashboardState
from vannilli_app.ui.admin import day_chart
from vannilli_app.ui.elements import failure, waiting


def _when(loaded: rx.Var[bool], *content: rx.Component) -> rx.Component:
    return rx.cond(loaded, rx.fragment(*content), waiting("Adding it up"))


def dashboard() -> rx.Component:
    return parts.framed(
        routes.ADMIN,
        "Overview",
        _when(
            DashboardState.loaded,
            parts.periods(),
            parts.incidents(),
            parts.margin(),
            parts.tiles(),
            rx.el.section(
                rx.el.h2("Day by day", class_name="admin-heading"),
                day_chart(days=DashboardState.chart, summary=DashboardState.chart_summary),
                rx.el.details(
                    rx.el.summary("The days in numbers"),
                    parts.money_table("Days", DashboardState.by_day, "days"),
                    class_name="fold",
                ),
                class_name="admin-part",
            ),
            rx.el.div(
                parts.money_table("By provider", DashboardState.by_provider, "providers"),
                parts.money_table("By tier", DashboardState.by_tier, "tiers"),
                parts.money_table("By what became of it", DashboardState.by_outcome, "outcomes"),
                parts.lines(
                    "Why videos failed", ("", "Videos"), DashboardState.failures, csv="failures", linked=True
                ),
                class_name="admin-columns",
            ),
            parts.board(),
            rx.el.div(
                rx.el.div(
                    parts.lines("What waits", ("", "Waiting", "Oldest"), DashboardState.queues, csv="queues"),
                    id="queues",
                ),
                parts.lines(
                    "Who signed up, and came so far", ("", "People", "Of all"), DashboardState.funnel
                ),
                parts.lines(
                    "Free tier shared by accounts",
                    ("", "Accounts", "Videos"),
                    DashboardState.shared,
                    csv="shared",
                ),
                class_name="admin-columns",
            ),
            rx.el.p(
                "Read at ",
                DashboardState.read_at,
                ". It follows by itself. Days are UTC; revenue counts on the day"
                " its credits were taken, cost on the day its task was handed over.",
                class_name="quiet small",
            ),
        ),
    )


def _refusal(of: type[ListState]) -> rx.Component:
    return rx.cond(of.sentence != "", failure(of.sentence))


def videos() -> rx.Component:
    return parts.framed(
        routes.ADMIN_VIDEOS,
        "Videos",
        _when(VideosState.loaded, lists.filters(), _refusal(VideosState), lists.videos()),
    )


def video() -> rx.Component:
    title = rx.cond(VideoState.title != "", VideoState.title, "Video")
    return parts.framed(routes.ADMIN_VIDEO, title, _when(VideoState.loaded, lists.video()))


def people() -> rx.Component:
    return parts.framed(
        routes.ADMIN_PEOPLE, "People", _when(PeopleState.loaded, _refusal(PeopleState), lists.people())
    )


def reports() -> rx.Component:
    content = _when(ReportsState.loaded, _refusal(ReportsState), reports_components.reports())
    return parts.framed(routes.ADMIN_REPORTS, "Reports", content)


def payments() -> rx.Component:
    content = _when(PaymentsState.loaded, _refusal(PaymentsState), lists.payments())
    return parts.framed(routes.ADMIN_PAYMENTS, "Payments", content)


def costs() -> rx.Component:
    return parts.framed(routes.ADMIN_COSTS, "Costs", _when(CostsState.loaded, costs_components.costs()))


def audit() -> rx.Component:
    content = _when(
        AuditState.loaded, audit_components.filters(), _refusal(AuditState), audit_components.entries()
    )
    return parts.framed(routes.ADMIN_AUDIT, "Log", content)


def settings() -> rx.Component:
    return parts.framed(
        routes.ADMIN_SETTINGS, "Settings", _when(SettingsState.loaded, settings_components.settings())
    )
