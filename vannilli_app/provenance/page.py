"""The page for `/verify-video`."""

import reflex as rx

from vannilli_app.provenance.service import MOST_BYTES
from vannilli_app.ui.verify import verify_video
from vannilli_app.words import N_, _

TITLE = N_("Is this video made by AI? · Vannilli")
DESCRIPTION = N_(
    "Drop a video and read who signed it, and whether it was changed since. No account is needed."
)
_QUESTIONS = (
    (
        N_("What do you put into our videos?"),
        N_(
            "A note of IPTC's that says how the picture was made, and content credentials (C2PA): the same, with the "
            "day and what made it, signed. No name, no account, no face of yours is written into it."
        ),
    ),
    (
        N_("What does a signature prove?"),
        N_(
            "That the file is the same, to the last byte, as when it was signed, and whose certificate signed it. "
            "It does not prove that the people in it agreed, or that what they say is true."
        ),
    ),
    (
        N_("Why does another program call the signer unknown?"),
        N_(
            "Unless whoever runs this Vannilli has bought a certificate, it signs with one that it made itself. That "
            "one is not on the public trust list, so only this page knows it."
        ),
    ),
    (
        N_("What becomes of the file that I drop here?"),
        N_(
            "It is sent to this server, read once by a program without network that can write nothing, and deleted "
            "before you have the answer."
        ),
    ),
)


def verify() -> rx.Component:
    return rx.el.div(
        rx.el.h1(_("Where does this video come from?")),
        rx.el.p(
            _("Our videos carry a signed note that AI made them. Drop one here, and read what it proves."),
            class_name="quiet lead",
        ),
        verify_video(most_bytes=MOST_BYTES),
        rx.el.section(
            rx.el.h2(_("What this can tell, and what not")),
            *(
                rx.el.details(
                    rx.el.summary(_(question)), rx.el.p(_(answer), class_name="quiet"), class_name="fold"
                )
                for question, answer in _QUESTIONS
            ),
            class_name="band folds",
        ),
        class_name="reading stack",
    )
