"""The language of pages: what their browser's modules say, the way to another language, and what their events say."""

import re

import reflex as rx
from reflex.middleware import Middleware

from vannilli_app import words
from vannilli_app.ui.browser import module
from vannilli_app.ui.renewal import renew


class Words(rx.Component):
    """Round everything on a page: its language, and the sentences of the browser's modules in it."""

    library = module("words.jsx")
    tag = "Words"

    language: rx.Var[str]
    sentences: rx.Var[dict]


class InLanguage(rx.Component):
    """A link to the same page, its query too, in another language."""

    library = module("words.jsx")
    tag = "InLanguage"

    language: rx.Var[str]
    name: rx.Var[str]


class SpokenState(rx.State):
    """What a tab's states were last said in."""

    _language: str = ""


class Speaking(Middleware):
    """Has the events of a page answered in the page's language."""

    async def preprocess(self, app, state, event) -> None:  # noqa: ARG002 (Reflex's port)
        """Before each event, in its own task."""
        tag = words.language_of(state.router.url.path)
        words.speak(tag)
        tab = await state.get_state(SpokenState)
        if tab._language == tag:
            return
        if tab._language:
            await renew(state)
        tab._language = tag


def spoken(content: rx.Component) -> rx.Component:
    """A page in the language that holds here."""
    tag = words.language()
    return Words.create(content, language=tag, sentences=dict(words.in_browser(tag)))


def said(sentence: str, **elements: rx.Component) -> rx.Component:
    """A translated sentence with elements in its `{places}`."""
    parts = re.split(r"\{(\w+)\}", sentence)
    return rx.fragment(*(elements[part] if at % 2 else part for at, part in enumerate(parts)))


def other_languages() -> list[rx.Component]:
    """Links to the same page in every other language."""
    return [
        InLanguage.create(language=tag, name=name)
        for tag, name in words.LANGUAGES.items()
        if tag != words.language()
    ]
