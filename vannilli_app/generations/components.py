"""Parts of the pages of a video that is being made or is there."""

import reflex as rx

from vannilli_app import routes
from vannilli_app.generations.parts_components import parts
from vannilli_app.generations.state import DownloadState, PreviewState
from vannilli_app.ui.app import install_app, tell_me
from vannilli_app.ui.elements import button_link, failure, nothing_here, waiting
from vannilli_app.ui.forms import api_button
from vannilli_app.ui.stage import keep_video, waiting_picture
from vannilli_app.ui.tempo import bar_grid, section_badge
from vannilli_app.words import _, at

PREVIEW = PreviewState.shown
FINAL = DownloadState.shown


def preview() -> rx.Component:
    """The generation as it stands."""
    return rx.cond(
        PreviewState.missing != "",
        nothing_here(
            PreviewState.missing,
            _("It may have been deleted."),
            button_link(_("Your videos"), at(routes.STUDIO)),
        ),
        rx.match(
            PREVIEW.standing,
            ("running", _made()),
            ("ready", _ready()),
            ("failed", _failed()),
            waiting(_("Fetching your video")),
        ),
    )


def _head(title: str | rx.Var, video) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            video.name,
            " ",
            section_badge(video.bars.to_string(), video.bpm.to_string()),
            class_name="quiet row",
        ),
        rx.el.h1(title),
        class_name="stack-tight",
    )


def _made() -> rx.Component:
    return rx.el.div(
        waiting_picture(
            project=PREVIEW.project, bpm=PREVIEW.bpm, aspect=PREVIEW.aspect, still=PREVIEW.thumbnail_url
        ),
        rx.el.div(
            _head(PREVIEW.words, PREVIEW),
            bar_grid(
                mode="progress",
                bars=PREVIEW.bars,
                done=PREVIEW.bars_done,
                time_signature=PREVIEW.time_signature,
                label=_("How far your video is"),
                value_text=f"{PREVIEW.words}, {PREVIEW.left}",
            ),
            rx.el.p(PREVIEW.left, class_name="lead figures time-left", aria_live="polite"),
            rx.el.p(
                _("You may close this page. The video goes on without you and waits in your videos."),
                class_name="quiet",
            ),
            tell_me(server_key=PreviewState.server_key),
            rx.el.button(
                rx.cond(PreviewState.cancelling, _("Cancelling"), _("Cancel this video")),
                type="button",
                on_click=PreviewState.cancel,
                disabled=PreviewState.cancelling,
                class_name="button button-bare cancel",
            ),
            class_name="stack making-words",
        ),
        class_name="making",
    )


def _ready() -> rx.Component:
    return rx.el.div(
        _player(PREVIEW.preview_url, PREVIEW.thumbnail_url, PREVIEW.aspect),
        rx.el.div(
            _head(_("There they go."), PREVIEW),
            rx.el.p(
                rx.cond(
                    PREVIEW.watermarked,
                    rx.cond(
                        PREVIEW.is_free,
                        _("The finished video carries a small mark, since it is a free draft."),
                        _(
                            "The finished video carries a small mark, as all do that a free account makes without "
                            "credits it has bought."
                        ),
                    ),
                    _("This preview carries a mark; the finished video does not."),
                ),
                class_name="quiet",
            ),
            button_link(
                rx.cond(
                    PREVIEW.is_free,
                    _("Get the video, free"),
                    _("Get the video, {price}", price=PREVIEW.price),
                ),
                f"{at(routes.STUDIO_DOWNLOAD)}?generation={PREVIEW.id}",
            ),
            _another_take(PREVIEW),
            _before(PREVIEW),
            parts(),
            _for_real(),
            class_name="stack making-words",
        ),
        class_name="making",
    )


def _for_real() -> rx.Component:
    """Who could make the draft's video, each with its price; nothing where nobody is set up."""
    return rx.cond(
        PreviewState.choices.length() > 0,
        rx.el.section(
            rx.el.h2(_("Have it made for real")),
            rx.el.p(_("The same take and picture, by a video model. Your draft stays."), class_name="quiet"),
            _choice(PreviewState.choices[0]),
            rx.cond(
                PreviewState.choices.length() > 1,
                rx.el.details(
                    rx.el.summary(_("Or by another: {n}", n=PreviewState.choices.length() - 1)),
                    rx.foreach(PreviewState.choices[1:], _choice),
                    class_name="fold offers-more",
                ),
            ),
            rx.el.label(
                rx.el.input(
                    type="checkbox",
                    checked=PreviewState.allow_failover,
                    on_change=PreviewState.set_allow_failover,
                ),
                rx.el.span(_("If it fails there, let another try it for the same price.")),
                class_name="check",
            ),
            rx.el.label(
                rx.el.input(
                    type="checkbox", checked=PreviewState.crossfade, on_change=PreviewState.set_crossfade
                ),
                rx.el.span(
                    _(
                        "If it is made in parts, let them dissolve into each other over a beat instead of cutting."
                    )
                ),
                class_name="check",
            ),
            rx.el.div(
                rx.cond(PreviewState.refusal != "", failure(PreviewState.refusal)), aria_live="assertive"
            ),
            class_name="stack offers",
            aria_label=_("Have it made for real"),
        ),
    )


def _choice(choice) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.h3(choice.label), rx.el.p(choice.price, class_name="figures"), class_name="row offer-head"
        ),
        rx.el.p(choice.does, class_name="quiet small"),
        rx.cond(choice.note != "", rx.el.p(choice.note, class_name="small offer-note")),
        rx.cond(choice.able, rx.cond(choice.buy > 0, _buy_missing(choice), _make(choice))),
        class_name="offer stack-tight",
    )


def _make(choice) -> rx.Component:
    return rx.el.button(
        rx.cond(
            PreviewState.starting == choice.provider,
            _("Handing it over"),
            _("Make it, {price}", price=choice.price),
        ),
        type="button",
        on_click=PreviewState.render_with(choice.provider),
        disabled=PreviewState.starting != "",
        class_name="button button-plain",
    )


def _buy_missing(choice) -> rx.Component:
    """Exactly what is missing, one tap away; the checkout leads back here."""
    return rx.fragment(
        rx.el.p(choice.missing, class_name="small"),
        rx.el.button(
            _("Get {n} credits, {price}", n=choice.buy, price=choice.buy_price),
            type="button",
            on_click=PreviewState.buy_missing(choice.buy),
            class_name="button button-plain",
        ),
    )


def _failed() -> rx.Component:
    return rx.el.div(
        waiting_picture(project=PREVIEW.project, bpm=PREVIEW.bpm, aspect=PREVIEW.aspect, still=""),
        rx.el.div(
            _head(_("This one stopped."), PREVIEW),
            failure(PREVIEW.error),
            rx.cond(PREVIEW.before != "", _before(PREVIEW, kind="main"), _next_try()),
            class_name="stack making-words",
        ),
        class_name="making",
    )


def _next_try() -> rx.Component:
    return rx.fragment(
        button_link(_("Another take"), f"{at(routes.STUDIO_RECORD)}?project={PREVIEW.project}"),
        button_link(_("Change the video"), f"{at(routes.STUDIO_NEW)}?project={PREVIEW.project}", kind="bare"),
    )


def download(*more: rx.Component) -> rx.Component:
    """The finished video and `more`, what it takes to get it, or why there is none."""
    return rx.cond(
        DownloadState.sentence != "",
        rx.fragment(
            nothing_here(
                _("No video here."), DownloadState.sentence, button_link(_("Your videos"), at(routes.STUDIO))
            ),
            *more,
        ),
        rx.match(
            FINAL.standing,
            ("ready", rx.cond(DownloadState.url != "", _final(*more), _to_be_paid())),
            ("running", nothing_here(_("Not done yet."), _("It is still being made."), _watch())),
            ("failed", nothing_here(_("This one stopped."), _("There is no video to get."), _watch())),
            waiting(_("Fetching your video")),
        ),
    )


def _final(*more: rx.Component) -> rx.Component:
    return rx.el.div(
        _player(DownloadState.url, FINAL.thumbnail_url, FINAL.aspect),
        rx.el.div(
            _head(_("It is yours."), FINAL),
            rx.el.p(DownloadState.facts, class_name="quiet figures"),
            keep_video(url=DownloadState.url, name=DownloadState.file_name),
            install_app(),
            rx.cond(
                FINAL.gif_url != "",
                rx.el.p(
                    rx.el.a(_("Open it as a GIF"), href=FINAL.gif_url, target="_blank", rel="noopener"),
                    class_name="small",
                ),
            ),
            _another_take(FINAL),
            _before(FINAL),
            parts(),
            *more,
            api_button(
                action=f"{routes.API_PROJECTS}/{FINAL.project}/uploads",
                method="DELETE",
                label=_("Delete what I uploaded now"),
                busy=_("Deleting it"),
                done=_("Your performance, picture and track are gone from here. The video stays."),
                look="bare",
                sure={
                    "title": _("Delete what you uploaded?"),
                    "sentence": _(
                        "It goes by itself within a day. For another take you would upload it again."
                    ),
                    "yes": _("Delete it"),
                    "no": _("Keep it"),
                },
            ),
            class_name="stack making-words",
        ),
        class_name="making",
    )


def _to_be_paid() -> rx.Component:
    return rx.el.div(
        _player(FINAL.preview_url, FINAL.thumbnail_url, FINAL.aspect),
        rx.el.div(
            _head(_("Take it home."), FINAL),
            rx.el.p(
                _("The credits are set aside already. They are spent once; every further download is free."),
                class_name="quiet",
            ),
            rx.el.button(
                _("Get the video, {price}", price=FINAL.price),
                type="button",
                on_click=DownloadState.take,
                disabled=DownloadState.taking,
                class_name="button button-main",
            ),
            class_name="stack making-words",
        ),
        class_name="making",
    )


def _player(url, poster, aspect) -> rx.Component:
    return rx.el.video(
        src=url,
        poster=poster,
        controls=True,
        loop=True,
        plays_inline=True,
        preload="metadata",
        aria_label=_("Your video"),
        class_name="player",
        style={"--aspect": aspect.replace(":", " / ")},
    )


def _another_take(video) -> rx.Component:
    return button_link(_("Another take"), f"{at(routes.STUDIO_RECORD)}?project={video.project}", kind="plain")


def _before(video, kind: str = "plain") -> rx.Component:
    """The way back from a video of which one part was made again."""
    return rx.cond(
        video.before != "",
        button_link(
            _("The video before"), f"{at(routes.STUDIO_DOWNLOAD)}?generation={video.before}", kind=kind
        ),
    )


def _watch() -> rx.Component:
    return button_link(_("See how it stands"), f"{at(routes.STUDIO_PREVIEW)}?generation={FINAL.id}")
