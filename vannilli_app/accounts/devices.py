"""A person's browsers that want to be told something, and telling them by Web Push (RFC 8030, 8291, 8292).

Messages go only to hosts of `PUSH_SERVICES`: the address of a browser's push service comes from the browser.
"""

import asyncio
import json
import logging
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

import httpx
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from pywebpush import WebPusher
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.accounts import queries
from vannilli_app.accounts.schemas import Identity, PushKeys, PushMessage
from vannilli_app.config import settings
from vannilli_app.db import SERVICE, transaction
from vannilli_app.errors import Invalid
from vannilli_app.models import PushSubscription
from vannilli_app.words import _

MOST_BROWSERS = 20  # of one person; the oldest goes
KEPT = timedelta(hours=24)  # how long a push service keeps a message for a browser that is away
SIGNED_FOR = timedelta(hours=12)  # at most 24 by RFC 8292
TIMEOUT_SECONDS = 10
GONE = (404, 410)

log = logging.getLogger(__name__)


def public_key() -> str:
    """What a browser needs to subscribe: our public key, base64url."""
    point = Vapid02.from_raw(settings().vapid_key().encode()).public_key.public_bytes(
        Encoding.X962, PublicFormat.UncompressedPoint
    )
    return urlsafe_b64encode(point).rstrip(b"=").decode()


async def remember(session: AsyncSession, identity: Identity, keys: PushKeys, now: datetime) -> None:
    """Tell this browser from now on, while this session lives. It is told for whoever signed in on it last. Raises
    Invalid for other hosts."""
    if not _is_push_service(keys.endpoint):
        raise Invalid(_("This browser's push service is not one that we know."), code="unknown_push_service")
    user_id = identity.user_id
    values = {
        "user_id": user_id,
        "session_id": identity.session_id,
        "p256dh": keys.p256dh,
        "auth": keys.auth,
        "created_at": now,
    }
    await session.exec(
        insert(PushSubscription)
        .values(endpoint=keys.endpoint, **values)
        .on_conflict_do_update(index_elements=["endpoint"], set_=values)
    )
    newest = select(PushSubscription.id).where(PushSubscription.user_id == user_id)
    kept = newest.order_by(col(PushSubscription.created_at).desc()).limit(MOST_BROWSERS)
    await session.exec(
        delete(PushSubscription).where(
            col(PushSubscription.user_id) == user_id, col(PushSubscription.id).not_in(kept)
        )
    )


async def forget(session: AsyncSession, user_id: UUID, endpoint: str) -> None:
    """Tell this browser no more; nothing happens when it was not told, or is another person's."""
    await session.exec(
        delete(PushSubscription).where(
            col(PushSubscription.user_id) == user_id, col(PushSubscription.endpoint) == endpoint
        )
    )


async def send(user_id: UUID, message: PushMessage, now: datetime) -> int:
    """Send a message to every browser on which a person is signed in, once each, and forget those that are gone; how
    many took it.

    A push service that is away has its message lost: nobody is told twice.
    """
    async with transaction(SERVICE) as session:
        browsers = await queries.browsers(session, user_id, now)
    async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False) as client:
        answers = await asyncio.gather(*(_post(client, browser, message, now) for browser in browsers))
    gone = [browser.id for browser, status in zip(browsers, answers, strict=True) if status in GONE]
    if gone:
        async with transaction(SERVICE) as session:
            await session.exec(delete(PushSubscription).where(col(PushSubscription.id).in_(gone)))
    return sum(200 <= status < 300 for status in answers)


async def _post(
    client: httpx.AsyncClient, browser: PushSubscription, message: PushMessage, now: datetime
) -> int:
    """The status that the push service answers with; 0 when there was none."""
    if not _is_push_service(browser.endpoint):  # the setting was narrowed
        return 0
    try:
        answer = await client.post(
            browser.endpoint, content=_sealed(browser, message), headers=_headers(browser.endpoint, now)
        )
    except (httpx.HTTPError, ValueError) as error:  # ValueError: keys that are no point of the curve
        log.warning("push to %s: %r", httpx.URL(browser.endpoint).host, error)
        return 0
    if not answer.is_success and answer.status_code not in GONE:
        log.warning("push to %s: status %s", httpx.URL(browser.endpoint).host, answer.status_code)
    return answer.status_code


def _sealed(browser: PushSubscription, message: PushMessage) -> bytes:
    keys = {"p256dh": browser.p256dh, "auth": browser.auth}
    pusher = WebPusher({"endpoint": browser.endpoint, "keys": keys})
    body: bytes = pusher.encode(json.dumps(message.model_dump()).encode())["body"]
    return body


def _headers(endpoint: str, now: datetime) -> dict[str, str]:
    config, url = settings(), httpx.URL(endpoint)
    whom = config.support_email or f"no-reply@{urlsplit(config.base_url).hostname}"
    claims = {
        "aud": f"{url.scheme}://{url.netloc.decode()}",
        "exp": int((now + SIGNED_FOR).timestamp()),
        "sub": f"mailto:{whom}",
    }
    return {
        **Vapid02.from_raw(config.vapid_key().encode()).sign(claims),
        "content-encoding": "aes128gcm",
        "content-type": "application/octet-stream",
        "ttl": str(int(KEPT.total_seconds())),
        "urgency": "normal",
    }


def _is_push_service(endpoint: str) -> bool:
    try:
        url = httpx.URL(endpoint)  # what sends reads it, lest two readings lead to two hosts
    except httpx.InvalidURL:
        return False
    config = settings()
    known = [name.strip() for name in config.push_services.split(",") if name.strip()]
    there = any(url.host == name or (name.startswith(".") and url.host.endswith(name)) for name in known)
    return there and not url.userinfo and (url.scheme == "https" or not config.is_production)
