"""Parts of the pages that let people in."""

import reflex as rx

from vannilli_app.ui.forms import Field, other_entrance

EMAIL = Field(
    name="email",
    label="Email",
    type="email",
    autocomplete="email",
    most=254,
    missing="Type your email address.",
    codes=["email_taken"],
    wrong="That does not look like an email address. Check for a missing @ or dot.",
)
SIGN_IN_FIELDS = [
    EMAIL,
    Field(
        name="password",
        label="Password",
        type="password",
        autocomplete="current-password",
        most=128,
        missing="Type your password.",
    ),
]
SIGN_UP_FIELDS = [
    EMAIL,
    Field(
        name="password",
        label="Password",
        type="password",
        autocomplete="new-password",
        least=10,
        most=128,
        hint="At least 10 characters. A line of a song works well.",
        missing="Choose a password.",
        codes=["weak_password"],
        wrong="Make it at least 10 characters long.",
    ),
    Field(
        name="birth_date",
        label="Birth date",
        type="date",
        autocomplete="bday",
        hint="You must be 13 or older.",
        missing="Type your birth date.",
        codes=["under_age"],
        wrong="That is not a date. Type day, month and year.",
    ),
    Field(
        name="accept_terms",
        label="I accept the terms, and I will only use faces and tracks that I have the rights to.",
        type="checkbox",
        missing="Accept the terms to go on.",
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
