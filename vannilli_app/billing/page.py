"""The pages for `/pricing`, `/paid` and, without a payment service, `/sandbox/checkout`."""

from decimal import Decimal

import reflex as rx

from vannilli_app import routes
from vannilli_app.billing.checkout_state import PaidState, SandboxState
from vannilli_app.billing.state import PlanState
from vannilli_app.music.price import PLANS, TOP_UP_CENTS_PER_CREDIT, TOP_UP_LEAST_CREDITS
from vannilli_app.ui.elements import button_link, failure, waiting
from vannilli_app.ui.tempo import plans_in_bars, tempo_calculator
from vannilli_app.words import N_, _, at, money

TITLE = N_("Prices in bars · Vannilli")
DESCRIPTION = N_(
    "What a month buys in bars at your tempo. Drafts are free, failures cost nothing, credits are seconds."
)

FAQ = (
    (
        N_("What is a credit?"),
        N_(
            "One second of a paid render. A section's seconds are rounded up once, as a whole: 8 bars at 140 are"
            " 13.7 seconds, so 14 credits. You see the price before you start, and it never changes afterwards."
        ),
    ),
    (
        N_("What if a video fails?"),
        N_(
            "Then it costs nothing. Credits are set aside when you start, spent when you first download the finished"
            " video, and come back by themselves when it fails or you cancel. A finished video that nobody downloads is"
            " charged after 30 days, since it was made."
        ),
    ),
    (
        N_("Do credits expire?"),
        N_(
            "A plan's credits end with the month they were paid for. Credits that you buy, and those of Open Mic, never"
            " expire. What ends soonest is spent first."
        ),
    ),
    (
        N_("Can I have my money back?"),
        N_(
            "Yes, within 14 days of a payment, for the credits that are still there. Answer any mail that you had from"
            " us. What was refunded is taken off your balance, and every line of it is on your account page."
        ),
    ),
    (
        N_("Can I change or end a plan?"),
        N_(
            "At any time, on your account page. Moving up counts at once and costs the difference for the rest of the"
            " month; moving down and ending count from the next one. You can also pause for a month."
        ),
    ),
    (
        N_("What does the free tier leave out?"),
        N_(
            "Drafts by our own animator, at 720p with a small mark, one a day on each device. The three credits of your"
            " sign-up are a first taste of a paid render."
        ),
    ),
)


def pricing() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                rx.el.h1(_("Pay for bars, not for tries.")),
                rx.el.p(
                    _(
                        "Set your tempo and read what each offer buys. A draft costs nothing on any of them, and"
                        " neither does a video that fails."
                    ),
                    class_name="lead quiet",
                ),
                class_name="stack-tight",
            ),
            tempo_calculator(result=False),
            class_name="pricing-head",
        ),
        rx.el.h2(_("What each offer buys")),
        plans_in_bars(
            plans=[plan.tier.value for plan in PLANS.values() if plan.offered],
            current=PlanState.tier,
            has_plan=PlanState.words != "",
            busy=PlanState.busy,
            on_choose=PlanState.buy,
        ),
        rx.el.div(rx.cond(PlanState.refusal != "", failure(PlanState.refusal)), aria_live="assertive"),
        rx.el.p(
            _(
                "More whenever you like: {price} a credit, {least} or more at a time. They never expire. Prices in US"
                " dollars.",
                price=money(Decimal(TOP_UP_CENTS_PER_CREDIT) / 100),
                least=TOP_UP_LEAST_CREDITS,
            ),
            class_name="quiet",
        ),
        rx.cond(PlanState.rehearsal, _no_money()),
        rx.el.section(
            rx.el.h2(_("Asked before paying")),
            *(_answer(question, answer) for question, answer in FAQ),
            class_name="faq stack-tight",
        ),
        class_name="pricing",
    )


def _answer(question: str, answer: str) -> rx.Component:
    return rx.el.details(
        rx.el.summary(_(question)), rx.el.p(_(answer), class_name="quiet"), class_name="fold surface"
    )


def _no_money() -> rx.Component:
    return rx.el.p(
        _("This installation has no payment service: buying is a rehearsal, and no money moves."),
        class_name="message",
    )


def paid() -> rx.Component:
    """Between the checkout and the page that the buyer came from."""
    return rx.match(
        PaidState.standing,
        (
            "pending",
            _after(
                _("Your bank is still at it."),
                _(
                    "The payment is on its way. Your credits come as soon as it arrives; nothing else is to be done."
                ),
            ),
        ),
        ("strange", _after(_("We cannot find that payment."), PaidState.sentence)),
        waiting(_("Your payment arrived. Fetching your credits")),
    )


def _after(title: str, sentence: str | rx.Var) -> rx.Component:
    return rx.el.section(
        rx.el.h1(title),
        rx.el.p(sentence, class_name="lead quiet"),
        button_link(_("Go on"), PaidState.after),
        class_name="stack lost",
    )


def sandbox_checkout() -> rx.Component:
    """A checkout that takes no money, and says so."""
    return rx.el.section(
        rx.el.p(_("Rehearsal"), class_name="plan-name"),
        rx.el.h1(_("No money moves here.")),
        rx.cond(
            SandboxState.sentence != "",
            rx.fragment(failure(SandboxState.sentence), button_link(_("Your account"), at(routes.ACCOUNT))),
            rx.fragment(
                rx.el.p(
                    _(
                        "This installation has no payment service. You get what you would have bought, as if it were"
                        " paid."
                    ),
                    class_name="lead quiet",
                ),
                rx.el.p(
                    rx.el.b(SandboxState.what),
                    " ",
                    rx.el.span(SandboxState.price, class_name="figures"),
                    class_name="surface row sandbox-order",
                ),
                rx.el.div(
                    rx.el.button(
                        rx.cond(SandboxState.paying, _("Paying with nothing"), _("Pay with nothing")),
                        type="button",
                        on_click=SandboxState.pay,
                        disabled=SandboxState.paying | (SandboxState.what == ""),
                        class_name="button button-main",
                    ),
                    rx.el.a(_("Back"), href=SandboxState.back, class_name="button button-bare"),
                    class_name="row",
                ),
            ),
        ),
        class_name="stack lost",
    )
