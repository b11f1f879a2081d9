"""What the mails of accounts say."""

from collections.abc import Callable
from typing import Any

from vannilli_app import routes
from vannilli_app.config import settings
from vannilli_app.mail.letter import Letter

Details = dict[str, Any]


def with_link(purpose: str, token: str) -> Letter:
    """The letter whose link carries a token. It stands behind `#`, so that no server on the way writes it down."""
    page, subject, sentence, button, lasts = {
        "verify": (
            routes.VERIFY,
            "Confirm your email",
            "One tap, and this address is yours on Vannilli.",
            "Confirm this address",
            "The link is good for 24 hours.",
        ),
        "reset": (
            routes.RESET,
            "Choose a new password",
            "Somebody, hopefully you, asked for a new password for your account.",
            "Choose a new password",
            "The link is good once, for 30 minutes. If it was not you, do nothing: your password stays as it is.",
        ),
    }[purpose]
    return Letter(subject, (sentence, lasts), (button, f"{settings().base_url}{page}#{token}"))


def _page(path: str) -> str:
    return f"{settings().base_url}{path}"


def _password_changed(_: Details) -> Letter:
    return Letter(
        "Your password was changed",
        ("Your password was just changed, and every other device was signed out.", _NOT_YOU),
        ("Choose a new password", _page(routes.RESET)),
    )


def _new_sign_in(details: Details) -> Letter:
    return Letter(
        "New sign-in to your account",
        (f"Somebody signed in with {details['device']} at {details['at']} UTC.", _NOT_YOU_EITHER),
        ("See your devices", _page(routes.ACCOUNT)),
    )


def _totp_on(_: Details) -> Letter:
    return Letter(
        "The second step is on",
        ("From now on, signing in also asks for a code of your authenticator app.", _NOT_YOU),
        ("See your account", _page(routes.ACCOUNT)),
    )


def _totp_off(_: Details) -> Letter:
    return Letter(
        "The second step is off",
        ("Signing in asks for your password alone again.", _NOT_YOU),
        ("See your account", _page(routes.ACCOUNT)),
    )


def _export_ready(_: Details) -> Letter:
    return Letter(
        "Your data is ready",
        ("The copy of everything we store about you is ready. It is kept for 7 days.",),
        ("Download it", _page(routes.ACCOUNT)),
    )


def _video_done(details: Details) -> Letter:
    return Letter(
        "Your video is done",
        (f"{details['name']} is ready. It is kept for 30 days.",),
        ("Watch it", _page(routes.studio_preview(details["generation"]))),
    )


def _account_deleted(_: Details) -> Letter:
    return Letter(
        "Your account is deleted",
        (
            "Your account, projects, uploads and videos are gone. What was paid stays in our books without your name.",
            "This is the last mail from us.",
        ),
        footer="You get this because you had an account at Vannilli.",
    )


def _video_taken_down(details: Details) -> Letter:
    return Letter(
        f"“{details['title']}” was taken down",
        (
            f"We took your video “{details['title']}” out of the showcase. The reason: {details['reason']}",
            "Your own copy is untouched. If we got it wrong, answer this mail and tell us why.",
        ),
        ("See your videos", _page(routes.STUDIO)),
    )


def _video_restored(details: Details) -> Letter:
    return Letter(
        f"“{details['title']}” is back",
        (f"We looked again: your video “{details['title']}” may be shown, and nothing is held against you.",),
        ("See it in the showcase", _page(details["path"])),
    )


def _report_decided(details: Details) -> Letter:
    said = (
        "You were right: the video that you reported was taken down."
        if details["upheld"]
        else "We looked at the video that you reported and found no reason to take it down."
    )
    return Letter(
        "Your report",
        (said, "Thank you for telling us."),
        footer="You get this because you reported a video on Vannilli.",
    )


def _banned(details: Details) -> Letter:
    return Letter(
        "Your account is closed",
        (
            f"We have closed your account: {details['reason']}",
            "If that is wrong, answer this mail. A person reads it.",
        ),
    )


def _unbanned(_: Details) -> Letter:
    return Letter(
        "Your account is open again",
        ("You can sign in again. Everything is where it was.",),
        ("Sign in", _page(routes.SIGN_IN)),
    )


_NOT_YOU = "If it was not you, choose a new password now."
_NOT_YOU_EITHER = "If it was you, there is nothing to do. If not, end that session and choose a new password."

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
}
