"""The pages for `/signup`, `/signin`, `/verify`, `/reset` and `/account`."""

import reflex as rx

from vannilli_app import routes
from vannilli_app.accounts import components
from vannilli_app.accounts.state import SessionState
from vannilli_app.ui.forms import api_button, api_form, returning, with_token


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
            with_device=True,
        ),
        rx.el.div(
            rx.el.p(
                rx.el.a("The terms", href=routes.TERMS),
                " and ",
                rx.el.a("what becomes of your data", href=routes.PRIVACY),
                class_name="quiet",
            ),
            components.other_way("You have an account?", "Sign in", routes.SIGN_IN),
            class_name="stack-tight",
        ),
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
        rx.el.div(
            returning(returning=SessionState.returning, next=routes.STUDIO),
            components.other_way("New here?", "Create an account", routes.SIGN_UP),
            rx.el.p(rx.el.a("Forgot the password?", href=routes.RESET), class_name="quiet"),
            class_name="stack-tight",
        ),
    )


def verify() -> rx.Component:
    return components.entrance(
        "Is this your address?",
        "One tap, and mail about your videos finds you.",
        with_token(
            rx.el.p("This page needs the link from our mail. Open it there.", class_name="message"),
            api_form(
                fields=[],
                action=routes.API_VERIFY,
                submit="Confirm my email",
                busy="Confirming",
                next=routes.ACCOUNT,
                with_token=True,
            ),
        ),
        components.other_way("Is the link too old?", "Ask for a new one", routes.ACCOUNT),
    )


def reset() -> rx.Component:
    return components.entrance(
        "Lost the line?",
        "Choose a new password by a link that we mail you.",
        with_token(
            api_form(
                fields=[components.EMAIL],
                action=routes.API_RESET_ASK,
                submit="Mail me the link",
                busy="Sending it",
                done="If there is an account with that address, the link is on its way. It is good for 30 minutes.",
            ),
            api_form(
                fields=[components.NEW_PASSWORD],
                action=routes.API_RESET,
                submit="Set the new password",
                busy="Setting it",
                next=routes.SIGN_IN,
                with_token=True,
            ),
        ),
        components.other_way("You remember it?", "Sign in", routes.SIGN_IN),
    )


def account(*parts: rx.Component) -> rx.Component:
    """`parts` come from features that stand above accounts."""
    return rx.el.div(
        rx.el.div(
            rx.el.h1("Account"),
            rx.el.p(SessionState.person.email, class_name="lead person"),
            class_name="stack-tight",
        ),
        components.unverified(),
        *parts,
        components.devices(),
        components.security(),
        components.activity(),
        components.privacy(),
        api_button(action=routes.API_SIGN_OUT, label="Sign out", busy="Signing you out", next=routes.HOME),
        class_name="column account",
    )
