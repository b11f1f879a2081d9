"""Privacy over JSON: how the account stands, a copy of the data, the opt-out, what I did, and leaving."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from vannilli_app import db, routes
from vannilli_app.accounts import cookies, device, privacy
from vannilli_app.accounts.identity import CurrentClient, CurrentIdentity, RecentIdentity
from vannilli_app.accounts.schemas import (
    Action,
    ActionPage,
    DoNotSell,
    ExportLink,
    ExportPage,
    ExportView,
    Standing,
)
from vannilli_app.cursors import after, cut, decode_cursor
from vannilli_app.problems import documented
from vannilli_app.storage import FINAL_RENDERS, store

LINK_SECONDS = 300
_RECENT = documented({401: "not_signed_in", 403: "confirmation_required", 404: "not_found"})


def make_router(leave: tuple[privacy.Leave, ...]) -> APIRouter:
    """The routes of privacy; `leave` is what each feature does when a person goes."""
    router = APIRouter(tags=["accounts"])

    @router.get(routes.API_ACCOUNT, responses=documented({401: "not_signed_in"}))
    async def standing(identity: CurrentIdentity) -> Standing:
        """How my account is secured."""
        async with db.transaction(db.SERVICE) as session:
            return await privacy.standing(session, identity)

    @router.delete(routes.API_ACCOUNT, status_code=204, responses=_RECENT)
    async def delete_account(identity: RecentIdentity, client: CurrentClient, response: Response) -> None:
        """Delete my account with everything in it. There is no way back."""
        async with db.transaction(db.SERVICE) as session:
            await privacy.delete_account(session, identity, leave, client, datetime.now(UTC))
        cookies.take_back(response)
        # Drafts and takes too. Not "cache": nothing personal is in it, and browsers may take minutes to go through it.
        response.headers["clear-site-data"] = '"cookies", "storage"'

    @router.post(routes.API_EXPORTS, status_code=202, responses=_RECENT)
    async def ask_for_export(identity: RecentIdentity, client: CurrentClient) -> ExportView:
        """Have a copy of everything about me made; a mail says when it is ready."""
        async with db.transaction(db.SERVICE) as session:
            return await privacy.ask_for_export(session, identity, client, datetime.now(UTC))

    @router.get(routes.API_EXPORTS, responses=documented({401: "not_signed_in"}))
    async def list_exports(identity: CurrentIdentity) -> ExportPage:
        """My copies, newest first, for 7 days."""
        async with db.transaction(db.as_user(identity.user_id)) as session:
            return ExportPage(items=await privacy.exports(session, identity.user_id))

    @router.get(routes.API_EXPORT, responses=_RECENT | documented({409: "not_ready"}))
    async def download_export(export_id: UUID, identity: RecentIdentity) -> ExportLink:
        """A link to a copy, good for five minutes."""
        async with db.transaction(db.as_user(identity.user_id)) as session:
            found = await privacy.ready_export(session, identity.user_id, export_id)
        link = await store().presign_get(
            FINAL_RENDERS,
            privacy.export_key(identity.user_id, export_id),
            expires=LINK_SECONDS,
            filename=f"vannilli-{found.created_at:%Y-%m-%d}.zip",
        )
        return ExportLink(download_url=link, expires_at=datetime.now(UTC) + timedelta(seconds=LINK_SECONDS))

    @router.put(routes.API_DO_NOT_SELL, status_code=204, responses=documented({401: "not_signed_in"}))
    async def set_do_not_sell(identity: CurrentIdentity, given: DoNotSell, client: CurrentClient) -> None:
        """Say that my data may not be sold or shared, or take that back."""
        async with db.transaction(db.SERVICE) as session:
            await privacy.set_do_not_sell(session, identity, given.do_not_sell, client, datetime.now(UTC))

    @router.get(routes.API_AUDIT, responses=documented({401: "not_signed_in", 422: "invalid_cursor"}))
    async def list_actions(
        identity: CurrentIdentity,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 50,
    ) -> ActionPage:
        """What I did here in the last 90 days, newest first."""
        before = decode_cursor(cursor) if cursor else None
        async with db.transaction(db.as_user(identity.user_id)) as session:
            rows = await privacy.actions_before(session, identity.user_id, before, limit + 1)
        page, next_cursor = cut(rows, limit, after)
        return ActionPage(
            items=[
                Action(
                    action=row.action,
                    resource_type=row.resource_type,
                    device=device.words(row.user_agent),
                    ip=str(row.ip_address) if row.ip_address else None,
                    created_at=row.created_at,
                )
                for row in page
            ],
            next_cursor=next_cursor,
        )

    return router
