"""What becomes of somebody's videos when they leave: what is being made is cancelled, all files go."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.accounts import privacy
from vannilli_app.accounts.schemas import Client
from vannilli_app.generations import queries, service, work
from vannilli_app.studio.service import FOLDERS


async def leave(session: AsyncSession, user_id: UUID, client: Client, now: datetime) -> None:
    """Cancel and delete every project of a person, and have every file under their name deleted. Raises Conflict
    (`project_busy`) when another video was started that very moment."""
    # Generations before the person, as whoever works on one: what begins in between is not cancelled but refused.
    for generation_id in await queries.lock_all_running(session, user_id):
        await service.cancel(session, user_id, generation_id, client, now)
    await queries.lock_person(session, user_id)
    for project_id in await queries.project_ids(session, user_id):
        await service.delete_project(session, user_id, project_id, client, now)
    uploads = [f"{folder}/{user_id}/" for folder in FOLDERS.values()]
    await work.queue_discard(session, [], uploads, [], renders=[privacy.export_folder(user_id)])
