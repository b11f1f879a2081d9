"""The doctor names the setting that is wrong and says what to do; with real services that are well it finds nothing."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.conftest import forget_choices
from tests.fakes import everyone, server
from tests.fakes.stripe.service import FakeStripe
from tests.s3 import S3Server, s3_server
from vannilli_app import config, db, doctor

__all__ = ["s3_server"]
NOWHERE = "127.0.0.1:1"


@pytest.fixture
def set_all(environment: config.Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., config.Settings]:
    """`set_all(KLING_API_KEY="x")` gives the settings with these variables."""

    def put(**variables: str) -> config.Settings:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        forget_choices()
        return config.settings()

    return put


async def wrong(settings: config.Settings) -> dict[str, str]:
    """What the doctor says about each setting that is not well."""
    found = {one.setting: one.sentence for one in await doctor.examine(settings) if not one.well}
    await db.database().close()
    return found


@pytest.fixture
def services(s3_server: S3Server) -> Iterator[dict[str, str]]:
    """The settings of a whole set of services that are well."""
    with ExitStack() as stack, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        smtp = Controller(Sink(), hostname="127.0.0.1", port=port)
        smtp.start()
        stack.callback(smtp.stop)
        stripe = FakeStripe()
        stripe.base_url = stack.enter_context(server.serving(stripe.app()))
        stack.callback(stripe.close)
        others = stack.enter_context(server.serving(_others()))
        yield everyone.serving(stack).settings | {
            "SMTP_URL": f"smtp://127.0.0.1:{port}",
            "STRIPE_SECRET_KEY": stripe.key,
            "STRIPE_WEBHOOK_SECRET": "whsec_x",
            "STRIPE_API_BASE": stripe.base_url,
            "S3_ENDPOINT_URL": s3_server.endpoint_url,
            "S3_ACCESS_KEY_ID": s3_server.access_key_id,
            "S3_SECRET_ACCESS_KEY": s3_server.secret_access_key,
            "SLACK_WEBHOOK_URL": f"{others}/hook",
            "SENTRY_DSN": others.replace("//", "//key@") + "/1",
            "PUBLIC_URL": others,
            "ALERT_EMAILS": "boss@vannilli.test",
        }


def _others() -> Starlette:
    async def hook(_: Request) -> Response:
        return Response("no_text", 400)

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    return Starlette(routes=[Route("/hook", hook, methods=["POST"]), Route("/api/health", health)])


async def test_what_is_well_is_left_alone(set_all, services: dict[str, str]) -> None:
    settings = set_all(**services)
    found = {one.setting: one for one in await doctor.examine(settings)}
    await db.database().close()
    assert {name: one.sentence for name, one in found.items() if not one.well} == {}
    assert found.keys() >= {
        "DATABASE_URL", "DATA_DIR", "SECRET_KEY", "KLING_API_KEY", "RUNWAY_API_KEY", "FAL_KEY", "STRIPE_SECRET_KEY",
        "SMTP_URL", "S3_ENDPOINT_URL", "SLACK_WEBHOOK_URL", "SENTRY_DSN", "PUBLIC_URL", "ALERT_EMAILS",
        "C2PA_CERTIFICATES",
    }  # fmt: skip


# Setting, broken values, and what the sentence has to say.
BROKEN = [
    ("KLING_API_KEY", {"KLING_API_KEY": "wrong"}, "Check key and address"),
    ("KLING_API_KEY", {"KLING_BASE_URL": f"http://{NOWHERE}"}, "Check key and address"),
    ("RUNWAY_API_KEY", {"RUNWAY_API_KEY": "wrong"}, "Check key and address"),
    ("FAL_KEY", {"FAL_KEY": "wrong"}, "Check key and address"),
    ("STRIPE_SECRET_KEY", {"STRIPE_SECRET_KEY": "sk_test_wrong"}, "Check the key"),
    ("STRIPE_SECRET_KEY", {"STRIPE_API_BASE": f"http://{NOWHERE}"}, "Check the key"),
    ("STRIPE_WEBHOOK_SECRET", {"STRIPE_WEBHOOK_SECRET": "wrong"}, "begins with whsec_"),
    ("SMTP_URL", {"SMTP_URL": f"smtp://{NOWHERE}"}, "Check host, port and password"),
    ("SMTP_URL", {"SMTP_URL": "http://x"}, "SMTP_URL has the form"),
    ("S3_ENDPOINT_URL", {"S3_SECRET_ACCESS_KEY": "wrong"}, "Check address and keys"),
    ("SLACK_WEBHOOK_URL", {"SLACK_WEBHOOK_URL": f"http://{NOWHERE}"}, "Check the address"),
    ("SENTRY_DSN", {"SENTRY_DSN": "no dsn"}, "Copy the DSN"),
    ("SENTRY_REPLAY", {"SENTRY_REPLAY": "0.1", "SENTRY_DSN": ""}, "Set SENTRY_DSN"),
    ("PUBLIC_URL", {"PUBLIC_URL": f"http://{NOWHERE}"}, "does not answer there"),
    ("ALERT_EMAILS", {"ALERT_EMAILS": "boss, a@b.c"}, "boss is no address"),
    ("REDIS_URL", {"REDIS_URL": f"redis://{NOWHERE}"}, "Check address and password"),
    ("SECRET_KEY", {"SECRET_KEY": "short"}, "32 or more random characters"),
    ("DATA_DIR", {"DATA_DIR": "/proc/vannilli"}, "may write"),
    ("C2PA_CERTIFICATES", {"C2PA_CERTIFICATES": "/none", "C2PA_PRIVATE_KEY": "/none"}, "C2PA_CERTIFICATES"),
    ("DATABASE_DIRECT_URL", {"DATABASE_DIRECT_URL": f"postgresql://x@{NOWHERE}/x"}, "Check the address"),
]


@pytest.mark.long
@pytest.mark.parametrize(
    ("setting", "broken", "says"), BROKEN, ids=[f"{number}-{one[0]}" for number, one in enumerate(BROKEN)]
)
async def test_a_broken_setting_is_named(
    set_all, services: dict[str, str], setting: str, broken: dict[str, str], says: str
) -> None:
    found = await wrong(set_all(**services | broken))
    assert says in found[setting]


async def test_a_database_behind_its_tables(set_all, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    assert (await wrong(set_all()))["DATABASE_URL"] == "The tables are not up to date. Run: vannilli migrate"


async def test_a_database_that_is_away(set_all) -> None:
    found = await wrong(set_all(DATABASE_URL=f"postgresql://x@{NOWHERE}/x"))
    assert "Check the address" in found["DATABASE_URL"]
