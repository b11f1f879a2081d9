"""The pages for `/privacy` and `/terms`. Whoever changes what the code does changes the sentence here."""

from datetime import timedelta

import reflex as rx

from vannilli_app import routes
from vannilli_app.accounts.privacy import EXPORT_KEPT_FOR
from vannilli_app.accounts.retention import LOG_KEPT_FOR, UNVERIFIED_KEPT_FOR
from vannilli_app.accounts.service import CONSENTS_OF_SIGN_UP
from vannilli_app.generations.free_tier import DAY
from vannilli_app.generations.lifecycle import KEPT_FOR
from vannilli_app.music.price import PLANS, Tier
from vannilli_app.ui.replay import Replay
from vannilli_app.ui.speech import said
from vannilli_app.words import N_, _, at, ngettext

PRIVACY_TITLE = N_("Privacy · Vannilli")
PRIVACY_DESCRIPTION = N_("What we keep of you, for how long, who gets it, and how it goes.")
TERMS_TITLE = N_("Terms · Vannilli")
TERMS_DESCRIPTION = N_("What you agree to when you make a video here.")


def _days(time: timedelta) -> str:
    return ngettext("{n} day", "{n} days", time.days)


def _kept() -> tuple[tuple[str, str], ...]:
    return (
        (
            _("Your performance, picture and track"),
            _("24 hours at the latest; at once when you say so, or delete the project"),
        ),
        (_("Finished videos, GIFs and stills"), _days(KEPT_FOR)),
        (_("A video that you show in the showcase"), _("until you take it out, or delete its project")),
        (
            _("Who watched a shown video: digests of account and network, other ones each day"),
            _("{days} at the latest", days=_days(timedelta(days=3))),
        ),
        (_("Your email in a report, where you left one"), _("until the report is decided")),
        (_("A report that you made"), _("for good; without your name once you have left")),
        (_("A copy of your data that you asked for"), _days(EXPORT_KEPT_FOR)),
        (_("What you did here (your activity), with address and device"), _days(LOG_KEPT_FOR)),
        (_("Sessions that have ended"), _days(LOG_KEPT_FOR)),
        (_("An account whose email was never confirmed, and nothing was paid"), _days(UNVERIFIED_KEPT_FOR)),
        (_("What counts free videos: digests of account, device and network"), _days(DAY)),
        (_("Wrong passwords, counted under a digest of the address"), _days(DAY)),
        (_("Your account, projects, and what you agreed to"), _("until you delete the account")),
        (_("The ledger of credits"), _("for good; without your name once you have left")),
    )


def privacy() -> rx.Component:
    return _page(
        _("Your face is yours"),
        _(
            "What we keep, for how long, who gets it, and how it goes. Every number here is the one the "
            "program uses."
        ),
        _section(
            _("What we keep, and for how long"),
            rx.el.table(
                rx.el.thead(rx.el.tr(rx.el.th(_("What"), scope="col"), rx.el.th(_("How long"), scope="col"))),
                rx.el.tbody(*(rx.el.tr(rx.el.td(what), rx.el.td(long)) for what, long in _kept())),
                class_name="facts",
            ),
            rx.el.p(
                _(
                    "Your password is kept as an Argon2id digest. Your birth date is looked at when you sign up and not"
                    " kept. An open library makes a fingerprint of your browser, here, without calling anybody; of it"
                    " only a keyed digest is kept, to count free videos, and what is counted is deleted after a day."
                    " The network address that you sign in and start videos from is kept with them."
                )
            ),
        ),
        _section(
            _("Faces and voices"),
            rx.el.p(
                _(
                    "Every take stays in your own browser until you upload it. What you upload is written "
                    "anew before it "
                    "is used: where and with what a picture was taken is not in it any more. No template of "
                    "your face is "
                    "kept: the points that move the picture live as long as the render."
                )
            ),
        ),
        _section(
            _("Who gets it"),
            rx.el.ul(
                rx.el.li(
                    _(
                        "A video that you show in the showcase is for everybody, under the title and the artist name"
                        " that you gave it."
                    )
                ),
                rx.el.li(_("Instant previews are made on our own machine. Nobody else gets anything.")),
                rx.el.li(
                    _(
                        "When you choose a paid render, its provider (the one that you see on the button) "
                        "gets the cut "
                        "performance, the picture and your prompt, under a number, without your name or "
                        "email. If you "
                        "allow it, another provider gets them when the first one fails."
                    )
                ),
                rx.el.li(
                    _(
                        "When you pay, Stripe takes the payment. Of what it tells us we keep ids and amounts,"
                        " no card and no address."
                    )
                ),
                rx.cond(
                    Replay.dsn == "",
                    rx.el.li(
                        _(
                            "Nobody else. There are no advertisements, no counters of others, and nothing is sold."
                        )
                    ),
                    rx.el.li(
                        _(
                            "Sentry records some visits, so that we find our mistakes: every text masked, every picture"
                            " and film a grey box. With Global Privacy Control on in your browser, yours is not."
                            " Nobody else; there are no advertisements, and nothing is sold."
                        )
                    ),
                ),
            ),
        ),
        _section(
            _("What your browser keeps"),
            rx.el.p(
                _(
                    "Two cookies that keep you signed in, your last tempo and draft, your takes, and whether the lights"
                    " are on. None of it follows you elsewhere."
                )
            ),
            rx.cond(
                Replay.dsn != "",
                rx.el.p(
                    _(
                        "So that a recording goes on when you come to another page, Sentry keeps its number and its"
                        " times in this tab's storage until you close the tab. With Global Privacy Control on it keeps"
                        " nothing."
                    )
                ),
            ),
        ),
        _section(
            _("What a finished video says"),
            rx.el.p(
                said(
                    _(
                        "That AI made it, what made it and when, signed. Nothing in it names you. {check}; what you"
                        " drop there is deleted before you have the answer."
                    ),
                    check=rx.el.a(_("Check any video"), href=at(routes.VERIFY_VIDEO)),
                ),
            ),
        ),
        _section(
            _("What you can do"),
            rx.el.ul(
                rx.el.li(
                    _("Get a copy of everything: a ZIP with a page to read it by, your rows and your files.")
                ),
                rx.el.li(_("Delete what you uploaded for a video, on the page where you get the video.")),
                rx.el.li(
                    _(
                        "Delete the account. You are signed out everywhere at once; what is being made is "
                        "cancelled, here and "
                        "at its provider; your rows, files and copies go, and your record at Stripe. A mail "
                        "confirms it. "
                        "Lines of the ledger stay, without you. A backup made before still has you, until it "
                        "is overwritten."
                    )
                ),
                rx.el.li(
                    _(
                        "Say that your data may not be sold or shared. We do not do it anyway; your word is kept with"
                        " its day. A browser that sends Global Privacy Control has said it already."
                    )
                ),
                rx.el.li(_("Ask us: answer any mail that you had from us.")),
            ),
            rx.el.p(
                said(
                    _("All of it is on {account}."),
                    account=rx.el.a(_("your account page"), href=at(routes.ACCOUNT)),
                )
            ),
        ),
        _section(
            _("Children"),
            rx.el.p(
                _(
                    "You must be 13 or older. Whoever is younger cannot sign up, and nothing of the attempt "
                    "is kept."
                )
            ),
        ),
    )


def terms() -> rx.Component:
    free = PLANS[Tier.FREE]
    return _page(
        _("The deal"),
        _(
            "Version {version}. Which version you accepted, and when, is kept with your account.",
            version=CONSENTS_OF_SIGN_UP["terms"],
        ),
        _section(
            _("Faces and tracks"),
            rx.el.ul(
                rx.el.li(_("Only bring tracks, pictures and performances that you have the rights to.")),
                rx.el.li(
                    _(
                        "No children who are not your own, nothing that shows or asks for sexual acts or violence, and"
                        " nothing that makes it look as if a real person had said or done what they have not."
                    )
                ),
                rx.el.li(_("You confirm this for every video, and we keep that you did.")),
                rx.el.li(
                    _(
                        "You let us use what you bring to make your video, and for nothing else. It trains no"
                        " model of ours."
                    )
                ),
                rx.el.li(_("The video is yours, as far as the law lets such a video be anybody's.")),
            ),
        ),
        _section(
            _("It is made by AI, and says so"),
            rx.el.p(
                _(
                    "Every finished file carries a mark for machines that AI made it. Do not take it away to "
                    "pass the video off as filmed."
                )
            ),
        ),
        _section(
            _("Credits"),
            rx.el.ul(
                rx.el.li(
                    _("One credit is one second, rounded up to whole seconds. Instant previews cost nothing.")
                ),
                rx.el.li(_("A new account has {n} credits.", n=free.credits)),
                rx.el.li(
                    _("The price is set aside when you start. What fails, or what you cancel, costs nothing.")
                ),
                rx.el.li(
                    _(
                        "It is spent when you get the video, once, or after {days} when you never do: the work was"
                        " done.",
                        days=_days(KEPT_FOR),
                    )
                ),
                rx.el.li(
                    _("A free account's videos carry a watermark, unless bought credits paid for them.")
                ),
            ),
        ),
        _section(
            _("What ends it"),
            rx.el.p(
                _(
                    "You may delete your account at any time, without asking anybody. Videos of people who did not"
                    " agree, or of what is not yours, are taken down, and may end the account. You are told by mail,"
                    " and can answer it."
                )
            ),
        ),
        rx.el.p(
            said(
                _("What becomes of your data is on {privacy}."),
                privacy=rx.el.a(_("the privacy page"), href=at(routes.PRIVACY)),
            )
        ),
    )


def _page(title: str, lead: str, *parts: rx.Component) -> rx.Component:
    return rx.el.article(
        rx.el.h1(title), rx.el.p(lead, class_name="quiet lead"), *parts, class_name="reading stack"
    )


def _section(title: str, *parts: rx.Component) -> rx.Component:
    return rx.el.section(rx.el.h2(title), *parts)
