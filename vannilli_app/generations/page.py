"""The pages for `/studio/preview` and `/studio/download`."""

import reflex as rx

from vannilli_app.generations import components


def preview() -> rx.Component:
    return components.preview()


def download(*more: rx.Component) -> rx.Component:
    """`more` stands below the video, also where its file is gone."""
    return components.download(*more)
