"""The form of a draft: components of one page that share one draft in the browser, saved as it is typed."""

from typing import TypedDict

import reflex as rx

from vannilli_app.media.checks import LIMITS, Kind
from vannilli_app.ui.browser import module
from vannilli_app.words import _


class Option(TypedDict):
    """One choice: the value that is saved, its name, and what it means."""

    value: str
    label: str
    hint: str


class DraftText(rx.Component):
    """A line of text (`long`: several) of the draft."""

    library = module("draft_fields.jsx")
    tag = "DraftText"

    name: rx.Var[str]
    label: rx.Var[str]
    hint: rx.Var[str]
    placeholder: rx.Var[str]
    most: rx.Var[int]
    long: rx.Var[bool]


class DraftChoice(rx.Component):
    """A choice of the draft; the hint of the chosen option is shown."""

    library = module("draft_fields.jsx")
    tag = "DraftChoice"

    name: rx.Var[str]
    label: rx.Var[str]
    options: rx.Var[list[Option]]


class DraftState(rx.Component):
    """Whether what was typed is saved, and what keeps it from being."""

    library = module("draft_fields.jsx")
    tag = "DraftState"


class AssetUpload(rx.Component):
    """A place for the draft's track or picture. Fires `on_uploaded(asset_id, kind)` once the server has it."""

    library = module("asset_upload.jsx")
    tag = "AssetUpload"

    kind: rx.Var[Kind]
    limit: rx.Var[dict]
    label: rx.Var[str]
    hint: rx.Var[str]

    on_uploaded: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]


class FaceChoice(rx.Component):
    """Which of the faces in the draft's picture performs; nothing while it has no more than one."""

    library = module("face_choice.jsx")
    tag = "FaceChoice"


class TrackSection(rx.Component):
    """The draft's track with the section in it: drag or keys say where bar 1 and the section start."""

    library = module("track_section.jsx")
    tag = "TrackSection"


class PriceLine(rx.Component):
    """What the section costs, pinned to the bottom, and the way to the page `next`."""

    library = module("price_line.jsx")
    tag = "PriceLine"

    next: rx.Var[str]


draft_text = DraftText.create
draft_state = DraftState.create
face_choice = FaceChoice.create
track_section = TrackSection.create
price_line = PriceLine.create


def draft_choice(*, options: list[Option], **props) -> rx.Component:
    """A `DraftChoice` whose options are said in the page's language."""
    said = [option | {"label": _(option["label"]), "hint": _(option["hint"])} for option in options]
    return DraftChoice.create(options=said, **props)


def asset_upload(kind: Kind, **props) -> rx.Component:
    """An `AssetUpload` that refuses in the browser what the server would refuse."""
    return AssetUpload.create(kind=kind, limit=browser_limit(kind), **props)


def browser_limit(kind: Kind) -> dict:
    """`media.checks.LIMITS` of a kind, as the browser modules want it."""
    limit = LIMITS[kind]
    return {
        "name": _(limit.name),
        "types": list(limit.types),
        "maxBytes": limit.max_bytes,
        "wanted": _(limit.wanted),
    }
