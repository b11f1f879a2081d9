"""`vannilli doctor`: every setting that names the outside world, tried against the live service, and what to do."""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
from alembic.script import ScriptDirectory
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sentry_sdk.utils import BadDsn, Dsn
from sqlalchemy.exc import SQLAlchemyError

from vannilli_app import db
from vannilli_app.config import LEAST_SECRET, Settings
from vannilli_app.errors import NotFound, VannilliError
from vannilli_app.mail.smtp import Smtp
from vannilli_app.media.authority import authority
from vannilli_app.payments import PaymentsUnavailable, payments
from vannilli_app.providers import ProviderError, VideoProvider, links_can_be_fetched, providers
from vannilli_app.storage import BUCKETS, RAW_UPLOADS, store

CHECK_SECONDS = 20
LEAST_FREE = 0.1
KEYS = {"kling": "KLING_API_KEY", "runway": "RUNWAY_API_KEY"}  # every other provider's is FAL_KEY


@dataclass(frozen=True)
class Finding:
    """What was found about a setting: well or not, in a sentence that says what to do."""

    setting: str
    well: bool
    sentence: str


Check = Callable[[Settings], Awaitable[Finding | None]]


async def examine(config: Settings) -> list[Finding]:
    """Try everything, at the same time; what is not set and not needed is left out.

    For a process that does nothing else: connections to providers and payments are closed afterwards.
    """
    checks: list[tuple[str, Awaitable[Finding | None]]] = [
        (setting, check(config)) for setting, check in CHECKS.items()
    ]
    checks += [(KEYS.get(name, "FAL_KEY"), _provider(one)) for name, one in providers().items() if one.origin]
    try:
        found = await asyncio.gather(*(_within(setting, check) for setting, check in checks))
    finally:
        await payments().close()
        for one in providers().values():
            await one.close()
    return [one for one in found if one is not None]


async def _within(setting: str, check: Awaitable[Finding | None]) -> Finding | None:
    try:
        return await asyncio.wait_for(check, CHECK_SECONDS)
    except TimeoutError:
        return Finding(setting, False, f"No answer within {CHECK_SECONDS} s. Check address and firewall.")


async def _database(config: Settings) -> Finding:
    head = ScriptDirectory.from_config(db.alembic_config(config.database_url)).get_current_head()
    database = db.Database(config)
    try:
        for role in (db.APP_ROLE, db.SERVICE_ROLE, db.ADMIN_ROLE):
            async with database.transaction(db.Actor(role)):
                pass
    except SQLAlchemyError as error:
        pooler = "statement pooling" in str(error)
        cure = (
            "Set pool_mode = transaction."
            if pooler
            else "Check the address, its password and the roles' grants."
        )
        return _bad("DATABASE_URL", f"{_words(error)} {cure}")
    finally:
        await database.close()
    try:
        async with await psycopg.AsyncConnection.connect(config.database_url) as connection:
            row = await (await connection.execute("SELECT version_num FROM alembic_version")).fetchone()
    except psycopg.Error:
        row = None
    if row is None or row[0] != head:
        return _bad("DATABASE_URL", "The tables are not up to date. Run: vannilli migrate")
    return _good("DATABASE_URL", "It answers for every role, and its tables are up to date.")


async def _notifications(config: Settings) -> Finding:
    """A pooler that hands connections on takes LISTEN and delivers nothing: only a notification that comes is proof."""
    listening = ("database_direct_url", "database_service_url")
    name = next((name.upper() for name in listening if getattr(config, name)), "DATABASE_URL")
    channel = f"doctor_{uuid4().hex}"
    try:
        async with await psycopg.AsyncConnection.connect(config.listening_url, autocommit=True) as connection:
            await connection.execute(f"LISTEN {channel}")
            async with await psycopg.AsyncConnection.connect(config.database_url, autocommit=True) as other:
                await other.execute(f"NOTIFY {channel}")
            async for _ in connection.notifies(timeout=5, stop_after=1):
                return _good(name, "Notifications arrive.")
    except psycopg.Error as error:
        return _bad(name, f"{_words(error)} Check the address.")
    return _bad(
        name, "Notifications do not arrive. Set DATABASE_DIRECT_URL to PostgreSQL itself, not its pooler."
    )


async def _redis(config: Settings) -> Finding | None:
    if not (url := config.redis_url.get_secret_value()):
        return None
    try:
        async with Redis.from_url(url) as redis:
            await redis.execute_command("PING")  # type: ignore[no-untyped-call]
    except (RedisError, OSError, ValueError) as error:
        return _bad("REDIS_URL", f"{_words(error)} Check address and password.")
    return _good("REDIS_URL", "It answers.")


async def _store(config: Settings) -> Finding:
    name = "S3_ENDPOINT_URL" if config.s3_endpoint_url else "DATA_DIR"
    key = f"doctor/{uuid4()}.txt"
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"well")
        file.flush()
        try:
            for bucket in BUCKETS:
                await store().upload(bucket, key, Path(file.name), "text/plain")
                if await store().head(bucket, key) is None:
                    return _bad(name, f"What is written to the bucket {bucket} cannot be found again.")
                await store().delete(bucket, key)
        except (VannilliError, OSError) as error:
            return _bad(name, f"{_words(error)} Check address and keys, and run: vannilli storage setup")
    if not config.s3_endpoint_url:
        return _good(name, "Files are written and read.")
    put = await store().presign_put(RAW_UPLOADS, key, content_type="video/mp4", size=4, expires=60)
    asks = {
        "origin": config.base_url,
        "access-control-request-method": "PUT",
        "access-control-request-headers": "content-type",
    }
    async with httpx.AsyncClient(timeout=10) as client:
        answer = await client.options(put.url, headers=asks)
    if answer.headers.get("access-control-allow-origin") not in ("*", config.base_url):
        return _bad(
            name, f"Browsers may not upload: {config.base_url} is not allowed to. Run: vannilli storage setup"
        )
    return _good(name, "Files are written and read, and browsers may upload.")


async def _provider(one: VideoProvider) -> Finding:
    name, label = KEYS.get(one.name, "FAL_KEY"), one.capabilities.label
    try:
        await one.check_status([_no_task(one)])
    except ProviderError as error:
        return _bad(name, f"{label} refuses or does not answer: {error.raw[:200]} Check key and address.")
    if not links_can_be_fetched(one):
        return _bad(name, f"{label} cannot fetch files from here. Set PUBLIC_URL or S3_ENDPOINT_URL.")
    return _good(name, f"{label} answers.")


def _no_task(one: VideoProvider) -> str:
    """The id of a task that there is not: asking for it makes nothing and costs nothing. fal's are three addresses."""
    if one.name in KEYS:
        return str(uuid4())
    return " ".join([f"{one.origin}/fal-ai/vannilli/requests/{uuid4()}/status"] * 3)


async def _payments(config: Settings) -> Finding | None:
    if not config.stripe_secret_key.get_secret_value():
        return None
    try:
        await payments().facts_of_session("cs_vannilli_doctor", datetime.now(UTC))
    except NotFound:
        pass  # as it should be: the key was taken, and there is no such session
    except PaymentsUnavailable as error:
        return _bad("STRIPE_SECRET_KEY", f"{_words(error.__cause__ or error)} Check the key.")
    if not config.stripe_webhook_secret.get_secret_value().startswith("whsec_"):
        return _bad("STRIPE_WEBHOOK_SECRET", "It begins with whsec_. `vannilli stripe setup` prints it.")
    return _good("STRIPE_SECRET_KEY", "Stripe takes the key.")


async def _mail(config: Settings) -> Finding | None:
    if not (url := config.smtp_url.get_secret_value()):
        return None
    try:
        await Smtp(url).try_login()
    except (VannilliError, ValueError) as error:
        return _bad("SMTP_URL", f"{_words(error.__cause__ or error)} Check host, port and password.")
    return _good("SMTP_URL", "The mail server lets us in.")


async def _slack(config: Settings) -> Finding | None:
    """An empty message is refused by a webhook that is there, and nobody reads it."""
    if not (url := config.slack_webhook_url.get_secret_value()):
        return None
    try:
        async with httpx.AsyncClient(timeout=10) as client:
            answer = await client.post(url, json={})
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return _bad("SLACK_WEBHOOK_URL", f"{_words(error)} Check the address.")
    if answer.status_code in (200, 400):
        return _good("SLACK_WEBHOOK_URL", "Slack knows the webhook.")
    return _bad("SLACK_WEBHOOK_URL", f"Slack says {answer.status_code}. Make a new webhook and set it.")


async def _sentry(config: Settings) -> Finding | None:
    if not (dsn := config.sentry_dsn.get_secret_value()):
        unsent = _bad(
            "SENTRY_REPLAY", "Visits are to be recorded, but not where. Set SENTRY_DSN, or this to 0."
        )
        return unsent if config.sentry_replay else None
    try:
        parts = Dsn(dsn)
        async with httpx.AsyncClient(timeout=10) as client:
            await client.get(f"{parts.scheme}://{parts.netloc}/")
    except (BadDsn, ValueError, httpx.HTTPError, httpx.InvalidURL) as error:
        return _bad("SENTRY_DSN", f"{_words(error)} Copy the DSN from the project's settings.")
    return _good("SENTRY_DSN", "Sentry's host answers.")


async def _address(config: Settings) -> Finding | None:
    if not config.public_url:
        return None
    try:
        async with httpx.AsyncClient(timeout=10) as client:
            answer = await client.get(f"{config.base_url}/api/health")
            well = answer.json()["status"] == "ok"
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError):
        well = False
    if not well:
        return _bad("PUBLIC_URL", "Vannilli does not answer there. Start it, and check address and proxy.")
    return _good("PUBLIC_URL", "Vannilli answers there.")


async def _folder(config: Settings) -> Finding:
    try:
        config.data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=config.data_dir):
            pass
    except OSError as error:
        return _bad("DATA_DIR", f"{_words(error)} Give this user a folder that it may write.")
    usage = shutil.disk_usage(config.data_dir)
    if usage.free < LEAST_FREE * usage.total:
        return _bad("DATA_DIR", f"Only {usage.free / usage.total:.0%} of its disk is free. Make room.")
    return _good("DATA_DIR", f"It can be written, and {usage.free / usage.total:.0%} of its disk is free.")


async def _secret(config: Settings) -> Finding | None:
    given = config.secret_key.get_secret_value()
    if not given:
        return None
    if len(given) < LEAST_SECRET:
        return _bad("SECRET_KEY", f"It is short. Set {LEAST_SECRET} or more random characters.")
    return _good("SECRET_KEY", "It is long enough.")


async def _signer(config: Settings) -> Finding:
    try:
        signer = authority(config, datetime.now(UTC))
    except VannilliError as error:
        return _bad("C2PA_CERTIFICATES", error.message)
    return _good("C2PA_CERTIFICATES", "Videos are signed " + ("by our own." if signer.own else "by yours."))


async def _alert_mails(config: Settings) -> Finding | None:
    given = [one.strip() for one in config.alert_emails.split(",") if one.strip()]
    if wrong := [one for one in given if "@" not in one.strip("@")]:
        return _bad("ALERT_EMAILS", f"{', '.join(wrong)} is no address. Write them with commas between.")
    return _good("ALERT_EMAILS", f"{len(given)} to be told.") if given else None


CHECKS: dict[str, Check] = {
    "DATABASE_URL": _database,
    "DATABASE_DIRECT_URL": _notifications,
    "DATA_DIR": _folder,
    "SECRET_KEY": _secret,
    "PUBLIC_URL": _address,
    "S3_ENDPOINT_URL": _store,
    "REDIS_URL": _redis,
    "STRIPE_SECRET_KEY": _payments,
    "SMTP_URL": _mail,
    "SLACK_WEBHOOK_URL": _slack,
    "ALERT_EMAILS": _alert_mails,
    "SENTRY_DSN": _sentry,
    "C2PA_CERTIFICATES": _signer,
}


def _good(setting: str, sentence: str) -> Finding:
    return Finding(setting, True, sentence)


def _bad(setting: str, sentence: str) -> Finding:
    return Finding(setting, False, sentence)


def _words(error: BaseException) -> str:
    """The first line of what an error says, as a sentence."""
    first = next(_lines(error), type(error).__name__)
    return first if first.endswith(".") else f"{first[:200]}."


def _lines(error: BaseException) -> Iterator[str]:
    return (line.strip() for line in str(error).splitlines() if line.strip())
