"""What is round every page: the way past the header, header, main, footer; and what every page has in its head."""

import reflex as rx

from vannilli_app import routes
from vannilli_app.ui.app import app_bar, early
from vannilli_app.ui.replay import session_replay
from vannilli_app.ui.speech import other_languages, spoken
from vannilli_app.words import _, at

STYLESHEETS = [
    f"styles/{name}.css"
    for name in (
        "tokens",
        "base",
        "shell",
        "controls",
        "time",
        "calculator",
        "landing",
        "accounts",
        "studio",
        "showcase",
        "design",
        "provenance",
    )
]

_LIT = {"data-done": ""}
MARK = "M2 3h4v8H2zM8 3h4v14H8zM14 3h4v20h-4zM20 3h4v14h-4zM26 3h4v8h-4z"


def head() -> list[rx.Component]:
    """Components for the head of every page: fonts, icons, manifest, colours of the browser's own bars."""
    return [
        rx.el.meta(name="viewport", content="width=device-width, initial-scale=1, viewport-fit=cover"),
        rx.el.meta(name="theme-color", content="#0c0a10"),
        *(
            rx.el.link(
                rel="preload",
                href=f"/fonts/{font}.woff2",
                type="font/woff2",
                cross_origin="anonymous",
                custom_attrs={"as": "font"},
            )
            for font in ("bricolage-grotesque", "instrument-sans")
        ),
        early(),
        rx.el.link(rel="manifest", href=routes.MANIFEST),
        rx.el.link(rel="icon", href="/icons/icon.svg", type="image/svg+xml"),
        rx.el.link(rel="apple-touch-icon", href="/icons/180.png"),
    ]


def visitor_page(content: rx.Component, *, signed_in: rx.Var[bool] | bool = False, **props) -> rx.Component:
    """A page for everybody: the way in at the top right, or back into the studio."""
    return _page(
        content,
        rx.cond(
            signed_in,
            rx.fragment(*_studio_links()),
            rx.fragment(
                _showcase_link(class_name="nav-link nav-wide"),
                rx.el.a(_("Prices"), href=at(routes.PRICING), class_name="nav-link nav-wide"),
                rx.el.a(_("Sign in"), href=at(routes.SIGN_IN), class_name="nav-link"),
                rx.el.a(
                    _("Start free"), href=at(routes.SIGN_UP), class_name="button button-plain button-small"
                ),
            ),
        ),
        home=at(routes.HOME),
        **props,
    )


def studio_page(content: rx.Component, *, is_admin: rx.Var[bool] | bool = False, **props) -> rx.Component:
    """A page of a signed-in artist; an admin has a way to their pages too."""
    admin = rx.cond(is_admin, rx.el.a(_("Admin"), href=routes.ADMIN, class_name="nav-link"))
    return _page(content, admin, *_studio_links(), home=at(routes.STUDIO), **props)


def _studio_links() -> list[rx.Component]:
    return [
        rx.el.a(_("Videos"), href=at(routes.STUDIO), class_name="nav-link"),
        rx.el.a(_("Account"), href=at(routes.ACCOUNT), class_name="nav-link"),
    ]


def _showcase_link(**props) -> rx.Component:
    """Loads the page anew: the server writes it, Reflex's router does not know it."""
    return rx.el.a(_("Showcase"), href=at(routes.SHOWCASE), custom_attrs={"reloadDocument": True}, **props)


def _page(
    content: rx.Component,
    *links: rx.Component,
    home: str,
    footer: bool = True,
    theme: str = "",
    translated: bool = True,
) -> rx.Component:
    """`theme` is dark or light where a page has only one; else it follows the person's. `translated`: whether it is
    there in every language."""
    return spoken(
        rx.el.div(
            rx.el.a(_("Skip to the page"), href="#main", class_name="skip"),
            rx.el.header(
                rx.el.a(mark(), rx.el.span("Vannilli"), href=home, class_name="wordmark"),
                rx.el.nav(*links, aria_label=_("Main"), class_name="nav"),
                class_name="header",
            ),
            rx.el.main(content, id="main", tab_index=-1, class_name="main"),
            *([_footer(translated)] if footer else []),
            app_bar(),
            session_replay(),
            class_name="page",
            custom_attrs={"data-theme": theme} if theme else {},
        )
    )


def mark() -> rx.Component:
    """The sign: a V of bars, hung from the top like a level meter."""
    return rx.el.svg(
        rx.el.path(d=MARK), view_box="0 0 32 26", class_name="mark", custom_attrs={"aria-hidden": "true"}
    )


def _footer(translated: bool) -> rx.Component:
    return rx.el.footer(
        rx.el.span(_("One credit is one second. Drafts are free.")),
        rx.el.span(
            rx.el.button(
                rx.color_mode_cond(_("Lights off"), _("Lights on")),
                on_click=rx.toggle_color_mode,
                type="button",
            ),
            _showcase_link(),
            rx.el.a(_("Prices"), href=at(routes.PRICING)),
            rx.el.a(_("Tempo calculator"), href=at(routes.CALCULATOR)),
            rx.el.a(_("Check a video"), href=at(routes.VERIFY_VIDEO)),
            rx.el.a(_("Privacy"), href=at(routes.PRIVACY)),
            rx.el.a(_("Terms"), href=at(routes.TERMS)),
            rx.el.a(_("For programmers"), href=routes.API_DOCS),
            *(other_languages() if translated else []),
            class_name="footer-links",
        ),
        class_name="footer small quiet",
    )


def not_found() -> rx.Component:
    """What stands on addresses that lead nowhere."""
    return rx.el.section(
        rx.el.p("404", class_name="tempo-number"),
        rx.el.div(
            *(
                rx.el.span(*(rx.el.i(custom_attrs=beat) for beat in beats), class_name="bar")
                for beats in ([_LIT] * 4, [{}] * 4, [_LIT] * 4)
            ),
            class_name="bar-grid",
            style={"--across": "3"},
            custom_attrs={"data-mode": "counted", "aria-hidden": "true"},
        ),
        rx.el.h1(_("No page at this tempo.")),
        rx.el.p(_("The address is mistyped, or the page has gone."), class_name="lead quiet"),
        rx.el.a(_("Back to the start"), href=at(routes.HOME), class_name="button button-main"),
        class_name="stack lost",
    )
