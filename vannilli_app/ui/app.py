"""What makes the pages an app: its word at their foot, installing it, drafts without a connection, word of a video."""

from pathlib import Path

import reflex as rx
from reflex_components_core.base.error_boundary import ErrorBoundary
from reflex_components_core.core.banner import has_too_many_connection_errors

from vannilli_app.ui.browser import module
from vannilli_app.ui.notice import Notice


class AppBar(rx.Component):
    """Says that there is no connection or a new version, and what the server has to say; tells `early.js` that the page
    listens. `lost`: the page was connected or should be, and is not; `said`: a sentence until `on_read`, or ""."""

    library = module("app_bar.jsx")
    tag = "AppBar"

    lost: rx.Var[bool]
    said: rx.Var[str]
    on_read: rx.EventHandler[rx.event.no_args_event_spec]


class Broken(rx.Component):
    """What stands in the place of a page that cannot be shown."""

    library = module("app_bar.jsx")
    tag = "Broken"


class InstallApp(rx.Component):
    """A button that installs the app, where the browser offers to."""

    library = module("app_bar.jsx")
    tag = "InstallApp"


class KeptDrafts(rx.Component):
    """The drafts of this device, while there is no connection."""

    library = module("kept_drafts.jsx")
    tag = "KeptDrafts"


class SignOut(rx.Component):
    """Signs out by `action` and loads `next`; drafts, kept pages and the push subscription go from the device."""

    library = module("sign_out.jsx")
    tag = "SignOut"

    action: rx.Var[str]
    next: rx.Var[str]


class DeleteAccount(rx.Component):
    """Asks whether it is meant, deletes the account by `action`, and loads `next`."""

    library = module("sign_out.jsx")
    tag = "DeleteAccount"

    action: rx.Var[str]
    next: rx.Var[str]


class TellMe(rx.NoSSRComponent):
    """Asks, once pressed, whether the browser may say when a video is done. `server_key`: of our VAPID pair, the
    public one."""

    library = module("tell_me.jsx")
    tag = "TellMe"

    server_key: rx.Var[str]


def early() -> rx.Component:
    """What a page does before its own scripts have come, as a script for its head."""
    return rx.el.script(_EARLY)


_EARLY = Path(__file__).with_name("early.js").read_text()


def app_bar() -> rx.Component:
    """The app's own word at the foot of every page."""
    return AppBar.create(lost=has_too_many_connection_errors, said=Notice.said, on_read=Notice.read)


def unbroken(stateful: bool) -> rx.Component:
    """The frame round every page: what breaks in it is logged, and `Broken` stands in its place, where Reflex's own has
    a stack trace. `stateful`: whether a server listens."""
    unheard = {} if stateful else {"on_error": rx.noop()}
    return ErrorBoundary.create(fallback_render=Broken.create(), **unheard)


delete_account = DeleteAccount.create
install_app = InstallApp.create
kept_drafts = KeptDrafts.create
sign_out = SignOut.create
tell_me = TellMe.create
