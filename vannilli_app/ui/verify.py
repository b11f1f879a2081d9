"""Checking a video on a page."""

import reflex as rx

from vannilli_app.ui.browser import module


class VerifyVideo(rx.Component):
    """Takes a file, sends it to be checked, and says what it proves."""

    library = module("verify_video.jsx")
    tag = "VerifyVideo"

    most_bytes: rx.Var[int]


verify_video = VerifyVideo.create
