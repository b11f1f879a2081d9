"""The pages for `/studio/preview` and `/studio/download`."""

import reflex as rx

from vannilli_app.generations import components


def preview() -> rx.Component:
    return components.preview()


def download() -> rx.Component:
    return components.download()
