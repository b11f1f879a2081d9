"""The only wiring: settings -> adapters -> pages -> app."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import reflex as rx

from vannilli_app import push, rates, routes, scheduler, shell
from vannilli_app.accounts import page as accounts
from vannilli_app.accounts.state import AccountState, ActivityState, SessionState
from vannilli_app.admin import page as admin
from vannilli_app.admin.lists_state import (
    PaymentsState,
    PeopleState,
    SettingsState,
    VideosState,
    VideoState,
)
from vannilli_app.admin.state import AdminState, DashboardState
from vannilli_app.billing import components as billing
from vannilli_app.billing import page as prices
from vannilli_app.billing.checkout_state import PaidState, SandboxState
from vannilli_app.billing.state import CreditsState, PlanState
from vannilli_app.calculator import page as calculator
from vannilli_app.calculator import words as calculator_words
from vannilli_app.config import settings
from vannilli_app.design import page as design
from vannilli_app.generations import page as generations
from vannilli_app.generations.state import DownloadState, PreviewState
from vannilli_app.http_api import make_api
from vannilli_app.landing import page as landing
from vannilli_app.legal import page as legal
from vannilli_app.provenance import page as provenance
from vannilli_app.scratch import scratch
from vannilli_app.showcase import components as showcase
from vannilli_app.showcase.state import ShowingState
from vannilli_app.studio import page as studio
from vannilli_app.studio.state import ProjectsState
from vannilli_app.ui.forms import session_end

app = rx.App(
    api_transformer=[make_api()],
    stylesheets=shell.STYLESHEETS,
    head_components=shell.head(),
    html_lang="en",
)
app.register_lifespan_task(scheduler.running)
app.register_lifespan_task(push.running)


@app.register_lifespan_task
@asynccontextmanager
async def _scratch() -> AsyncIterator[None]:
    """Uploads are looked at in files that do not outlive this process."""
    with scratch(settings().data_dir / "scratch"):
        yield
    await rates.close()


def _visitors(
    route: str, content: Callable[[], rx.Component], title: str, description: str, *on_load, **look
) -> None:
    app.add_page(
        lambda: shell.visitor_page(content(), **look),
        route=route,
        title=title,
        description=description,
        on_load=list(on_load),
    )


def _artists(route: str, content: Callable[[], rx.Component], title: str, *on_load, **look) -> None:
    """A page for the signed in; everybody else is led to the sign-in page."""
    app.add_page(
        lambda: shell.studio_page(
            rx.fragment(billing.banner(), content(), session_end(ended=SessionState.ended)), **look
        ),
        route=route,
        title=f"{title} · Vannilli",
        on_load=[SessionState.guard, PlanState.load, *on_load],
        meta=[{"name": "robots", "content": "noindex"}],
    )


def _admins(route: str, content: Callable[[], rx.Component], title: str, on_load) -> None:
    """A page for admins; everybody else gets what stands on addresses that lead nowhere."""
    app.add_page(
        lambda: shell.studio_page(rx.fragment(content(), session_end(ended=SessionState.ended))),
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
    "Sign up · Vannilli",
    "Three credits, and free drafts.",
    SessionState.let_in,
)
_visitors(routes.SIGN_IN, accounts.sign_in, "Sign in · Vannilli", "Back on stage.", SessionState.let_in)
_visitors(
    routes.PRICING,
    prices.pricing,
    prices.TITLE,
    prices.DESCRIPTION,
    PlanState.load,
    signed_in=PlanState.tier != "",
)
_visitors(routes.VERIFY, accounts.verify, "Confirm your email · Vannilli", "One tap.")
_visitors(routes.RESET, accounts.reset, "New password · Vannilli", "By a link that we mail you.")
_visitors(routes.VERIFY_VIDEO, provenance.verify, provenance.TITLE, provenance.DESCRIPTION)
_visitors(routes.PRIVACY, legal.privacy, legal.PRIVACY_TITLE, legal.PRIVACY_DESCRIPTION)
_visitors(routes.TERMS, legal.terms, legal.TERMS_TITLE, legal.TERMS_DESCRIPTION)
_visitors("404", shell.not_found, "No such page · Vannilli", "There is no page here.")
if not settings().is_production:
    _visitors(routes.DESIGN, design.page, design.TITLE, design.DESCRIPTION)
_artists(routes.STUDIO, studio.projects, "Your videos", ProjectsState.load)
_artists(routes.STUDIO_NEW, studio.new, "New video", footer=False)
_artists(routes.STUDIO_RECORD, studio.record, "Perform", footer=False, theme="dark")
_artists(routes.STUDIO_PREVIEW, generations.preview, "Your video", PreviewState.load, footer=False)
_artists(
    routes.STUDIO_DOWNLOAD,
    lambda: generations.download(showcase.switch()),
    "Your video",
    DownloadState.load,
    ShowingState.load,
    footer=False,
)
_artists(
    routes.ACCOUNT,
    lambda: accounts.account(billing.credits(), billing.plan(), billing.ledger()),
    "Account",
    CreditsState.load,
    AccountState.load,
    ActivityState.load,
)
_artists(routes.PAID, prices.paid, "Thank you", PaidState.load, footer=False)
_artists(routes.SANDBOX_CHECKOUT, prices.sandbox_checkout, "Checkout", SandboxState.load, footer=False)
_admins(routes.ADMIN, admin.dashboard, "Overview", DashboardState.load)
_admins(routes.ADMIN_VIDEOS, admin.videos, "Videos", VideosState.load)
_admins(routes.ADMIN_VIDEO, admin.video, "Video", VideoState.load)
_admins(routes.ADMIN_PEOPLE, admin.people, "People", PeopleState.load)
_admins(routes.ADMIN_PAYMENTS, admin.payments, "Payments", PaymentsState.load)
_admins(routes.ADMIN_SETTINGS, admin.settings, "Settings", SettingsState.load)
