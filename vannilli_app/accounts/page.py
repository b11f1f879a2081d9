"""The pages for `/signup`, `/signin` and `/account`."""

import reflex as rx

from vannilli_app import routes
from vannilli_app.accounts import components
from vannilli_app.accounts.state import SessionState
from vannilli_app.ui.forms import api_button, api_form


def sign_up() -> rx.Component:
    return components.entrance(
        "Three credits to start.",
        "Drafts are free. The credits are a first taste of a paid render.",
        api_form(
            fields=components.SIGN_UP_FIELDS,
            action=routes.API_SIGN_UP,
            submit="Create my account",
            busy="Creating your account",
            next=routes.STUDIO_NEW,
        ),
        components.other_way("You have an account?", "Sign in", routes.SIGN_IN),
    )


def sign_in() -> rx.Component:
    return components.entrance(
        "Back on stage.",
        "Your drafts and takes are where you left them.",
        api_form(
            fields=components.SIGN_IN_FIELDS,
            action=routes.API_SIGN_IN,
            submit="Sign in",
            busy="Signing you in",
            next=routes.STUDIO,
        ),
        components.other_way("New here?", "Create an account", routes.SIGN_UP),
    )


def account(credits: rx.Component) -> rx.Component:
    """`credits` is billing's part of the page: billing stands above accounts."""
    person = SessionState.person
    return rx.el.div(
        rx.el.div(
            rx.el.h1("Account"),
            rx.el.p(
                person.email, rx.el.span(person.plan, class_name="plan-name"), class_name="lead row person"
            ),
            class_name="stack-tight",
        ),
        credits,
        api_button(action=routes.API_SIGN_OUT, label="Sign out", busy="Signing you out", next=routes.HOME),
        class_name="column account",
    )
