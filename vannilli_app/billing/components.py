"""Credits and plans on a page."""

from decimal import Decimal

import reflex as rx

from vannilli_app import routes
from vannilli_app.billing.state import Another, CreditsState, Line, PlanState
from vannilli_app.music.price import TOP_UP_CENTS_PER_CREDIT, TOP_UP_LEAST_CREDITS, TOP_UP_MOST_CREDITS
from vannilli_app.ui.elements import button_link, failure
from vannilli_app.ui.forms import api_button
from vannilli_app.words import _, at, money, whole


def credits() -> rx.Component:
    """The balance, huge, what of it ends when, and the way to more."""
    return rx.el.section(
        rx.el.p(
            rx.el.span(CreditsState.available, class_name="credits-number"),
            rx.el.span(rx.cond(CreditsState.available == 1, _("credit"), _("credits")), class_name="lead"),
            class_name="credits",
        ),
        rx.cond(
            CreditsState.owes != "",
            failure(CreditsState.owes),
        ),
        rx.cond(
            CreditsState.set_aside != "",
            rx.el.p(CreditsState.set_aside, class_name="quiet"),
        ),
        rx.el.ul(
            rx.foreach(CreditsState.buckets, lambda words: rx.el.li(words)),
            class_name="buckets figures quiet",
        ),
        _top_up(),
        class_name="stack",
        aria_label=_("Credits"),
    )


def _top_up() -> rx.Component:
    return rx.el.form(
        rx.el.label(_("More credits"), html_for="top-up", class_name="label"),
        rx.el.div(
            rx.el.input(
                id="top-up",
                type="text",
                input_mode="numeric",
                value=CreditsState.wanted,
                on_change=CreditsState.want,
                aria_describedby="top-up-hint",
                class_name="input figures top-up-number",
            ),
            rx.el.button(
                rx.cond(
                    CreditsState.buying, _("To the checkout"), _("Buy for {price}", price=CreditsState.price)
                ),
                type="submit",
                disabled=CreditsState.buying,
                class_name=rx.cond(CreditsState.buying, "button button-plain busy", "button button-plain"),
            ),
            class_name="row top-up",
        ),
        rx.el.p(
            _(
                "{price} each, {least} to {most}. They never expire. One credit is one second of a paid render;"
                " drafts cost none.",
                price=money(Decimal(TOP_UP_CENTS_PER_CREDIT) / 100),
                least=TOP_UP_LEAST_CREDITS,
                most=whole(TOP_UP_MOST_CREDITS),
            ),
            id="top-up-hint",
            class_name="field-hint",
        ),
        rx.el.div(rx.cond(CreditsState.refusal != "", failure(CreditsState.refusal)), aria_live="assertive"),
        on_submit=CreditsState.top_up,
        class_name="stack-tight",
        custom_attrs={"noValidate": True},
    )


def ledger() -> rx.Component:
    """Every credit that came or went."""
    return rx.el.section(
        rx.el.h2(_("Every credit")),
        rx.el.div(
            rx.el.table(
                rx.el.caption(_("Every credit that came or went"), class_name="for-screen-readers"),
                rx.el.thead(
                    rx.el.tr(
                        rx.el.th(_("What"), scope="col"),
                        *(
                            rx.el.th(name, scope="col", class_name="number")
                            for name in (_("Credits"), _("Balance"))
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
                _("Older"),
                type="button",
                class_name="button button-plain button-small",
                on_click=CreditsState.more,
            ),
        ),
        class_name="stack",
    )


def _row(line: rx.Var[Line]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(line.words, rx.el.span(line.day, class_name="ledger-day small quiet")),
        rx.el.td(line.amount, class_name="number"),
        rx.el.td(line.balance, class_name="number quiet"),
    )


def plan() -> rx.Component:
    """The plan that a person has and what can be done with it; for who has none, the way to the prices."""
    return rx.el.section(
        rx.el.h2(_("Plan")),
        rx.cond(
            PlanState.words != "",
            rx.fragment(
                rx.el.p(rx.el.b(PlanState.name), ". ", PlanState.words),
                rx.cond(~PlanState.past_due & ~PlanState.ending, rx.foreach(PlanState.others, _other)),
                rx.cond(PlanState.asked != "", _asked()),
                rx.el.div(
                    rx.cond(
                        PlanState.ending,
                        _change(_("Keep the plan"), _("Keeping it"), {"ending": False}),
                        rx.fragment(
                            rx.cond(
                                PlanState.paused,
                                _change(_("Go on now"), _("Resuming"), {"paused": False}),
                                rx.cond(
                                    ~PlanState.past_due,
                                    _change(_("Pause for a month"), _("Pausing"), {"paused": True}),
                                ),
                            ),
                            _change(_("End the plan"), _("Ending it"), {"ending": True}),
                        ),
                    ),
                    _portal(_("Invoices and card"), look="bare button-small"),
                    class_name="row plan-acts",
                ),
            ),
            rx.fragment(
                rx.el.p(
                    _("You have no plan. With one, a second costs less and credits come every month."),
                    class_name="quiet",
                ),
                button_link(_("See the plans"), at(routes.PRICING), kind="plain"),
            ),
        ),
        rx.el.div(rx.cond(PlanState.refusal != "", failure(PlanState.refusal)), aria_live="assertive"),
        class_name="stack",
    )


def _other(other: rx.Var[Another]) -> rx.Component:
    return rx.el.button(
        rx.cond(
            other.dearer,
            _("Move up to {plan}, {price}", plan=other.name, price=other.price),
            _("Move down to {plan}, {price}", plan=other.name, price=other.price),
        ),
        type="button",
        on_click=PlanState.ask(other.tier),
        disabled=PlanState.busy != "",
        class_name=rx.cond(PlanState.busy == other.tier, "button button-plain busy", "button button-plain"),
    )


def _asked() -> rx.Component:
    return rx.el.div(
        rx.el.p(PlanState.asked_words),
        rx.el.div(
            _change(_("Yes, change it"), _("Changing"), {"tier": PlanState.asked}, look="main"),
            rx.el.button(
                _("Leave it"), type="button", on_click=PlanState.never_mind, class_name="button button-bare"
            ),
            class_name="row",
        ),
        class_name="surface stack-tight",
        role="status",
    )


def _change(words: str, busy: str, change: dict, look: str = "bare button-small") -> rx.Component:
    """Changes the plan; the API asks who it is first, where that was long ago."""
    return api_button(
        action=routes.API_BILLING_PLAN,
        method="PATCH",
        body=change,
        label=words,
        busy=busy,
        look=look,
        on_done=PlanState.load,
    )


def _portal(words: str, look: str) -> rx.Component:
    return api_button(
        action=routes.API_BILLING_PORTAL, follow="portal_url", label=words, busy=_("Opening it"), look=look
    )


def banner() -> rx.Component:
    """Over every page of the studio while a payment has failed."""
    return rx.cond(
        PlanState.past_due,
        rx.el.div(
            rx.el.span(
                _("Your last payment failed. Your credits stay, and new ones come as soon as it is paid.")
            ),
            _portal(_("Mend the card"), look="plain button-small"),
            class_name="message message-error banner",
            role="status",
        ),
    )
