"""Credits over JSON."""

from typing import Annotated

from fastapi import APIRouter, Query

from vannilli_app import routes
from vannilli_app.accounts.identity import CurrentIdentity
from vannilli_app.billing import service
from vannilli_app.billing.schemas import Balance, EntryPage
from vannilli_app.db import as_user, transaction
from vannilli_app.problems import documented

router = APIRouter(tags=["credits"])


@router.get(routes.API_CREDITS_BALANCE, responses=documented({401: "not_signed_in"}))
async def balance(identity: CurrentIdentity) -> Balance:
    """What I have, what of it is reserved for running work, and what expires when."""
    async with transaction(as_user(identity.user_id)) as session:
        return await service.balance(session, identity.user_id)


@router.get(routes.API_CREDITS_LEDGER, responses=documented({401: "not_signed_in", 422: "invalid_cursor"}))
async def ledger(
    identity: CurrentIdentity,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> EntryPage:
    """Every credit that came or went, in words, newest first."""
    async with transaction(as_user(identity.user_id)) as session:
        return await service.history(session, identity.user_id, cursor=cursor, limit=limit)
