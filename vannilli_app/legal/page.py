"""`/terms` and `/privacy`: what the code does, and nothing else. Whoever changes the code changes the words; a new text
of the terms is a new version in `accounts.service`."""

import reflex as rx

from vannilli_app import routes

TERMS_TITLE, PRIVACY_TITLE = "Terms · Vannilli", "Privacy · Vannilli"
TERMS_DESCRIPTION = "What you may do with Vannilli, and what it may do with what you bring."
PRIVACY_DESCRIPTION = "What we keep, why, for how long, and how you get it out or have it deleted."

_TERMS = (
    (
        "Who may use it",
        (
            "You are 13 or older. The account is yours alone; keep the password to yourself.",
            "What you tell us at sign-up is true.",
        ),
    ),
    (
        "What you bring",
        (
            "Your tracks, pictures and performances stay yours. You let us store them and make the video from them,"
            " for exactly as long as that takes.",
            "You use a face only with the permission of the person it belongs to, and a track only with the right to."
            " Each time you start a video you confirm that; we note when.",
            "No pictures of children who are not your own, nothing that shows or asks for sexual acts or"
            " violence, and nothing that makes it look as if a real person had said or done what they have not.",
        ),
    ),
    (
        "What you get",
        (
            "The finished video is yours to use. Videos of free accounts carry a watermark and are not for commercial"
            " use; what is paid wholly with bought credits carries none.",
            "Videos are marked as made with AI, in the file too. Leave that mark in.",
            "A finished video is kept for 30 days. Save it before.",
        ),
    ),
    (
        "Credits",
        (
            "One credit is one second of a paid render; drafts cost none. Credits are set aside when you start, taken"
            " when you first download, and come back when a video fails or you cancel it.",
            "A paid video that is finished and not fetched within 30 days is charged: the work was done.",
            "Credits that you buy never expire. Those of a plan end as your account page says.",
        ),
    ),
    (
        "When things go wrong",
        (
            "We may take down what breaks these terms, and close accounts that do it again. You are told by"
            " mail, and can answer it.",
            "You can leave at any time, on your account page, without asking anybody.",
        ),
    ),
)
_PRIVACY = (
    (
        "What we keep",
        (
            "Your email, your password as a digest that nobody can turn back, your plan, and every credit that"
            " came or went. Your birth date is looked at once, at sign-up, and not kept.",
            "Your tracks, pictures and performances: deleted within 24 hours of the upload, and at once when you"
            " delete the project. Takes that you record stay on your own device as well.",
            "Your videos: 30 days.",
            "What was done in your account, from which address and browser: 90 days. You see it on your account"
            " page.",
        ),
    ),
    (
        "Faces",
        (
            "The face in your picture is used to make your video and for nothing else. We recognise nobody, and"
            " we train nothing with it.",
            "If you choose a paid render, the picture, the performance and your words go to the provider whose"
            " name stands beside the price. Drafts are made on our own machines.",
        ),
    ),
    (
        "Your device",
        (
            "The free tier is limited by device. At sign-up and when you start a video, an open library makes a"
            " fingerprint of your browser, here, without calling anybody. We keep only a keyed digest of it, and"
            " what is counted for the limit is deleted after a day.",
            "Two cookies keep you signed in. There are no others: no advertising, no analytics, no tracking.",
        ),
    ),
    (
        "Who else sees anything",
        (
            "The payment service, for what you buy. The provider that you choose for a paid render. The service that"
            " carries our mail. Nobody else.",
            "We do not sell or share your data. You can still say so on your account page, and we note it; a"
            " browser that sends Global Privacy Control has said it already.",
        ),
    ),
    (
        "What you can do",
        (
            "Take a copy of everything: a ZIP, from your account page.",
            "Delete everything: from your account page. Projects, uploads, videos and the log go at once. What"
            " was paid stays in our books without your name, as the law asks.",
            "Sign out any device, and see each of them.",
            "Ask us: answer any mail that you had from us.",
        ),
    ),
)


def terms() -> rx.Component:
    """What people agree to."""
    return _text("Terms", "In plain words. They hold from November 2026.", _TERMS, "Privacy", routes.PRIVACY)


def privacy() -> rx.Component:
    """What becomes of what they give."""
    return _text("Privacy", "What we keep, why and for how long.", _PRIVACY, "Terms", routes.TERMS)


def _text(
    title: str, lead: str, parts: tuple[tuple[str, tuple[str, ...]], ...], other: str, href: str
) -> rx.Component:
    return rx.el.article(
        rx.el.div(rx.el.h1(title), rx.el.p(lead, class_name="lead quiet"), class_name="stack-tight"),
        *(
            rx.el.section(
                rx.el.h2(heading),
                *(rx.el.p(sentence) for sentence in sentences),
                class_name="stack account-part",
            )
            for heading, sentences in parts
        ),
        rx.el.p(rx.el.a(other, href=href)),
        class_name="column account",
    )
