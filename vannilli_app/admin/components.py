"""Parts of the admin's pages: the frame, tables, and the dashboard's own."""

from collections.abc import Callable, Mapping, Sequence

import reflex as rx

from vannilli_app import routes, shell
from vannilli_app.admin.state import AdminState, Board, Cause, DashboardState, Line, MoneyLine, Tile
from vannilli_app.ui.elements import waiting

PAGES = {
    routes.ADMIN: "Overview",
    routes.ADMIN_VIDEOS: "Videos",
    routes.ADMIN_PEOPLE: "People",
    routes.ADMIN_REPORTS: "Reports",
    routes.ADMIN_PAYMENTS: "Payments",
    routes.ADMIN_COSTS: "Costs",
    routes.ADMIN_AUDIT: "Log",
    routes.ADMIN_SETTINGS: "Settings",
}
WITHIN = (routes.ADMIN_VIDEOS, routes.ADMIN_VIDEO)  # one video is a page of the list
PERIOD_NAMES = {"1": "Today", "7": "7 days", "30": "30 days", "90": "90 days"}
MONEY_HEADS = ("", "Earned", "Cost", "Margin", "Moved it by", "Tasks")


def framed(path: str, title: str, *content: rx.Component) -> rx.Component:
    """A page for admins; for everybody else the one of addresses that lead nowhere."""
    return rx.fragment(
        rx.el.link(rel="stylesheet", href="/styles/admin.css"),
        rx.cond(
            AdminState.allowed,
            rx.el.div(
                rx.el.nav(
                    *(
                        rx.el.a(
                            name,
                            href=page,
                            class_name="nav-link",
                            custom_attrs={"aria-current": "page"}
                            if page == path or (page, path) == WITHIN
                            else {},
                        )
                        for page, name in PAGES.items()
                    ),
                    aria_label="Admin",
                    class_name="admin-nav",
                ),
                rx.el.h1(title, class_name="admin-title"),
                *content,
                class_name="admin",
            ),
            rx.cond(AdminState.checked, shell.not_found(), waiting("One moment")),
        ),
    )


def table(caption: str, heads: Sequence[str], rows: rx.Var, row: Callable, *, csv: str = "") -> rx.Component:
    """A table that scrolls by itself on a narrow screen, with its CSV; `row` makes the cells' row."""
    head = rx.el.div(
        rx.el.h2(caption, class_name="admin-heading"),
        *([_csv(csv, caption)] if csv else []),
        class_name="row-apart",
    )
    return rx.el.section(
        head,
        rx.cond(
            rows.length() > 0,
            rx.el.div(
                rx.el.table(
                    rx.el.thead(
                        rx.el.tr(
                            *(
                                rx.el.th(one, scope="col")
                                if one
                                else rx.el.th(
                                    rx.el.span("Name", class_name="for-screen-readers"), scope="col"
                                )
                                for one in heads
                            )
                        )
                    ),
                    rx.el.tbody(rx.foreach(rows, row)),
                    class_name="admin-table",
                ),
                role="region",
                aria_label=caption,
                tab_index=0,
                class_name="admin-scroll",
            ),
            rx.el.p("Nothing in this time.", class_name="quiet"),
        ),
        class_name="admin-part",
    )


def _csv(name: str, caption: str) -> rx.Component:
    href = routes.API_ADMIN_TABLE.format(table=name) + "?days=" + DashboardState.days.to_string()
    return rx.el.a("CSV", href=href, download=True, aria_label=f"{caption} as CSV", class_name="admin-link")


def periods() -> rx.Component:
    """Which time the figures are of."""
    return choices("Period", f"{routes.ADMIN}?days=", PERIOD_NAMES, DashboardState.days.to_string())


def choices(label: str, page: str, names: Mapping[str, str], chosen: rx.Var[str]) -> rx.Component:
    """Links to `page`, which ends where each one's key goes."""
    return rx.el.nav(
        *(
            rx.el.a(
                name,
                href=f"{page}{key}",
                class_name="choice",
                aria_current=rx.cond(chosen == key, "page", "false"),
            )
            for key, name in names.items()
        ),
        aria_label=label,
        class_name="choices",
    )


def incidents() -> rx.Component:
    """What is wrong right now."""
    return rx.cond(
        DashboardState.incidents.length() > 0,
        rx.el.div(
            rx.foreach(
                DashboardState.incidents,
                lambda one: rx.el.p(
                    rx.el.span(one.name, " Since ", one.value, " UTC."), class_name="message message-error"
                ),
            ),
            class_name="stack-tight",
        ),
    )


def margin() -> rx.Component:
    """The answer first: how the margin stands, and what moved it."""
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Margin", class_name="admin-heading"),
            rx.el.p(
                DashboardState.margin,
                class_name="admin-margin",
                custom_attrs={"data-mood": DashboardState.mood},
            ),
            rx.el.p(DashboardState.sentence, class_name="lead"),
            rx.el.p(DashboardState.coverage, class_name="quiet small"),
        ),
        rx.cond(
            DashboardState.causes.length() > 0,
            rx.el.div(
                rx.el.h3("What moved it, in points of margin", class_name="admin-heading"),
                rx.el.ul(rx.foreach(DashboardState.causes, _cause), class_name="admin-causes"),
            ),
        ),
        class_name="admin-answer surface",
    )


def _cause(one: rx.Var[Cause]) -> rx.Component:
    told = (
        rx.el.span(one.name),
        rx.el.span(one.effect, class_name="admin-number", custom_attrs={"data-mood": one.mood}),
    )
    return rx.el.li(rx.cond(one.href != "", rx.el.a(*told, href=one.href), rx.el.span(*told)))


def tiles() -> rx.Component:
    """The figures in one look."""
    return rx.el.dl(rx.foreach(DashboardState.tiles, _tile), class_name="admin-tiles", id="figures")


def _tile(one: rx.Var[Tile]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(one.name),
        rx.el.dd(one.value, class_name="admin-value"),
        rx.el.dd(one.note, class_name="quiet small"),
    )


def money_table(caption: str, rows: rx.Var, csv: str) -> rx.Component:
    """A breakdown of the margin."""
    return table(caption, MONEY_HEADS, rows, _money_row, csv=csv)


def _money_row(one: rx.Var[MoneyLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            rx.cond(one.href != "", rx.el.a(one.name, href=one.href, class_name="admin-link"), one.name),
            scope="row",
        ),
        rx.el.td(one.revenue),
        rx.el.td(one.cost),
        rx.el.td(one.margin),
        rx.el.td(one.effect, custom_attrs={"data-mood": one.mood}),
        rx.el.td(one.tasks),
    )


def board() -> rx.Component:
    """How each provider does."""
    heads = ("", "Stands", "Slots", "Waiting", "Tasks", "Latency p50 / p95", "Spend")
    return rx.el.div(table("Providers", heads, DashboardState.board, _board_row, csv="board"), id="providers")


def _board_row(one: rx.Var[Board]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(rx.el.a(one.name, href=one.href, class_name="admin-link"), scope="row"),
        rx.el.td(one.standing, custom_attrs={"data-mood": one.mood}),
        rx.el.td(
            one.slots,
            rx.el.span(
                rx.el.span(style={"--done": one.share.to_string()}), class_name="meter", aria_hidden=True
            ),
        ),
        rx.el.td(one.waiting),
        rx.el.td(one.tasks),
        rx.el.td(one.latency),
        rx.el.td(one.spend),
    )


def lines(
    caption: str, heads: Sequence[str], rows: rx.Var, *, csv: str = "", linked: bool = False
) -> rx.Component:
    """A small table of names and one or two values."""

    def row(one: rx.Var[Line]) -> rx.Component:
        name = rx.el.a(one.name, href=one.href, class_name="admin-link") if linked else one.name
        return rx.el.tr(
            rx.el.th(name, scope="row"),
            rx.el.td(one.value),
            *([rx.el.td(one.note)] if len(heads) > 2 else []),
        )

    return table(caption, heads, rows, row, csv=csv)
