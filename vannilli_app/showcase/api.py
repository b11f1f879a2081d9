"""The showcase over JSON: look, watch and report for everybody; show and hide for an artist."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from vannilli_app import routes
from vannilli_app.accounts.identity import CurrentClient, CurrentIdentity, OptionalIdentity
from vannilli_app.db import SERVICE, as_user, transaction
from vannilli_app.problems import documented
from vannilli_app.showcase import gallery, service
from vannilli_app.showcase.schemas import Item, Page, Report, Reported, Showing, Standing, Wish
from vannilli_app.showcase.shelf import shelf

router = APIRouter(tags=["showcase"])


@router.get(routes.API_SHOWCASE, responses=documented({422: "invalid_cursor, validation_error"}))
async def list_showcase(wish: Annotated[Wish, Query()]) -> Page:
    """Videos that artists show: newest or most watched, of some tempos, of one part."""
    return await gallery.page(wish)


@router.get(routes.API_SHOWCASE_ITEM, responses=documented({404: "not_found"}))
async def get_item(generation_id: UUID) -> Item:
    """One of them."""
    return await gallery.find(generation_id)


@router.post(routes.API_SHOWCASE_WATCH, status_code=204, responses=documented({404: "not_found"}))
async def watch(generation_id: UUID, identity: OptionalIdentity, client: CurrentClient) -> None:
    """Somebody watched it. Counted once a person and day, whoever asks how often."""
    async with transaction(SERVICE) as session:
        user_id = identity.user_id if identity else None
        await service.watched(session, generation_id, user_id, client, datetime.now(UTC))


@router.post(
    routes.API_CONTENT_REPORT,
    status_code=201,
    responses=documented({404: "not_found", 422: "validation_error"}),
)
async def report(wanted: Report, identity: OptionalIdentity, client: CurrentClient) -> Reported:
    """Report a shown video: a person of ours looks at it. No account is needed."""
    async with transaction(SERVICE) as session:
        return await service.report(session, wanted, identity, client, datetime.now(UTC))


@router.get(routes.API_GENERATION_SHOWCASE, responses=documented({401: "not_signed_in", 404: "not_found"}))
async def standing(generation_id: UUID, identity: CurrentIdentity) -> Standing:
    """Whether a video of mine is in the showcase."""
    async with transaction(as_user(identity.user_id)) as session:
        return await service.standing(session, identity.user_id, generation_id)


@router.put(
    routes.API_GENERATION_SHOWCASE,
    responses=documented(
        {
            401: "not_signed_in",
            403: "taken_down",
            404: "not_found",
            409: "not_ready, handle_taken",
            410: "expired",
            422: "validation_error",
        }
    ),
)
async def show(
    generation_id: UUID, wanted: Showing, identity: CurrentIdentity, client: CurrentClient
) -> Standing:
    """Show a finished video of mine to everybody, or change what it is called there."""
    async with transaction(SERVICE) as session:
        shown = await service.show(
            session, identity.user_id, generation_id, wanted, client, datetime.now(UTC)
        )
    shelf.drop()
    return shown


@router.delete(
    routes.API_GENERATION_SHOWCASE,
    status_code=204,
    responses=documented({401: "not_signed_in", 404: "not_found"}),
)
async def hide(generation_id: UUID, identity: CurrentIdentity, client: CurrentClient) -> None:
    """Take a video of mine out of the showcase, at once; its copy there is deleted."""
    async with transaction(SERVICE) as session:
        await service.hide(session, identity.user_id, generation_id, client)
    shelf.drop()
