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


def account(*parts: rx.Component) -> rx.Component:
    """`parts` come from features that stand above accounts."""
    return rx.el.div(
        rx.el.div(
            rx.el.h1("Account"),
            rx.el.p(SessionState.person.email, class_name="lead person"),
            class_name="stack-tight",
        ),
        *parts,
        api_button(action=routes.API_SIGN_OUT, label="Sign out", busy="Signing you out", next=routes.HOME),
        class_name="column account",
    )
