"""What everybody sees, from the shelf."""

from uuid import UUID

from vannilli_app.db import SERVICE, transaction
from vannilli_app.showcase import service
from vannilli_app.showcase.schemas import Item, Page, Wish
from vannilli_app.showcase.shelf import shelf


async def page(wish: Wish) -> Page:
    """A page of the showcase, at most a minute old. Raises Invalid (`invalid_cursor`)."""

    async def read() -> Page:
        async with transaction(SERVICE) as session:
            return await service.page(session, wish)

    return await shelf.get(wish, read)


async def find(generation_id: UUID) -> Item:
    """One shown video, at most a minute old. Raises NotFound."""

    async def read() -> Item:
        async with transaction(SERVICE) as session:
            return await service.find(session, generation_id)

    return await shelf.get(generation_id, read)
