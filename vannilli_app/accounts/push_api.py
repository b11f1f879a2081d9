"""Over JSON: which browsers of mine are told when a video is done."""

from datetime import UTC, datetime

from fastapi import APIRouter

from vannilli_app import db, routes
from vannilli_app.accounts import devices
from vannilli_app.accounts.identity import CurrentIdentity
from vannilli_app.accounts.schemas import PushEndpoint, PushKeys
from vannilli_app.problems import documented

router = APIRouter(tags=["accounts"])


@router.put(routes.API_PUSH_SUBSCRIPTIONS, status_code=204, responses=documented({401: "not_signed_in"}))
async def subscribe(keys: PushKeys, identity: CurrentIdentity) -> None:
    """Tell this browser when a video of mine is done, as long as I am signed in on it."""
    async with db.transaction(db.SERVICE) as session:
        await devices.remember(session, identity, keys, datetime.now(UTC))


@router.delete(routes.API_PUSH_SUBSCRIPTIONS, status_code=204, responses=documented({401: "not_signed_in"}))
async def unsubscribe(browser: PushEndpoint, identity: CurrentIdentity) -> None:
    """Tell this browser no more."""
    async with db.transaction(db.SERVICE) as session:
        await devices.forget(session, identity.user_id, browser.endpoint)
