"""The database for a command of the command line."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from vannilli_app.config import settings
from vannilli_app.errors import VannilliError

if TYPE_CHECKING:
    from sqlmodel.ext.asyncio.session import AsyncSession


@contextmanager
def database_url() -> Iterator[str]:
    """The owner's address of the database, the embedded one running for as long as it is needed."""
    from vannilli_app.embedded import EmbeddedPostgres

    config = settings()
    if config.database_url:
        yield config.owner_url
        return
    with EmbeddedPostgres(config.data_dir / "postgres") as postgres:
        yield postgres.url()


@contextmanager
def this_process_has_a_database() -> Iterator[None]:
    """For what runs as in a server: `transaction()` reaches the database of `database_url`."""
    with database_url() as url:
        os.environ["DATABASE_URL"] = url
        settings.cache_clear()
        yield


@asynccontextmanager
async def as_the_service(url: str) -> AsyncIterator["AsyncSession"]:
    """A transaction of the service's role on the database at the owner's `url`."""
    from sqlalchemy.exc import OperationalError, ProgrammingError

    from vannilli_app import db

    database = db.Database(settings().model_copy(update={"database_url": url}))
    try:
        async with database.transaction(db.SERVICE) as session:
            yield session
    except OperationalError as error:
        raise VannilliError("The database does not answer. Check DATABASE_URL, or start it.") from error
    except ProgrammingError as error:
        raise VannilliError("The database's tables are not up to date. Run: vannilli migrate") from error
    finally:
        await database.close()
