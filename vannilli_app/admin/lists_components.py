"""Parts of the admin's lists: rows, filters, the way on, and what can be done."""

import reflex as rx

from vannilli_app import routes
from vannilli_app.admin.components import PERIOD_NAMES, choices, table
from vannilli_app.admin.lists_state import (
    Happened,
    PaymentsState,
    PeopleState,
    Row,
    VideosState,
    VideoState,
)
from vannilli_app.admin.words import OUTCOMES, TIERS
from vannilli_app.ui.admin import ActionField, reasoned_action
from vannilli_app.ui.elements import nothing_here

STATUSES = {"pending": "Pending", "processing": "Being made", "completed": "Completed", "failed": "Failed"}
EVENTS = {"": "All", "failed": "Failed", "received": "Not handled", "handled": "Handled"}


def cells(row: rx.Var[Row], count: int, *, mood_at: int = 1) -> list[rx.Component]:
    """The cells of a row; the one at `mood_at` tells how it stands."""
    return [
        rx.el.td(row.cells[at], custom_attrs={"data-mood": row.mood} if at == mood_at else {})
        for at in range(count)
    ]


def linked_row(count: int, mood_at: int = 1):
    """A row whose name is a link, cut where it is too long for one line."""

    def row(one: rx.Var[Row]) -> rx.Component:
        name = rx.el.a(one.name, href=one.href, title=one.name, class_name="admin-link")
        return rx.el.tr(
            rx.el.th(name, scope="row", class_name="admin-cut"), *cells(one, count, mood_at=mood_at)
        )

    return row


def plain_row(count: int, mood_at: int = 0):
    """A row whose name is just that."""

    def row(one: rx.Var[Row]) -> rx.Component:
        return rx.el.tr(rx.el.th(one.name, scope="row"), *cells(one, count, mood_at=mood_at))

    return row


def more(cursor: rx.Var[str], on_click: rx.EventHandler) -> rx.Component:
    """The next page of a list."""
    return rx.cond(
        cursor != "",
        rx.el.button("Show more", type="button", class_name="button button-plain", on_click=on_click),
    )


def filters() -> rx.Component:
    """The videos' filters."""
    return filter_form(
        VideosState.filters,
        routes.ADMIN_VIDEOS,
        _choice("status", "Status", STATUSES),
        _choice("outcome", "Came to", {key: OUTCOMES[key] for key in OUTCOMES if key != "deleted"}),
        _choice("tier", "Tier", {key: name for key, name in TIERS.items() if key != "unknown"}),
        _choice("days", "Started", PERIOD_NAMES),
        filter_field(VideosState.filters, "provider", "Provider"),
        filter_field(VideosState.filters, "error", "Error"),
        filter_field(VideosState.filters, "search", "Id or email"),
        filter_field(VideosState.filters, "day", "Day", type="date"),
    )


def filter_form(filters: rx.Var[dict[str, str]], page: str, *fields: rx.Component) -> rx.Component:
    """Filters as a form that changes the address of `page`, so that a view can be kept and shared."""
    return rx.el.form(
        *fields,
        rx.el.div(
            rx.el.button("Show", type="submit", class_name="button button-main button-small"),
            rx.el.a("Clear", href=page, class_name="button button-bare button-small"),
            class_name="row",
        ),
        method="get",
        action=page,
        key=filters.to_string(),
        class_name="admin-filters",
    )


def filter_field(filters: rx.Var[dict[str, str]], name: str, label: str, type: str = "text") -> rx.Component:
    """A filter that is typed."""
    return rx.el.div(
        rx.el.label(label, html_for=f"filter-{name}"),
        rx.el.input(
            id=f"filter-{name}",
            name=name,
            type=type,
            default_value=filters[name],
            auto_complete="off",
            class_name="input",
        ),
        class_name="field",
    )


def _choice(name: str, label: str, options: dict[str, str]) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=f"filter-{name}"),
        rx.el.select(
            rx.el.option("Any", value=""),
            *(rx.el.option(words, value=value) for value, words in options.items()),
            id=f"filter-{name}",
            name=name,
            default_value=VideosState.filters[name],
            class_name="input",
        ),
        class_name="field",
    )


def videos() -> rx.Component:
    """The list of videos."""
    heads = ("Whose", "Stands", "Started (UTC)", "Provider", "Tier", "Earned", "Cost")
    return rx.fragment(
        table("Videos, newest first", heads, VideosState.rows, linked_row(6, mood_at=0)),
        more(VideosState.cursor, VideosState.more),
    )


def video() -> rx.Component:
    """One video: what can be done, facts, attempts, timeline, and what was asked for."""
    attempts = ("Provider", "Ended as", "Length", "Took", "List price", "Billed", "Its id", "Its words")
    return rx.cond(
        VideoState.missing != "",
        nothing_here(
            "No such video.",
            VideoState.missing,
            rx.el.a("All videos", href=routes.ADMIN_VIDEOS, class_name="button button-plain"),
            heading=rx.el.h2,
        ),
        rx.fragment(
            rx.el.div(
                rx.cond(VideoState.running, _on_video("cancel", "Stop it", "Its credits come back to the artist.")),
                rx.cond(
                    VideoState.failed,
                    _on_video("retry", "Start it again", "As it was asked for, and for the same price."),
                    _on_video("refund", "Give the credits back", "Once. The artist reads the reason in their ledger."),
                ),
                class_name="admin-actions",
            ),
            rx.el.dl(rx.foreach(VideoState.facts, _fact), class_name="admin-tiles"),
            table("Attempts", attempts, VideoState.attempts, plain_row(7)),
            rx.el.section(
                rx.el.h2("What happened", class_name="admin-heading"),
                rx.el.ol(rx.foreach(VideoState.timeline, _moment), class_name="admin-timeline"),
                class_name="admin-part",
            ),
            rx.el.details(
                rx.el.summary("What was asked for"),
                rx.el.pre(VideoState.request, tab_index=0, aria_label="The request", role="region"),
                class_name="fold",
            ),
        ),
    )  # fmt: skip


def _on_video(what: str, label: str, explain: str) -> rx.Component:
    action = f"{routes.API_ADMIN_VIDEOS}/" + VideoState.id + f"/{what}"
    return reasoned_action(action=action, label=label, explain=explain, on_done=VideoState.reload)


def _fact(row: rx.Var[Row]) -> rx.Component:
    value = row.cells[0]
    return rx.el.div(
        rx.el.dt(row.name),
        rx.el.dd(rx.cond(row.href != "", rx.el.a(value, href=row.href, class_name="admin-link"), value)),
    )


def _moment(one: rx.Var[Happened]) -> rx.Component:
    return rx.el.li(
        rx.el.span(one.at, class_name="admin-number quiet"),
        rx.el.div(
            rx.el.strong(one.what),
            " ",
            rx.el.span(one.detail, class_name="quiet"),
            rx.cond(one.raw != "", rx.el.pre(one.raw, tab_index=0, role="region", aria_label="Raw words")),
        ),
    )


def people() -> rx.Component:
    """Search, and whom it found with what can be done."""
    return rx.fragment(
        rx.el.form(
            rx.el.div(
                rx.el.label("Part of an email, id, Stripe customer or device", html_for="search"),
                rx.el.input(
                    id="search",
                    name="search",
                    default_value=PeopleState.search,
                    auto_complete="off",
                    class_name="input",
                ),
                class_name="field",
            ),
            rx.el.button("Find", type="submit", class_name="button button-main button-small"),
            method="get",
            action=routes.ADMIN_PEOPLE,
            key=PeopleState.search,
            class_name="admin-search",
        ),
        rx.cond(
            PeopleState.rows.length() > 0,
            rx.el.ul(rx.foreach(PeopleState.rows, _person), class_name="admin-people"),
            nothing_here("Nobody found.", "Try a shorter part of the email.", heading=rx.el.h2),
        ),
        more(PeopleState.cursor, PeopleState.more),
    )  # fmt: skip


CREDITS = [
    ActionField(name="credits", label="Credits", type="whole", hint="With a minus they are taken."),
]


def _person(one: rx.Var[Row]) -> rx.Component:
    base = f"{routes.API_ADMIN_PEOPLE}/" + one.id
    return rx.el.li(
        rx.el.div(
            rx.el.h2(one.name, class_name="admin-name"),
            rx.el.p(
                rx.el.span(one.cells[0], custom_attrs={"data-mood": one.mood}),
                ", ", one.cells[1], ", ", one.cells[2], ", ",
                rx.el.a(one.cells[3], href=one.href, class_name="admin-link"),
                ", paid ", one.cells[4], ", since ", one.cells[5], ", ",
                rx.el.a("what they did", href=f"{routes.ADMIN_AUDIT}?search=" + one.id, class_name="admin-link"),
                class_name="quiet small",
            ),
        ),
        rx.el.div(
            reasoned_action(
                action=base + "/credits", label="Adjust credits", fields=CREDITS, on_done=PeopleState.reload,
                explain="They read the reason in their ledger.",
            ),
            rx.cond(
                one.mood == "bad",
                reasoned_action(action=base + "/unban", label="Let back in", on_done=PeopleState.reload),
                reasoned_action(
                    action=base + "/ban", label="Ban", on_done=PeopleState.reload,
                    explain="They are signed out everywhere, and read the reason in a mail.",
                ),
            ),
            class_name="admin-actions",
        ),
        class_name="surface",
    )  # fmt: skip


def payments() -> rx.Component:
    """Events with replay, and comparisons."""
    return rx.fragment(
        choices("Status", f"{routes.ADMIN_PAYMENTS}?status=", EVENTS, PaymentsState.status),
        table(
            "Events of the payment service",
            ("What", "Id", "Came (UTC)", "Status", "Tries", "Error", "Again"),
            PaymentsState.rows,
            _event,
        ),
        more(PaymentsState.cursor, PaymentsState.more),
        table(
            "Comparisons by night",
            ("Day", "Facts", "Booked late", "In one ledger only"),
            PaymentsState.comparisons,
            plain_row(3, mood_at=2),
        ),
    )  # fmt: skip


def _event(one: rx.Var[Row]) -> rx.Component:
    action = f"{routes.API_ADMIN_EVENTS}/" + one.id + "/replay"
    return rx.el.tr(
        rx.el.th(one.name, scope="row"),
        *cells(one, 5, mood_at=2),
        rx.el.td(reasoned_action(action=action, label="Replay", on_done=PaymentsState.reload)),
    )
