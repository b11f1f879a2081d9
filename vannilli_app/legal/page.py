"""The pages for `/privacy` and `/terms`. Whoever changes what the code does changes the sentence here."""

from datetime import timedelta

import reflex as rx

from vannilli_app import routes
from vannilli_app.accounts.privacy import EXPORT_KEPT_FOR
from vannilli_app.accounts.retention import LOG_KEPT_FOR, UNVERIFIED_KEPT_FOR
from vannilli_app.accounts.service import CONSENTS_OF_SIGN_UP
from vannilli_app.generations.lifecycle import KEPT_FOR
from vannilli_app.music.price import PLANS, Tier

PRIVACY_TITLE = "Privacy · Vannilli"
PRIVACY_DESCRIPTION = "What we keep of you, for how long, who gets it, and how it goes."
TERMS_TITLE = "Terms · Vannilli"
TERMS_DESCRIPTION = "What you agree to when you make a video here."


def _days(time: timedelta) -> str:
    return f"{time.days} days"


_KEPT = (
    (
        "Your performance, picture and track",
        "24 hours at the latest; at once when you say so, or delete the project",
    ),
    ("Finished videos, GIFs and stills", _days(KEPT_FOR)),
    ("A copy of your data that you asked for", _days(EXPORT_KEPT_FOR)),
    ("What you did here (your activity), with address and device", _days(LOG_KEPT_FOR)),
    ("Sessions that have ended", _days(LOG_KEPT_FOR)),
    ("An account whose email was never confirmed, and nothing was paid", _days(UNVERIFIED_KEPT_FOR)),
    ("Wrong passwords, counted under a digest of the address", "1 day"),
    ("Your account, projects, and what you agreed to", "until you delete the account"),
    ("The ledger of credits", "for good; without your name once you have left"),
)


def privacy() -> rx.Component:
    return _page(
        "Your face is yours",
        "What we keep, for how long, who gets it, and how it goes. Every number here is the one the "
        "program uses.",
        _section(
            "What we keep, and for how long",
            rx.el.table(
                rx.el.thead(rx.el.tr(rx.el.th("What", scope="col"), rx.el.th("How long", scope="col"))),
                rx.el.tbody(*(rx.el.tr(rx.el.td(what), rx.el.td(long)) for what, long in _KEPT)),
                class_name="facts",
            ),
            rx.el.p(
                "Your password is kept as an Argon2id digest. Your birth date is looked at when you sign "
                "up and not "
                "kept. Of your browser's fingerprint only a keyed digest is kept, to count free videos. "
                "The network "
                "address that you sign in and start videos from is kept with them."
            ),
        ),
        _section(
            "Faces and voices",
            rx.el.p(
                "Every take stays in your own browser until you upload it. What you upload is written "
                "anew before it "
                "is used: where and with what a picture was taken is not in it any more. No template of "
                "your face is "
                "kept: the points that move the picture live as long as the render."
            ),
        ),
        _section(
            "Who gets it",
            rx.el.ul(
                rx.el.li("Instant previews are made on our own machine. Nobody else gets anything."),
                rx.el.li(
                    "When you choose a paid render, its provider (the one that you see on the button) "
                    "gets the cut "
                    "performance, the picture and your prompt, under a number, without your name or "
                    "email. If you "
                    "allow it, another provider gets them when the first one fails."
                ),
                rx.el.li(
                    "When you pay, Stripe takes the payment. Of what it tells us we keep ids and amounts,"
                    " no card and no address."
                ),
                rx.el.li(
                    "Nobody else. There are no advertisements, no counters of others, and nothing is sold."
                ),
            ),
        ),
        _section(
            "What your browser keeps",
            rx.el.p(
                "What keeps you signed in, your last tempo and draft, your takes, and whether the lights "
                "are on. None of it follows you elsewhere."
            ),
        ),
        _section(
            "What a finished video says",
            rx.el.p(
                "That AI made it, what made it and when, signed. Nothing in it names you. ",
                rx.el.a("Check any video", href=routes.VERIFY_VIDEO),
                "; what you drop there is deleted before you have the answer.",
            ),
        ),
        _section(
            "What you can do",
            rx.el.ul(
                rx.el.li(
                    "Get a copy of everything: a ZIP with a page to read it by, your rows and your files."
                ),
                rx.el.li("Delete what you uploaded for a video, on the page where you get the video."),
                rx.el.li(
                    "Delete the account. You are signed out everywhere at once; what is being made is "
                    "cancelled, here and "
                    "at its provider; your rows, files and copies go, and your record at Stripe. A mail "
                    "confirms it. "
                    "Lines of the ledger stay, without you. A backup made before still has you, until it "
                    "is overwritten."
                ),
                rx.el.li(
                    "Say that your data may not be sold or shared. We do not do it anyway; your word is "
                    "kept with its day."
                ),
            ),
            rx.el.p("All of it is on ", rx.el.a("your account page", href=routes.ACCOUNT), "."),
        ),
        _section(
            "Children",
            rx.el.p(
                "You must be 13 or older. Whoever is younger cannot sign up, and nothing of the attempt "
                "is kept."
            ),
        ),
    )


def terms() -> rx.Component:
    free = PLANS[Tier.FREE]
    return _page(
        "The deal",
        f"Version {CONSENTS_OF_SIGN_UP['terms']}. Which version you accepted, and when, is kept with your "
        "account.",
        _section(
            "Faces and tracks",
            rx.el.ul(
                rx.el.li("Only bring tracks, pictures and performances that you have the rights to."),
                rx.el.li("Only show a person who agreed to it, in the picture and in front of the camera."),
                rx.el.li("You confirm this for every video, and we keep that you did."),
                rx.el.li(
                    "You let us use what you bring to make your video, and for nothing else. It trains no"
                    " model of ours."
                ),
                rx.el.li("The video is yours, as far as the law lets such a video be anybody's."),
            ),
        ),
        _section(
            "It is made by AI, and says so",
            rx.el.p(
                "Every finished file carries a mark for machines that AI made it. Do not take it away to "
                "pass the video off as filmed."
            ),
        ),
        _section(
            "Credits",
            rx.el.ul(
                rx.el.li(
                    "One credit is one second, rounded up to whole seconds. Instant previews cost nothing."
                ),
                rx.el.li(f"A new account has {free.credits} credits."),
                rx.el.li(
                    "The price is set aside when you start. What fails, or what you cancel, costs nothing."
                ),
                rx.el.li(
                    f"It is spent when you get the video, once, or after {_days(KEPT_FOR)} when you never "
                    "do: the work was done."
                ),
                rx.el.li("A free account's videos carry a watermark, unless bought credits paid for them."),
            ),
        ),
        _section(
            "What ends it",
            rx.el.p(
                "You may delete your account at any time. Videos of people who did not agree, or of what "
                "is not yours, are taken down, and may end the account."
            ),
        ),
        rx.el.p("What becomes of your data is on ", rx.el.a("the privacy page", href=routes.PRIVACY), "."),
    )


def _page(title: str, lead: str, *parts: rx.Component) -> rx.Component:
    return rx.el.article(
        rx.el.h1(title), rx.el.p(lead, class_name="quiet lead"), *parts, class_name="reading stack"
    )


def _section(title: str, *parts: rx.Component) -> rx.Component:
    return rx.el.section(rx.el.h2(title), *parts)
