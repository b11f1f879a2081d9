"""The only wiring: settings -> adapters -> pages -> app."""

import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any

import reflex as rx

from vannilli_app import drain, push, rates, routes, scheduler, shell, words
from vannilli_app.accounts import page as accounts
from vannilli_app.accounts.state import AccountState, ActivityState, SessionState
from vannilli_app.admin import page as admin
from vannilli_app.admin.audit_state import AuditState
from vannilli_app.admin.costs_state import CostsState
from vannilli_app.admin.lists_state import (
    PaymentsState,
    PeopleState,
    SettingsState,
    VideosState,
    VideoState,
)
from vannilli_app.admin.reports_state import ReportsState
from vannilli_app.admin.state import AdminState, DashboardState
from vannilli_app.billing import components as billing
from vannilli_app.billing import page as prices
from vannilli_app.billing.checkout_state import PaidState, SandboxState
from vannilli_app.billing.state import CreditsState, PlanState
from vannilli_app.calculator import page as calculator
from vannilli_app.calculator import words as calculator_words
from vannilli_app.config import settings
from vannilli_app.design import page as design
from vannilli_app.event_limit import EventLimit, PlainText
from vannilli_app.generations import page as generations
from vannilli_app.generations.parts_state import PartsState
from vannilli_app.generations.state import DownloadState, PreviewState
from vannilli_app.http_api import make_api
from vannilli_app.landing import page as landing
from vannilli_app.legal import page as legal
from vannilli_app.provenance import page as provenance
from vannilli_app.releases import components as releases
from vannilli_app.releases.state import KitState
from vannilli_app.scratch import scratch
from vannilli_app.showcase import components as showcase
from vannilli_app.showcase.state import ShowingState
from vannilli_app.studio import page as studio
from vannilli_app.studio.state import ProjectsState
from vannilli_app.ui.app import unbroken
from vannilli_app.ui.forms import session_end
from vannilli_app.ui.notice import failed
from vannilli_app.ui.speech import Speaking
from vannilli_app.words import N_, _, at

FULL_COLLECTIONS = (
    100  # one after so many of the young; Python's own is 10, and a stop of 150 ms twice a minute
)

api = make_api()
app = rx.App(
    api_transformer=[api],
    stylesheets=shell.STYLESHEETS,
    head_components=shell.head(),
    html_lang="en",
    # No overlay besides: the app bar says when the connection is lost.
    app_wraps={(55, "ErrorBoundary"): unbroken},
    toaster=None,
    backend_exception_handler=failed,
)
app.add_middleware(Speaking(), 0)
app.add_middleware(EventLimit(), 1)  # before Reflex's own, which answers a page's first event
app.add_middleware(PlainText(), 2)
app.register_lifespan_task(scheduler.running)
app.register_lifespan_task(push.running)
app.register_lifespan_task(drain.running)


@app.register_lifespan_task
@asynccontextmanager
async def _process() -> AsyncIterator[None]:
    """What lives as long as this process: its words, and the files in which uploads are looked at."""
    words.warm_up()
    # What is here by now stays. Looking through it for garbage stops the server for 150 ms, again and again.
    gc.collect()
    gc.freeze()
    # What open pages hold comes later, and grows with them: looking through that is worth a stop much more seldom.
    gc.set_threshold(*gc.get_threshold()[:2], FULL_COLLECTIONS)
    with scratch(settings().data_dir / "scratch"):
        yield
    await rates.close()


def _page(
    route: str, content: Callable[[], rx.Component], title: str, description: str = "", **props: Any
) -> None:
    """The page in every language: `content` is called once for each, and `title` and `description` are translated."""
    for tag in words.LANGUAGES:
        with words.speaking(tag):
            said = {"title": _(title), "description": _(description) if description else ""}
            app.add_page(_in_language(tag, content), route=at(route), **said, **props)


def _in_language(tag: str, content: Callable[[], rx.Component]) -> Callable[[], rx.Component]:
    def page() -> rx.Component:
        with words.speaking(tag):
            return content()

    # What Reflex shares among pages it shares by this name: so no page loads another one's, or another language's.
    page.__module__ = f"{content.__module__}.{tag}"
    return page


def _visitors(
    route: str, content: Callable[[], rx.Component], title: str, description: str, *on_load, **look
) -> None:
    @wraps(content)
    def framed() -> rx.Component:
        return shell.visitor_page(content(), **look)

    _page(route, framed, title, description, on_load=list(on_load))


def _artists(route: str, content: Callable[[], rx.Component], title: str, *on_load, **look) -> None:
    """A page for the signed in; everybody else is led to the sign-in page."""

    @wraps(content)
    def framed() -> rx.Component:
        return shell.studio_page(
            rx.fragment(billing.banner(), content(), session_end(ended=SessionState.ended)),
            is_admin=SessionState.person.is_admin,
            **look,
        )

    _page(
        route,
        framed,
        title,
        on_load=[SessionState.guard, PlanState.load, *on_load],
        meta=[{"name": "robots", "content": "noindex"}],
    )


def _admins(route: str, content: Callable[[], rx.Component], title: str, on_load) -> None:
    """A page for admins, in English alone; everybody else gets what stands on addresses that lead nowhere."""
    app.add_page(
        lambda: shell.studio_page(
            rx.fragment(content(), session_end(ended=SessionState.ended)),
            is_admin=AdminState.allowed,
            translated=False,
        ),
        route=route,
        title=f"{title} · Vannilli",
        on_load=[AdminState.guard, on_load],
        meta=[{"name": "robots", "content": "noindex"}],
    )


_visitors(routes.HOME, landing.page, landing.TITLE, landing.DESCRIPTION)
_visitors(routes.CALCULATOR, calculator.calculator, calculator_words.TITLE, calculator_words.DESCRIPTION)
_visitors(
    routes.SIGN_UP,
    accounts.sign_up,
    N_("Sign up · Vannilli"),
    N_("Three credits, and free drafts."),
    SessionState.let_in,
)
_visitors(
    routes.SIGN_IN, accounts.sign_in, N_("Sign in · Vannilli"), N_("Back on stage."), SessionState.let_in
)
_visitors(
    routes.PRICING,
    prices.pricing,
    prices.TITLE,
    prices.DESCRIPTION,
    PlanState.load,
    signed_in=PlanState.tier != "",
)
_visitors(routes.VERIFY, accounts.verify, N_("Confirm your email · Vannilli"), N_("One tap."))
_visitors(routes.RESET, accounts.reset, N_("New password · Vannilli"), N_("By a link that we mail you."))
_visitors(routes.VERIFY_VIDEO, provenance.verify, provenance.TITLE, provenance.DESCRIPTION)
_visitors(routes.PRIVACY, legal.privacy, legal.PRIVACY_TITLE, legal.PRIVACY_DESCRIPTION)
_visitors(routes.TERMS, legal.terms, legal.TERMS_TITLE, legal.TERMS_DESCRIPTION)
app.add_page(
    lambda: shell.visitor_page(shell.not_found()),
    route="404",
    title=_("No such page · Vannilli"),
    description=_("There is no page here."),
)
if not settings().is_production:
    app.add_page(
        lambda: shell.visitor_page(design.page(), translated=False),
        route=routes.DESIGN,
        title=design.TITLE,
        description=design.DESCRIPTION,
    )
_artists(routes.STUDIO, studio.projects, N_("Your videos · Vannilli"), ProjectsState.load)
_artists(routes.STUDIO_NEW, studio.new, N_("New video · Vannilli"), footer=False)
_artists(routes.STUDIO_RECORD, studio.record, N_("Perform · Vannilli"), footer=False, theme="dark")
_artists(
    routes.STUDIO_PREVIEW,
    generations.preview,
    N_("Your video · Vannilli"),
    PreviewState.load,
    PartsState.load,
    footer=False,
)
_artists(
    routes.STUDIO_DOWNLOAD,
    lambda: generations.download(releases.kit(), showcase.switch()),
    N_("Your video · Vannilli"),
    DownloadState.load,
    PartsState.load,
    KitState.load,
    ShowingState.load,
    footer=False,
)
_artists(
    routes.ACCOUNT,
    lambda: accounts.account(billing.credits(), billing.plan(), billing.ledger()),
    N_("Account · Vannilli"),
    CreditsState.load,
    AccountState.load,
    ActivityState.load,
)
_artists(routes.PAID, prices.paid, N_("Thank you · Vannilli"), PaidState.load, footer=False)
_artists(
    routes.SANDBOX_CHECKOUT,
    prices.sandbox_checkout,
    N_("Checkout · Vannilli"),
    SandboxState.load,
    footer=False,
)
_admins(routes.ADMIN, admin.dashboard, "Overview", DashboardState.load)
_admins(routes.ADMIN_VIDEOS, admin.videos, "Videos", VideosState.load)
_admins(routes.ADMIN_VIDEO, admin.video, "Video", VideoState.load)
_admins(routes.ADMIN_PEOPLE, admin.people, "People", PeopleState.load)
_admins(routes.ADMIN_REPORTS, admin.reports, "Reports", ReportsState.load)
_admins(routes.ADMIN_PAYMENTS, admin.payments, "Payments", PaymentsState.load)
_admins(routes.ADMIN_COSTS, admin.costs, "Costs", CostsState.load)
_admins(routes.ADMIN_AUDIT, admin.audit, "Log", AuditState.load)
_admins(routes.ADMIN_SETTINGS, admin.settings, "Settings", SettingsState.load)
