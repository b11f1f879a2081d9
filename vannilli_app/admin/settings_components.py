"""What may be changed while it runs: free tier, providers, alerts."""

from collections.abc import Sequence

import reflex as rx

from vannilli_app import routes
from vannilli_app.admin.components import table
from vannilli_app.admin.lists_components import plain_row
from vannilli_app.admin.lists_state import SettingsState
from vannilli_app.ui.admin import ActionField, reasoned_action


def settings() -> rx.Component:
    """What may be changed while it runs."""
    return rx.fragment(
        rx.el.section(
            rx.el.h2("Free tier", class_name="admin-heading"),
            rx.cond(
                SettingsState.free_tier,
                rx.fragment(
                    rx.el.p("Open: free accounts may start videos."),
                    _setting("free_tier", "Close the free tier", body={"value": False}),
                ),
                rx.fragment(
                    rx.el.p(
                        "Closed: free accounts are told so when they start.",
                        custom_attrs={"data-mood": "bad"},
                    ),
                    _setting("free_tier", "Open the free tier", body={"value": True}),
                ),
            ),
            class_name="admin-part",
        ),
        _names(
            "provider_order",
            "Provider order",
            "Who is tried first. Empty: the built-in order.",
            SettingsState.order,
        ),
        _names("providers_off", "Providers off", "Who gets no new work.", SettingsState.off),
        rx.el.div(
            table(
                "Alerts", ("Rule", "Name", "Broken when", "On"), SettingsState.rules, plain_row(3, mood_at=-1)
            ),
            _setting(
                "alerts",
                "Change rules",
                fields=[
                    ActionField(
                        name="value",
                        label="Changes, as JSON",
                        type="json",
                        value=SettingsState.alerts,
                        hint='Such as {"margin": {"threshold": 0.3}, "disk": {"on": false}}. Empty: the built-in ones.',
                    )
                ],
            ),
        ),
        rx.el.section(
            rx.el.h2("Latest changes", class_name="admin-heading"),
            rx.cond(
                SettingsState.changes.length() > 0,
                rx.el.ul(
                    rx.foreach(SettingsState.changes, lambda one: rx.el.li(one)),
                    class_name="stack-tight small",
                ),
                rx.el.p("Nothing was changed yet.", class_name="quiet"),
            ),
            class_name="admin-part",
        ),
    )


def _names(name: str, title: str, explain: str, value: rx.Var[str]) -> rx.Component:
    field = ActionField(name="value", label="Names, with commas", type="names", value=value)
    return rx.el.section(
        rx.el.h2(title, class_name="admin-heading"),
        rx.el.p(explain, " Now: ", rx.cond(value != "", value, "nothing set"), "."),
        _setting(name, f"Change {title.lower()}", fields=[field]),
        class_name="admin-part",
    )


def _setting(
    name: str, label: str, *, fields: Sequence[ActionField] = (), body: dict | None = None
) -> rx.Component:
    return reasoned_action(
        action=routes.API_ADMIN_SETTING.format(name=name),
        method="PUT",
        label=label,
        fields=list(fields),
        body=body or {},
        on_done=SettingsState.load,
    )
