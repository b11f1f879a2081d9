"""The pages for `/signup`, `/signin`, `/verify`, `/reset` and `/account`."""

import reflex as rx

from vannilli_app import routes
from vannilli_app.accounts import components
from vannilli_app.accounts.state import SessionState
from vannilli_app.ui.app import sign_out
from vannilli_app.ui.forms import api_form, returning, with_token
from vannilli_app.ui.speech import said
from vannilli_app.words import _, at


def sign_up() -> rx.Component:
    return components.entrance(
        _("Three credits to start."),
        _("Drafts are free. The credits are a first taste of a paid render."),
        api_form(
            fields=components.SIGN_UP_FIELDS,
            action=routes.API_SIGN_UP,
            submit=_("Create my account"),
            busy=_("Creating your account"),
            next=at(routes.STUDIO_NEW),
            with_device=True,
        ),
        rx.el.div(
            rx.el.p(
                said(
                    _("{terms} and {privacy}"),
                    terms=rx.el.a(_("The terms"), href=at(routes.TERMS)),
                    privacy=rx.el.a(_("what becomes of your data"), href=at(routes.PRIVACY)),
                ),
                class_name="quiet",
            ),
            components.other_way(_("You have an account?"), _("Sign in"), at(routes.SIGN_IN)),
            class_name="stack-tight",
        ),
    )


def sign_in() -> rx.Component:
    return components.entrance(
        _("Back on stage."),
        _("Your drafts and takes are where you left them."),
        api_form(
            fields=components.SIGN_IN_FIELDS,
            action=routes.API_SIGN_IN,
            submit=_("Sign in"),
            busy=_("Signing you in"),
            next=at(routes.STUDIO),
        ),
        rx.el.div(
            returning(returning=SessionState.returning, next=at(routes.STUDIO)),
            components.other_way(_("New here?"), _("Create an account"), at(routes.SIGN_UP)),
            rx.el.p(rx.el.a(_("Forgot the password?"), href=at(routes.RESET)), class_name="quiet"),
            class_name="stack-tight",
        ),
    )


def verify() -> rx.Component:
    return components.entrance(
        _("Is this your address?"),
        _("One tap, and mail about your videos finds you."),
        with_token(
            rx.el.p(_("This page needs the link from our mail. Open it there."), class_name="message"),
            api_form(
                fields=[],
                action=routes.API_VERIFY,
                submit=_("Confirm my email"),
                busy=_("Confirming"),
                next=at(routes.ACCOUNT),
                with_token=True,
            ),
        ),
        components.other_way(_("Is the link too old?"), _("Ask for a new one"), at(routes.ACCOUNT)),
    )


def reset() -> rx.Component:
    return components.entrance(
        _("Lost the line?"),
        _("Choose a new password by a link that we mail you."),
        with_token(
            api_form(
                fields=[components.EMAIL],
                action=routes.API_RESET_ASK,
                submit=_("Mail me the link"),
                busy=_("Sending it"),
                done=_(
                    "If there is an account with that address, the link is on its way. It is good for 30 minutes."
                ),
            ),
            api_form(
                fields=[components.NEW_PASSWORD],
                action=routes.API_RESET,
                submit=_("Set the new password"),
                busy=_("Setting it"),
                next=at(routes.SIGN_IN),
                with_token=True,
            ),
        ),
        components.other_way(_("You remember it?"), _("Sign in"), at(routes.SIGN_IN)),
    )


def account(*parts: rx.Component) -> rx.Component:
    """`parts` come from features that stand above accounts."""
    return rx.el.div(
        rx.el.div(
            rx.el.h1(_("Account")),
            rx.el.p(SessionState.person.email, class_name="lead person"),
            class_name="stack-tight",
        ),
        components.unverified(),
        *parts,
        components.devices(),
        components.security(),
        components.activity(),
        components.privacy(),
        sign_out(action=routes.API_SIGN_OUT, next=at(routes.HOME)),
        class_name="column account",
    )
