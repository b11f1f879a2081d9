"""The camera page's one component."""

import reflex as rx

from vannilli_app.ui.browser import module
from vannilli_app.ui.draft import browser_limit


class Recorder(rx.NoSSRComponent):
    """Count-in, takes in time with the track, choosing, sending and starting, for the project in `?project=`.

    `form` is the page of the draft, `next` the one that shows the making. Takes go from the browser straight to the
    store, never through the websocket. Fires `on_started(generation_id)` just before it leaves for `next`.
    """

    library = module("recorder.jsx")
    tag = "Recorder"

    limit: rx.Var[dict]
    form: rx.Var[str]
    next: rx.Var[str]

    on_started: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def recorder(**props) -> rx.Component:
    """A `Recorder` that refuses in the browser what the server would refuse of a performance."""
    return Recorder.create(limit=browser_limit("driver_video"), **props)
