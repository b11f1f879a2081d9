"""Forms that post JSON to our API from the browser, so that the session's cookie can be HttpOnly."""

from typing import Literal, NotRequired, TypedDict

import reflex as rx

from vannilli_app.ui.browser import module
from vannilli_app.words import _

FINGERPRINT = ["@fingerprintjs/fingerprintjs@5.2.0"]  # for `device.js`


class Field(TypedDict):
    """One field: its name in the JSON, and the sentences for when it is empty (`missing`) or malformed (`wrong`).
    `codes` are problems of the server that are about this field; `asked` is the one that asks for it, and until then
    it is not there."""

    name: str
    label: str
    type: Literal["text", "email", "password", "date", "checkbox"]
    missing: str
    wrong: NotRequired[str]
    hint: NotRequired[str]
    autocomplete: NotRequired[str]
    codes: NotRequired[list[str]]
    asked: NotRequired[str]
    least: NotRequired[int]
    most: NotRequired[int]


class ApiForm(rx.Component):
    """Posts its fields to `action`, shows the problem document's sentences beside them, and loads `next`
    (or the page in `?next=`) anew when they are accepted, or says `done`. `busy` is the button's text meanwhile.
    `with_token` sends along what stands behind `#` in the address, `with_device` the device's fingerprint."""

    library = module("api_form.jsx")
    tag = "ApiForm"
    lib_dependencies: list[str] = FINGERPRINT

    fields: rx.Var[list[Field]]
    action: rx.Var[str]
    submit: rx.Var[str]
    busy: rx.Var[str]
    next: rx.Var[str]
    done: rx.Var[str]
    with_token: rx.Var[bool]
    with_device: rx.Var[bool]


class OtherEntrance(rx.Component):
    """A link that takes the page's `?next=` along."""

    library = module("api_form.jsx")
    tag = "OtherEntrance"

    href: rx.Var[str]
    text: rx.Var[str]


class ApiButton(rx.Component):
    """One call of our API, then `next` loaded anew, or the address in the answer's field `follow`, or `done` said;
    the problem's sentence beside it on failure. `sure` is asked before; `look` is plain, main or bare."""

    library = module("api_button.jsx")
    tag = "ApiButton"

    action: rx.Var[str]
    label: rx.Var[str]
    busy: rx.Var[str]
    next: rx.Var[str]
    method: rx.Var[str]
    body: rx.Var[dict]
    done: rx.Var[str]
    follow: rx.Var[str]
    sure: rx.Var[dict[str, str]]
    look: rx.Var[str]
    name: rx.Var[str]
    on_done: rx.EventHandler[rx.event.no_args_event_spec]


class WithToken(rx.Component):
    """Its first child where the address has no token behind `#`, the second where it has one."""

    library = module("with_token.jsx")
    tag = "WithToken"


class SessionEnd(rx.Component):
    """Keeps the session fresh, and leads to the sign-in page once it has `ended`."""

    library = module("session_end.jsx")
    tag = "SessionEnd"

    ended: rx.Var[bool]


class Returning(rx.Component):
    """On the sign-in page: whoever is `returning` with a good refresh token goes on to `next`, or to `?next=`."""

    library = module("returning.jsx")
    tag = "Returning"

    returning: rx.Var[bool]
    next: rx.Var[str]


class SecondFactor(rx.Component):
    """Turns the second step on and off; `left` recovery codes are not used yet."""

    library = module("second_factor.jsx")
    tag = "SecondFactor"

    on: rx.Var[bool]
    left: rx.Var[int]
    on_change: rx.EventHandler[rx.event.no_args_event_spec]


def api_form(*, fields: list[Field], **props) -> rx.Component:
    """An `ApiForm` whose fields' sentences are said in the page's language."""
    return ApiForm.create(fields=[_said(field) for field in fields], **props)


def _said(field: Field) -> Field:
    return field | {name: _(field[name]) for name in ("label", "missing", "wrong", "hint") if name in field}


other_entrance = OtherEntrance.create
api_button = ApiButton.create
with_token = WithToken.create
session_end = SessionEnd.create
returning = Returning.create
second_factor = SecondFactor.create
