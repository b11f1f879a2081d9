"""The part of a finished video's page that shows it to everybody."""

import reflex as rx

from vannilli_app.showcase.state import ShowingState
from vannilli_app.ui.elements import failure
from vannilli_app.words import _


def switch() -> rx.Component:
    """Whether the video is in the showcase; nothing while there is none."""
    return rx.cond(
        ShowingState.standing != "",
        rx.el.section(
            rx.el.h2(_("Showcase")),
            rx.match(
                ShowingState.standing,
                ("taken_down", _taken_down()),
                ("off", _offer()),
                rx.cond(ShowingState.editing, _fields(_("Save")), _shown()),
            ),
            class_name="stack showing",
            aria_label=_("Showcase"),
        ),
    )


def _offer() -> rx.Component:
    return rx.fragment(
        rx.el.p(
            _(
                "Let everybody watch it and perform it themselves. Your track and picture stay yours, and you can take "
                "it out at any time."
            ),
            class_name="quiet",
        ),
        rx.cond(
            ShowingState.editing,
            _fields(_("Show it to everybody")),
            rx.el.button(
                _("Show it in the showcase"),
                type="button",
                on_click=ShowingState.edit(True),
                class_name="button button-plain",
            ),
        ),
    )


def _fields(action: str) -> rx.Component:
    return rx.el.form(
        _field("title", _("Title"), ShowingState.title, max_length=80),
        _field(
            "handle",
            _("Artist name"),
            ShowingState.handle,
            max_length=31,
            auto_capitalize="none",
            placeholder="@",
        ),
        rx.el.div(rx.cond(ShowingState.refusal != "", failure(ShowingState.refusal)), aria_live="assertive"),
        rx.el.div(
            rx.el.button(action, type="submit", disabled=ShowingState.busy, class_name="button button-plain"),
            rx.el.button(
                _("Not now"),
                type="button",
                on_click=ShowingState.edit(False),
                class_name="button button-bare",
            ),
            class_name="row",
        ),
        on_submit=ShowingState.show,
        class_name="stack",
    )


def _field(name: str, label: str, value: rx.Var, **props) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=f"showing-{name}"),
        rx.el.input(
            id=f"showing-{name}",
            name=name,
            default_value=value,
            required=True,
            auto_complete="off",
            class_name="input",
            **props,
        ),
        class_name="field",
    )


def _shown() -> rx.Component:
    return rx.fragment(
        rx.cond(
            ShowingState.standing == "copying",
            rx.el.p(
                _(
                    "“{title}” by @{handle} is on its way. Everybody sees it within a minute.",
                    title=ShowingState.title,
                    handle=ShowingState.handle,
                ),
                role="status",
            ),
            rx.el.p(
                _(
                    "Everybody sees “{title}” by @{handle}.",
                    title=ShowingState.title,
                    handle=ShowingState.handle,
                ),
                " ",
                ShowingState.watched,
                role="status",
            ),
        ),
        rx.el.div(rx.cond(ShowingState.refusal != "", failure(ShowingState.refusal)), aria_live="assertive"),
        rx.el.div(
            rx.cond(
                ShowingState.url != "",
                rx.el.a(
                    _("See its page"),
                    href=ShowingState.url,
                    custom_attrs={"reloadDocument": True},
                    class_name="button button-plain",
                ),
            ),
            rx.el.button(
                _("Rename"), type="button", on_click=ShowingState.edit(True), class_name="button button-bare"
            ),
            rx.el.button(
                _("Take it out"),
                type="button",
                on_click=ShowingState.hide,
                disabled=ShowingState.busy,
                class_name="button button-bare",
            ),
            class_name="row",
        ),
    )


def _taken_down() -> rx.Component:
    return rx.fragment(
        rx.el.p(_("We took this video out of the showcase."), " ", ShowingState.reason),
        rx.el.p(_("If that is wrong, answer our mail. Your own copy is untouched."), class_name="quiet"),
    )
