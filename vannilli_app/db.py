"""The database: one pool a process, three roles, and `transaction()`, the only place that commits. `reading()` asks.

A transaction runs as somebody (`Actor`): a person, nobody, or the service. PostgreSQL's row-level security then
decides which rows exist for it; see docs/decisions/0002-roles-and-row-level-security.md.
"""

import hashlib
import json
import logging
import select
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import psycopg
from alembic.config import Config
from psycopg.rows import TupleRow
from sqlalchemy import ClauseElement, event, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError, IntegrityError, NoResultFound
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel.ext.asyncio.session import AsyncSession

from alembic import command
from vannilli_app import trips
from vannilli_app.config import ROOT, Settings, settings
from vannilli_app.errors import NotFound
from vannilli_app.words import _

APP_ROLE = "vannilli_app"
SERVICE_ROLE = "vannilli_service"
ADMIN_ROLE = "vannilli_admin"
POOL_SIZE = 10  # the seed's bound on connections a process

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Actor:
    """Who a transaction acts for; `user_id` becomes `auth.uid()`."""

    role: str
    user_id: UUID | None = None


ANONYMOUS = Actor(APP_ROLE)
SERVICE = Actor(SERVICE_ROLE)


def as_user(user_id: UUID) -> Actor:
    """Act as this person: sees and changes only what row-level security gives them."""
    return Actor(APP_ROLE, user_id)


def as_admin(user_id: UUID) -> Actor:
    """Act as this admin: reads everybody's rows and writes none. For whoever is no admin there is no row."""
    return Actor(ADMIN_ROLE, user_id)


def sqlalchemy_url(url: str) -> str:
    """`postgres://` and `postgresql://` in the spelling that picks psycopg 3."""
    return (
        make_url(url.replace("postgres://", "postgresql://", 1))
        .set(drivername="postgresql+psycopg")
        .render_as_string(hide_password=False)
    )


class Database:
    """A process's connections. With one URL both roles share the pool; with a URL a role each has half of it."""

    def __init__(self, config: Settings) -> None:
        owner = config.database_url
        urls = {
            APP_ROLE: config.database_app_url or owner,
            SERVICE_ROLE: config.database_service_url or owner,
        }
        urls[ADMIN_ROLE] = urls[SERVICE_ROLE]  # a login of its own would be a third pool for a few people
        distinct = set(urls.values())
        engines = {url: _engine(url, POOL_SIZE // len(distinct)) for url in distinct}
        self._engines: dict[str, AsyncEngine] = {role: engines[url] for role, url in urls.items()}

    @asynccontextmanager
    async def transaction(self, actor: Actor) -> AsyncIterator[AsyncSession]:
        """A session in a transaction that commits when the block ends and rolls back when it raises.

        Role and claims are local to the transaction, so a transaction pooler may hand the connection on. Raises
        NotFound when somebody else deletes what it works on, after it was looked up.
        """
        with _whatever_went_meanwhile():
            async with (
                AsyncSession(self._engines[actor.role], expire_on_commit=False) as session,
                session.begin(),
            ):
                _act(await session.connection(), actor, "BEGIN")
                yield session

    @asynccontextmanager
    async def reading(self, actor: Actor) -> AsyncIterator[AsyncSession]:
        """A session that changes nothing, and of which each statement is a transaction of its own, in one round trip
        instead of two: for what one statement answers."""
        async with AsyncSession(self._engines[actor.role], expire_on_commit=False) as session:
            _act(await session.connection(), actor, "BEGIN READ ONLY", "COMMIT")
            yield session

    async def ask(self, actor: Actor, question: str, values: Mapping[str, Any]) -> list[TupleRow]:
        """The rows of one question that every request asks: like `reading`, and past SQLAlchemy, whose part takes twice
        as long as the driver's and PostgreSQL's together. `statement` gives the question. Raises psycopg's errors."""
        async with self._engines[actor.role].connect() as connection:
            driver = _act(connection, actor, "BEGIN READ ONLY", "COMMIT")
            return await (await driver.cursor().execute(question, values)).fetchall()

    async def close(self) -> None:
        """Give every connection back."""
        for engine in set(self._engines.values()):
            await engine.dispose()


@contextmanager
def _whatever_went_meanwhile() -> Iterator[None]:
    """Tells of a row that is no longer there as of one that never was."""
    try:
        yield
    except (IntegrityError, NoResultFound, StaleDataError) as error:
        if isinstance(error, IntegrityError) and not isinstance(
            error.orig, psycopg.errors.ForeignKeyViolation
        ):
            raise
        log.warning("a row went while it was worked on", exc_info=error)
        raise NotFound(_("This was deleted a moment ago. Load the page again.")) from error


async def _run(session: AsyncSession, statement: str, **values: Any) -> None:
    await (await session.connection()).execute(text(statement), values)


def _act(connection: AsyncConnection, actor: Actor, begin: str, *ending: str) -> trips.Connection:
    """Have the connection's statements begin transactions of this actor. All that is set ends with the transaction."""
    claims = {"sub": str(actor.user_id), "role": "authenticated"} if actor.user_id else {}
    assert connection.sync_connection
    driver = connection.sync_connection.connection.driver_connection
    assert isinstance(driver, trips.Connection)
    driver.beginning = (
        begin,
        f"SET LOCAL ROLE {actor.role}",
        f"SET LOCAL request.jwt.claims = '{json.dumps(claims)}'",
    )
    driver.ending = ending
    return driver


def _engine(url: str, size: int) -> AsyncEngine:
    engine = create_async_engine(
        sqlalchemy_url(url),
        pool_size=size,
        max_overflow=0,
        connect_args={
            "async_creator_fn": trips.Connection.connect,
            "cursor_factory": trips.Cursor,
            "autocommit": True,  # `trips` begins; the driver's own BEGIN would be another round trip
            "prepare_threshold": None,  # PgBouncer's transaction pooling knows no prepared statements
        },
    )
    event.listen(engine.sync_engine, "checkout", _expect_silence)
    event.listen(engine.sync_engine, "checkin", _forget_actor)
    return engine


def _expect_silence(connection: Any, *_: object) -> None:
    """Raises DisconnectionError, which has the pool connect anew, when PostgreSQL ended a connection that lay idle.

    A server that ends says so: there is something to read. To ask it each time would be one more round trip.
    """
    heard = select.poll()
    try:
        heard.register(connection.driver_connection, select.POLLIN)
    except psycopg.OperationalError as closed:
        raise DisconnectionError from closed
    if heard.poll(0):
        raise DisconnectionError


def _forget_actor(connection: Any, *_: object) -> None:
    """Have whoever takes the connection next say who they act for."""
    if connection is not None:
        connection.driver_connection.beginning = ()


@cache
def database() -> Database:
    """The process's database, by its settings."""
    return Database(settings())


def transaction(actor: Actor) -> AbstractAsyncContextManager[AsyncSession]:
    """`Database.transaction` on the process's database."""
    return database().transaction(actor)


def reading(actor: Actor) -> AbstractAsyncContextManager[AsyncSession]:
    """`Database.reading` on the process's database."""
    return database().reading(actor)


async def ask(actor: Actor, question: str, **values: Any) -> list[TupleRow]:
    """`Database.ask` on the process's database."""
    return await database().ask(actor, question, values)


def statement(asked: ClauseElement) -> str:
    """What `ask` takes: a statement in SQL, with the names of its values in it."""
    return str(asked.compile(dialect=PGDialect_psycopg()))  # type: ignore[no-untyped-call]


PUSH_CHANNEL = "vannilli_push"
"""What `push` listens to; a payload is a person's id and what has changed for them."""


PUSH_ADMINS = UUID(int=0)
"""Stands for every admin in a payload, where no one person is meant."""


async def notify(session: AsyncSession, channel: str, payload: str) -> None:
    """Tell every process that LISTENs; PostgreSQL delivers it when this transaction commits, or never."""
    await _run(session, "SELECT pg_notify(:channel, :payload)", channel=channel, payload=payload)


async def defer(session: AsyncSession, task: str, *, queue: str, **args: Any) -> None:
    """Queue a procrastinate job in this transaction: it exists exactly if the transaction commits.

    At most one job of a task with the very same `args` waits at a time; a second one would do nothing and is not
    queued. Written as an INSERT because procrastinate's own call opens a connection of its own.
    """
    said = json.dumps(args, sort_keys=True)
    await _run(
        session,
        "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, args)"
        " VALUES (:queue, :task, :lock, CAST(:args AS jsonb))"
        " ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING",
        queue=queue,
        task=task,
        lock=f"{task}:{hashlib.sha256(said.encode()).hexdigest()}",  # an index takes no long list of files
        args=said,
    )


def alembic_config(url: str) -> Config:
    """Alembic's configuration for the owner's `url`."""
    config = Config(ROOT / "alembic.ini")
    config.attributes["url"] = url
    return config


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database at the owner's `url` up to `revision`."""
    command.upgrade(alembic_config(url), revision)
