"""Moving pictures on a page."""

import reflex as rx

from vannilli_app.ui.browser import module


class StageClip(rx.Component):
    """A finished clip in a phone with its performance `inset`; a drawing of one while there is no `src`."""

    library = module("stage_clip.jsx")
    tag = "StageClip"

    src: rx.Var[str]
    poster: rx.Var[str]
    inset: rx.Var[str]
    caption: rx.Var[str]


class WaitingPicture(rx.NoSSRComponent):
    """The project's picture, breathing at `bpm`; `still`, a frame of the video, goes first."""

    library = module("waiting_picture.jsx")
    tag = "WaitingPicture"

    project: rx.Var[str]
    bpm: rx.Var[float]
    aspect: rx.Var[str]
    still: rx.Var[str]


class ProjectPicture(rx.NoSSRComponent):
    """A frame of the project's video, small; else its picture, as far as this browser holds it; else our sign."""

    library = module("waiting_picture.jsx")
    tag = "ProjectPicture"

    project: rx.Var[str]
    still: rx.Var[str]


class KeepVideo(rx.NoSSRComponent):
    """Save, and share where the device can. `url` downloads the file, `name` is what it is called."""

    library = module("keep_video.jsx")
    tag = "KeepVideo"

    url: rx.Var[str]
    name: rx.Var[str]


stage_clip = StageClip.create
project_picture = ProjectPicture.create
waiting_picture = WaitingPicture.create
keep_video = KeepVideo.create
