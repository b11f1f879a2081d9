"""What the mails of accounts say."""

from collections.abc import Callable
from typing import Any

from vannilli_app import routes
from vannilli_app.config import settings
from vannilli_app.mail.letter import Letter
from vannilli_app.words import N_, _, at

Details = dict[str, Any]


def with_link(purpose: str, token: str) -> Letter:
    """The letter whose link carries a token. It stands behind `#`, so that no server on the way writes it down."""
    page, subject, sentence, button, lasts = {
        "verify": (
            routes.VERIFY,
            _("Confirm your email"),
            _("One tap, and this address is yours on Vannilli."),
            _("Confirm this address"),
            _("The link is good for 24 hours."),
        ),
        "reset": (
            routes.RESET,
            _("Choose a new password"),
            _("Somebody, hopefully you, asked for a new password for your account."),
            _("Choose a new password"),
            _(
                "The link is good once, for 30 minutes. If it was not you, do nothing: your password stays as it is."
            ),
        ),
    }[purpose]
    return Letter(subject, (sentence, lasts), (button, f"{settings().base_url}{at(page)}#{token}"))


def _page(path: str) -> str:
    return f"{settings().base_url}{at(path)}"


def _password_changed(_details: Details) -> Letter:
    return Letter(
        _("Your password was changed"),
        (_("Your password was just changed, and every other device was signed out."), _(_NOT_YOU)),
        (_("Choose a new password"), _page(routes.RESET)),
    )


def _new_sign_in(details: Details) -> Letter:
    return Letter(
        _("New sign-in to your account"),
        (
            _("Somebody signed in with {device} at {at} UTC.", device=details["device"], at=details["at"]),
            _(_NOT_YOU_EITHER),
        ),
        (_("See your devices"), _page(routes.ACCOUNT)),
    )


def _totp_on(_details: Details) -> Letter:
    return Letter(
        _("The second step is on"),
        (_("From now on, signing in also asks for a code of your authenticator app."), _(_NOT_YOU)),
        (_("See your account"), _page(routes.ACCOUNT)),
    )


def _totp_off(_details: Details) -> Letter:
    return Letter(
        _("The second step is off"),
        (_("Signing in asks for your password alone again."), _(_NOT_YOU)),
        (_("See your account"), _page(routes.ACCOUNT)),
    )


def _export_ready(_details: Details) -> Letter:
    return Letter(
        _("Your data is ready"),
        (_("The copy of everything we store about you is ready. It is kept for 7 days."),),
        (_("Download it"), _page(routes.ACCOUNT)),
    )


def _video_done(details: Details) -> Letter:
    return Letter(
        _("Your video is done"),
        (_("{name} is ready. It is kept for 30 days.", name=details["name"]),),
        (_("Watch it"), _page(routes.studio_preview(details["generation"]))),
    )


def _account_deleted(_details: Details) -> Letter:
    return Letter(
        _("Your account is deleted"),
        (
            _(
                "Your account, projects, uploads and videos are gone. What was paid stays in our books without"
                " your name."
            ),
            _("This is the last mail from us."),
        ),
        footer=_("You get this because you had an account at Vannilli."),
    )


def _video_taken_down(details: Details) -> Letter:
    return Letter(
        _("“{title}” was taken down", title=details["title"]),
        (
            _(
                "We took your video “{title}” out of the showcase. The reason: {reason}",
                title=details["title"],
                reason=details["reason"],
            ),
            _("Your own copy is untouched. If we got it wrong, answer this mail and tell us why."),
        ),
        (_("See your videos"), _page(routes.STUDIO)),
    )


def _video_restored(details: Details) -> Letter:
    return Letter(
        _("“{title}” is back", title=details["title"]),
        (
            _(
                "We looked again: your video “{title}” may be shown, and nothing is held against you.",
                title=details["title"],
            ),
        ),
        (_("See it in the showcase"), _page(details["path"])),
    )


def _report_decided(details: Details) -> Letter:
    said = (
        _("You were right: the video that you reported was taken down.")
        if details["upheld"]
        else _("We looked at the video that you reported and found no reason to take it down.")
    )
    return Letter(
        _("Your report"),
        (said, _("Thank you for telling us.")),
        footer=_("You get this because you reported a video on Vannilli."),
    )


def _banned(details: Details) -> Letter:
    return Letter(
        _("Your account is closed"),
        (
            _("We have closed your account: {reason}", reason=details["reason"]),
            _("If that is wrong, answer this mail. A person reads it."),
        ),
    )


def _warned(details: Details) -> Letter:
    return Letter(
        _("A word about your videos"),
        (
            _("Something that you showed is against our terms: {reason}", reason=details["reason"]),
            _("Nothing happens to your account now. If it happens again, we may close it."),
            _("If that is wrong, answer this mail. A person reads it."),
        ),
        (_("Read the terms"), _page(routes.TERMS)),
    )


def _unbanned(_details: Details) -> Letter:
    return Letter(
        _("Your account is open again"),
        (_("You can sign in again. Everything is where it was."),),
        (_("Sign in"), _page(routes.SIGN_IN)),
    )


_NOT_YOU = N_("If it was not you, choose a new password now.")
_NOT_YOU_EITHER = N_(
    "If it was you, there is nothing to do. If not, end that session and choose a new password."
)

LETTERS: dict[str, Callable[[Details], Letter]] = {
    "password_changed": _password_changed,
    "new_sign_in": _new_sign_in,
    "totp_on": _totp_on,
    "totp_off": _totp_off,
    "export_ready": _export_ready,
    "video_done": _video_done,
    "account_deleted": _account_deleted,
    "video_taken_down": _video_taken_down,
    "video_restored": _video_restored,
    "report_decided": _report_decided,
    "banned": _banned,
    "unbanned": _unbanned,
    "warned": _warned,
}
