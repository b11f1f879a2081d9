"""Parts of the pages that let people in."""

import reflex as rx

from vannilli_app import routes
from vannilli_app.accounts.state import AccountState, ActivityState, Copy, Device, Done
from vannilli_app.ui.app import delete_account
from vannilli_app.ui.forms import Field, api_button, api_form, other_entrance, second_factor
from vannilli_app.words import N_, _, at

EMAIL = Field(
    name="email",
    label=N_("Email"),
    type="email",
    autocomplete="email",
    most=254,
    missing=N_("Type your email address."),
    codes=["email_taken"],
    wrong=N_("That does not look like an email address. Check for a missing @ or dot."),
)
SIGN_IN_FIELDS = [
    EMAIL,
    Field(
        name="password",
        label=N_("Password"),
        type="password",
        autocomplete="current-password",
        most=128,
        missing=N_("Type your password."),
    ),
    Field(
        name="totp",
        label=N_("Code from your authenticator app"),
        type="text",
        autocomplete="one-time-code",
        most=40,
        hint=N_("Or one of your recovery codes."),
        missing=N_("Type the code, or a recovery code."),
        codes=["invalid_totp"],
        asked="totp_required",
    ),
]
NEW_PASSWORD = Field(
    name="password",
    label=N_("New password"),
    type="password",
    autocomplete="new-password",
    least=10,
    most=128,
    hint=N_("At least 10 characters. A line of a song works well."),
    missing=N_("Choose a password."),
    codes=["weak_password"],
    wrong=N_("Make it at least 10 characters long."),
)
CHANGE_PASSWORD_FIELDS = [
    Field(
        name="current_password",
        label=N_("Password now"),
        type="password",
        autocomplete="current-password",
        most=128,
        missing=N_("Type the password that you have now."),
        codes=["wrong_password"],
    ),
    NEW_PASSWORD,
]
SIGN_UP_FIELDS = [
    EMAIL,
    NEW_PASSWORD | {"label": N_("Password")},
    Field(
        name="birth_date",
        label=N_("Birth date"),
        type="date",
        autocomplete="bday",
        hint=N_("You must be 13 or older."),
        missing=N_("Type your birth date."),
        codes=["under_age", "invalid_birth_date"],
        wrong=N_("That is not a date. Type day, month and year."),
    ),
    Field(
        name="accept_terms",
        label=N_("I accept the terms, and I will only use faces and tracks that I have the rights to."),
        type="checkbox",
        missing=N_("Accept the terms to go on."),
        codes=["terms_required"],
    ),
]


def entrance(title: str, sentence: str, form: rx.Component, other: rx.Component) -> rx.Component:
    """A heading, a form and the other way in."""
    return rx.el.section(
        rx.el.div(rx.el.h1(title), rx.el.p(sentence, class_name="lead quiet"), class_name="stack"),
        rx.el.div(form, other, class_name="stack"),
        class_name="entrance",
    )


def other_way(question: str, text: str, href: str) -> rx.Component:
    """A link to the other of the two forms; it takes `?next=` along."""
    return rx.el.p(question, " ", other_entrance(href=href, text=text), class_name="quiet")


def unverified() -> rx.Component:
    """While the address is not confirmed: why it matters, and the mail again."""
    return rx.cond(
        AccountState.loaded & ~AccountState.email_verified,
        rx.el.section(
            rx.el.p(
                _(
                    "Your email is not confirmed yet. Open the link that we mailed you: an account that was never "
                    "confirmed, and never paid for, is deleted after 30 days."
                )
            ),
            api_button(
                action=routes.API_VERIFY_ASK,
                label=_("Mail the link again"),
                busy=_("Sending it"),
                done=_("It is on its way. Look into the spam folder too."),
            ),
            class_name="message stack-tight",
        ),
    )


def devices() -> rx.Component:
    """Where one is signed in, each with its end."""
    return _section(
        _("Devices"),
        rx.el.ul(rx.foreach(AccountState.devices, _device), class_name="plain-list"),
        rx.cond(
            AccountState.devices.length() > 1,
            api_button(
                action=routes.API_SESSIONS,
                method="DELETE",
                label=_("Sign out all others"),
                busy=_("Signing them out"),
                on_done=AccountState.load,
            ),
        ),
    )


def security() -> rx.Component:
    """The password and the second step."""
    return _section(
        _("Signing in"),
        rx.el.h3(_("Second step")),
        rx.cond(
            AccountState.loaded,
            second_factor(
                on=AccountState.totp, left=AccountState.recovery_codes_left, on_change=AccountState.load
            ),
        ),
        rx.el.details(
            rx.el.summary(_("Change the password")),
            api_form(
                fields=CHANGE_PASSWORD_FIELDS,
                action=routes.API_PASSWORD,
                submit=_("Change it"),
                busy=_("Changing it"),
                done=_("Changed. Every other device is signed out."),
            ),
            class_name="fold",
        ),
    )


def privacy() -> rx.Component:
    """A copy of everything, the opt-out, and leaving."""
    return _section(
        _("Privacy"),
        rx.el.p(
            _(
                "We do not sell your data. Uploads are deleted within 24 hours, videos after 30 days, the log of what"
                " you did after 90."
            ),
            class_name="quiet",
        ),
        rx.el.label(
            rx.el.input(
                type="checkbox",
                checked=AccountState.do_not_sell,
                on_change=AccountState.set_do_not_sell,
                disabled=AccountState.gpc,
            ),
            rx.el.span(_("Do not sell or share my data, ever")),
            class_name="check",
        ),
        rx.cond(
            AccountState.gpc,
            rx.el.p(
                _("Your browser asks for this with Global Privacy Control, and we follow it."),
                class_name="quiet",
            ),
        ),
        rx.el.h3(_("A copy of everything")),
        rx.el.p(_("A ZIP with all we store about you. A mail says when it is ready."), class_name="quiet"),
        rx.el.ul(rx.foreach(AccountState.copies, _copy), class_name="plain-list"),
        api_button(
            action=routes.API_EXPORTS,
            label=_("Make a copy"),
            busy=_("Asking for it"),
            done=_("It is being made. You will get a mail."),
            on_done=AccountState.load,
        ),
        rx.el.details(
            rx.el.summary(_("Delete my account")),
            rx.el.div(
                rx.el.p(
                    _(
                        "Your projects, uploads, videos and credits go at once, and nobody can bring them back. What"
                        " was paid stays in our books, without your name."
                    ),
                    class_name="quiet",
                ),
                delete_account(action=routes.API_ACCOUNT, next=at(routes.HOME)),
                class_name="stack",
            ),
            class_name="fold",
        ),
    )


def activity() -> rx.Component:
    """What was done in the account, and from where."""
    return _section(
        _("What happened"),
        rx.el.details(
            rx.el.summary(_("The last 90 days")),
            rx.el.div(
                rx.el.p(
                    _("If something here was not you, sign out all other devices and change the password."),
                    class_name="quiet",
                ),
                rx.el.ul(rx.foreach(ActivityState.done, _done), class_name="plain-list"),
                rx.cond(
                    ActivityState.more,
                    rx.el.button(
                        _("Older"),
                        type="button",
                        on_click=ActivityState.older,
                        class_name="button button-plain button-small",
                    ),
                ),
                class_name="stack",
            ),
            class_name="fold",
        ),
    )


def _done(one: rx.Var[Done]) -> rx.Component:
    return rx.el.li(rx.el.div(one.words, rx.el.div(one.where, class_name="quiet small")), key=one.id)


def _device(one: rx.Var[Device]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.strong(one.words),
            rx.cond(one.current, rx.el.span(_("this one"), class_name="plan-name")),
            rx.el.div(one.since, class_name="quiet small"),
        ),
        rx.cond(
            one.current,
            rx.fragment(),
            api_button(
                action=f"{routes.API_SESSIONS}/{one.id}",
                method="DELETE",
                label=_("Sign out"),
                name=_("Sign out {device}", device=one.words),
                busy=_("Signing out"),
                on_done=AccountState.load,
            ),
        ),
        key=one.id,
        class_name="row-apart",
    )


def _copy(one: rx.Var[Copy]) -> rx.Component:
    return rx.el.li(
        rx.el.span(one.words),
        rx.cond(
            one.ready,
            api_button(
                action=f"{routes.API_EXPORTS}/{one.id}",
                method="GET",
                follow="download_url",
                label=_("Download"),
                name=_("Download the copy: {copy}", copy=one.words),
                busy=_("Opening it"),
            ),
        ),
        key=one.id,
        class_name="row-apart",
    )


def _section(title: str, *content: rx.Component) -> rx.Component:
    return rx.el.section(rx.el.h2(title), *content, class_name="stack account-part")
