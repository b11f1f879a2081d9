"""The pages for `/studio`, `/studio/new` and `/studio/record`."""

import reflex as rx

from vannilli_app import routes
from vannilli_app.studio import components
from vannilli_app.ui.app import install_app, kept_drafts
from vannilli_app.ui.draft import (
    asset_upload,
    draft_choice,
    draft_state,
    draft_text,
    face_choice,
    price_line,
    track_section,
)
from vannilli_app.ui.elements import button_link
from vannilli_app.ui.recorder import recorder
from vannilli_app.ui.tempo import tempo_calculator
from vannilli_app.words import _, at


def projects() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.h1(_("Your videos")),
            button_link(_("New video"), at(routes.STUDIO_NEW)),
            class_name="row-apart page-head",
        ),
        components.projects(),
        kept_drafts(),
        install_app(),
    )


def new() -> rx.Component:
    return rx.el.div(
        rx.el.div(rx.el.h1(_("New video")), draft_state(), class_name="row-apart page-head"),
        components.step(
            1,
            _("Song"),
            draft_text(
                name="track_name", label=_("What is it called?"), placeholder=_("Night Bus"), most=200
            ),
            asset_upload(
                "audio",
                label=_("Your track"),
                hint=_("The whole song or the section alone. MP3, WAV, FLAC, M4A or OGG, up to 100 MB."),
            ),
            anchor="song",
        ),
        components.step(2, _("Section"), tempo_calculator(result=False), track_section(), anchor="section"),
        components.step(
            3,
            _("Picture"),
            draft_choice(name="aspect", label=_("Shape of the video"), options=components.ASPECTS),
            asset_upload(
                "target_image",
                label=_("Who performs?"),
                hint=_(
                    "One face, eyes to the front. A painting, a statue, a drawing: JPEG, PNG or WebP, up to 10 MB."
                ),
            ),
            face_choice(),
            anchor="picture",
        ),
        components.step(
            4,
            _("Look"),
            draft_text(
                name="prompt",
                label=_("In your words"),
                hint=_("Optional, and for paid renders. A draft follows your face and your picture alone."),
                placeholder=_("Neon rain, slow push in"),
                most=2500,
                long=True,
            ),
            rx.el.details(
                rx.el.summary(_("Finer choices")),
                rx.el.div(
                    draft_choice(
                        name="character_orientation", label=_("They move"), options=components.ORIENTATIONS
                    ),
                    draft_choice(name="mode", label=_("Render"), options=components.MODES),
                    draft_choice(
                        name="beat_accent", label=_("Camera on the beat"), options=components.BEAT_ACCENTS
                    ),
                    draft_choice(name="mouth", label=_("Inside the mouth"), options=components.MOUTHS),
                    class_name="stack",
                ),
                class_name="fold",
            ),
            anchor="look",
        ),
        price_line(next=at(routes.STUDIO_RECORD)),
        class_name="form column",
    )


def record() -> rx.Component:
    return recorder(form=at(routes.STUDIO_NEW), next=at(routes.STUDIO_PREVIEW))
