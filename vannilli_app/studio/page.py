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
    price_line,
    track_section,
)
from vannilli_app.ui.elements import button_link
from vannilli_app.ui.recorder import recorder
from vannilli_app.ui.tempo import tempo_calculator


def projects() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.h1("Your videos"),
            button_link("New video", routes.STUDIO_NEW),
            class_name="row-apart page-head",
        ),
        components.projects(),
        kept_drafts(),
        install_app(),
    )


def new() -> rx.Component:
    return rx.el.div(
        rx.el.div(rx.el.h1("New video"), draft_state(), class_name="row-apart page-head"),
        components.step(
            1,
            "Song",
            draft_text(name="track_name", label="What is it called?", placeholder="Night Bus", most=200),
            asset_upload(
                "audio",
                label="Your track",
                hint="The whole song or the section alone. MP3, WAV, FLAC, M4A or OGG, up to 100 MB.",
            ),
            anchor="song",
        ),
        components.step(2, "Section", tempo_calculator(result=False), track_section(), anchor="section"),
        components.step(
            3,
            "Picture",
            draft_choice(name="aspect", label="Shape of the video", options=components.ASPECTS),
            asset_upload(
                "target_image",
                label="Who performs?",
                hint="One face, eyes to the front. A painting, a statue, a drawing: JPEG, PNG or WebP, up to 10 MB.",
            ),
            anchor="picture",
        ),
        components.step(
            4,
            "Look",
            draft_text(
                name="prompt",
                label="In your words",
                hint="Optional, and for paid renders. A draft follows your face and your picture alone.",
                placeholder="Neon rain, slow push in",
                most=2500,
                long=True,
            ),
            rx.el.details(
                rx.el.summary("Finer choices"),
                rx.el.div(
                    draft_choice(
                        name="character_orientation", label="They move", options=components.ORIENTATIONS
                    ),
                    draft_choice(name="mode", label="Render", options=components.MODES),
                    class_name="stack",
                ),
                class_name="fold",
            ),
            anchor="look",
        ),
        price_line(next=routes.STUDIO_RECORD),
        class_name="form column",
    )


def record() -> rx.Component:
    return recorder(form=routes.STUDIO_NEW, next=routes.STUDIO_PREVIEW)
