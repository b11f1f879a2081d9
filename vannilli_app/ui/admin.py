"""Parts of the admin's pages that run in the browser."""

from typing import NotRequired, TypedDict

import reflex as rx

from vannilli_app.ui.browser import module


class ActionField(TypedDict):
    """What an action needs besides a reason; `type` is text, whole, names (with commas) or json."""

    name: str
    label: str
    type: str
    value: NotRequired[str]
    hint: NotRequired[str]


class DayChart(rx.Component):
    """Earnings and cost of `days`, each with `label`, `revenue`, `cost`; `summary` for who does not see it."""

    library = module("day_chart.jsx")
    tag = "DayChart"

    days: rx.Var[list[dict]]
    summary: rx.Var[str]


class ReasonedAction(rx.Component):
    """One call of our API with a reason, folded away; `body` is sent besides what `fields` hold."""

    library = module("reasoned_action.jsx")
    tag = "ReasonedAction"

    action: rx.Var[str]
    label: rx.Var[str]
    method: rx.Var[str]
    explain: rx.Var[str]
    body: rx.Var[dict]
    fields: rx.Var[list[ActionField]]
    on_done: rx.EventHandler[rx.event.no_args_event_spec]


day_chart = DayChart.create
reasoned_action = ReasonedAction.create
