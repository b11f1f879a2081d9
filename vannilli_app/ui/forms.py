"""Forms that post JSON to our API from the browser, so that the session's cookie can be HttpOnly."""

from typing import Literal, NotRequired, TypedDict

import reflex as rx

from vannilli_app.ui.browser import module


class Field(TypedDict):
    """One field: its name in the JSON, and the sentences for when it is empty (`missing`) or malformed (`wrong`).
    `codes` are problems of the server that are about this field."""

    name: str
    label: str
    type: Literal["text", "email", "password", "date", "checkbox"]
    missing: str
    wrong: NotRequired[str]
    hint: NotRequired[str]
    autocomplete: NotRequired[str]
    codes: NotRequired[list[str]]
    least: NotRequired[int]
    most: NotRequired[int]


class ApiForm(rx.Component):
    """Posts its fields to `action`, shows the problem document's sentences beside them, and loads `next`
    (or the page in `?next=`) anew when they are accepted. `busy` is the button's text meanwhile."""

    library = module("api_form.jsx")
    tag = "ApiForm"

    fields: rx.Var[list[Field]]
    action: rx.Var[str]
    submit: rx.Var[str]
    busy: rx.Var[str]
    next: rx.Var[str]


class OtherEntrance(rx.Component):
    """A link that takes the page's `?next=` along."""

    library = module("api_form.jsx")
    tag = "OtherEntrance"

    href: rx.Var[str]
    text: rx.Var[str]


class ApiButton(rx.Component):
    """One call of our API without a body, then `next` loaded anew; the problem's sentence beside it on failure."""

    library = module("api_button.jsx")
    tag = "ApiButton"

    action: rx.Var[str]
    label: rx.Var[str]
    busy: rx.Var[str]
    next: rx.Var[str]


api_form = ApiForm.create
other_entrance = OtherEntrance.create
api_button = ApiButton.create
