"""The start of a generation, for API and pages alike: look at the files first, then decide in one transaction."""

from datetime import UTC, datetime
from uuid import UUID

from vannilli_app.accounts.schemas import Client
from vannilli_app.db import SERVICE, as_user, transaction
from vannilli_app.generations import offers, service
from vannilli_app.generations.schemas import StartInput
from vannilli_app.models import Generation
from vannilli_app.providers import provider
from vannilli_app.studio.inspection import arrived
from vannilli_app.studio.service import require_project


async def start(
    user_id: UUID, wanted: StartInput, client: Client, idempotency_key: str | None = None
) -> Generation:
    """Begin a generation; raises what `service.start` raises.

    Files are decoded between transactions (it takes up to seconds), so that no lock is held meanwhile.
    """
    async with transaction(SERVICE) as session:
        if idempotency_key and (
            before := await service.started_before(session, user_id, wanted, idempotency_key)
        ):
            return before
        offer = offers.choose(await offers.offers(session, datetime.now(UTC)), wanted.provider)
    async with transaction(as_user(user_id)) as session:
        project = await require_project(session, user_id, wanted.project_id)
    assets = await arrived(user_id, project) if wanted.rights_attested else {}
    async with transaction(SERVICE) as session:
        return await service.start(
            session,
            user_id,
            wanted,
            assets,
            provider(offer.provider),
            client,
            datetime.now(UTC),
            idempotency_key,
        )
