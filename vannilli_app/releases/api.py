"""Release kits over JSON."""

from datetime import UTC, datetime
from uuid import UUID

from fastapi import APIRouter

from vannilli_app import routes
from vannilli_app.accounts.identity import CurrentClient, CurrentIdentity
from vannilli_app.db import SERVICE, as_user, transaction
from vannilli_app.problems import documented
from vannilli_app.releases import service
from vannilli_app.releases.schemas import KitView

router = APIRouter(tags=["releases"])


@router.post(
    routes.API_RELEASE_KIT,
    status_code=202,
    responses=documented(
        {401: "not_signed_in", 404: "not_found", 409: "not_ready, not_downloaded", 410: "expired"}
    ),
)
async def ask_for_release_kit(
    generation_id: UUID, identity: CurrentIdentity, client: CurrentClient
) -> KitView:
    """Have the release kit of a downloaded video made: its other shapes, loops, a cover, its bar lines. Made once; it
    costs nothing."""
    async with transaction(SERVICE) as session:
        await service.ask(session, identity.user_id, generation_id, client, datetime.now(UTC))
        made, kit = await service.standing(session, identity.user_id, generation_id)
    return await service.view(made, kit)


@router.get(routes.API_RELEASE_KIT, responses=documented({401: "not_signed_in", 404: "not_found"}))
async def get_release_kit(generation_id: UUID, identity: CurrentIdentity) -> KitView:
    """How the release kit of a video stands, with a link once it is ready."""
    async with transaction(as_user(identity.user_id)) as session:
        made, kit = await service.standing(session, identity.user_id, generation_id)
    return await service.view(made, kit)
