"""Holding a row while working on it, so that a kill at any line loses nothing and does nothing twice.

A table of work has `claim` (who holds the row, NULL: free), `due_at` (when somebody must look at it again) and `tries`
(holds taken so far). Taking a hold sets `claim` to a fresh id and pushes `due_at` forward; a heartbeat keeps pushing
it while the worker lives; every write of the worker asks for its own `claim`. If the worker dies, `due_at` passes,
`free_lapsed` clears the claim, and whatever the dead one may still try to write matches no row. A worker that is asked
to stop gives its holds back at once.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

import psycopg
from sqlalchemy import ColumnElement, inspect
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlmodel import SQLModel, update
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.db import SERVICE, transaction

# Ten beats: PostgreSQL comes back from a kill in 1 to 3 s, and a machine under full load delays a beat by a second
# or two. A longer lease makes people wait after a crash; a shorter one costs work that was not lost.
LEASE = timedelta(seconds=10)
HEARTBEAT_SECONDS = 1.0
DATABASE_AWAY = (OperationalError, InterfaceError, NoConnection, psycopg.OperationalError)

log = logging.getLogger(__name__)
_at_work: set[asyncio.Task[Any]] = set()
Row = TypeVar("Row", bound=SQLModel)


class LostClaim(Exception):
    """The row was cancelled or given to another worker: stop, and write nothing."""


@dataclass
class Hold(Generic[Row]):
    """A row that is ours for now, as it was when it was taken. Put news for the heartbeat to write into `news`."""

    row: Row
    claim: UUID
    news: dict[str, Any] = field(default_factory=dict)

    def is_held(self) -> ColumnElement[bool]:
        """The condition that every write of the holder carries."""
        model = type(self.row)
        key = inspect(model).primary_key[0]
        same: ColumnElement[bool] = key == getattr(self.row, key.name)
        ours: ColumnElement[bool] = _column(model, "claim") == self.claim
        return same & ours


async def take(model: type[Row], *conditions: ColumnElement[bool], now: datetime) -> Hold[Row] | None:
    """Take the free row that meets the conditions; None when there is none or somebody holds it."""
    claim = uuid4()
    async with transaction(SERVICE) as session:
        taken = await session.exec(
            update(model)
            .where(*conditions, _column(model, "claim").is_(None))
            .values(claim=claim, due_at=now + LEASE, tries=_column(model, "tries") + 1)
            .returning(model)
        )
        row = taken.scalar_one_or_none()
    return Hold(row, claim) if row else None


async def write(session: AsyncSession, hold: Hold[Any], **values: Any) -> None:
    """Change the held row. Raises LostClaim when it is not held any more."""
    changed = await session.exec(
        update(type(hold.row))
        .where(hold.is_held())
        .values(**values)
        .returning(_column(type(hold.row), "claim"))
    )
    if changed.first() is None:
        raise LostClaim


async def free_lapsed(
    session: AsyncSession, model: type[Row], *conditions: ColumnElement[bool], now: datetime
) -> list[Row]:
    """Free the rows whose holder let `due_at` pass, or that nobody took in time; returns them to be queued again."""
    lapsed = await session.exec(
        update(model)
        .where(*conditions, _column(model, "due_at") <= now)
        .values(claim=None, due_at=now + LEASE)
        .returning(model)
    )
    return list(lapsed.scalars())


@asynccontextmanager
async def heartbeat(
    hold: Hold[Any], tell: Callable[[AsyncSession], Awaitable[None]] | None = None
) -> AsyncIterator[None]:
    """Keep the hold while the block runs. The block is cancelled and LostClaim raised when the hold is lost.

    `tell` is awaited in the transaction that writes news.

    PostgreSQL may go away and come back meanwhile: the work goes on, and the hold with it if nobody freed the row.
    When the block is cancelled from outside, the hold is given back.
    """
    lost = False

    async def beat() -> None:
        nonlocal lost
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            news, hold.news = hold.news, {}
            try:
                async with transaction(SERVICE) as session:
                    await write(session, hold, due_at=datetime.now(UTC) + LEASE, **news)
                    if tell and news:
                        await tell(session)
            except LostClaim:
                lost = True
                body.cancel()
                return
            except DATABASE_AWAY:
                hold.news = news | hold.news
                log.warning("the database is away; the work goes on")

    with _interruptible() as body:
        pulse = asyncio.create_task(beat())
        try:
            yield
        except asyncio.CancelledError:
            await _end(pulse)
            if lost:
                body.uncancel()
                raise LostClaim from None
            await _give_back(hold)
            raise
        finally:
            await _end(pulse)


async def persistently(work: Callable[[], Awaitable[None]]) -> None:
    """Do a transaction, again and again while the database is away: what took long to make is not thrown away."""
    with _interruptible():
        while True:
            try:
                return await work()
            except DATABASE_AWAY:
                log.warning("the database is away; what is done waits to be written")
                await asyncio.sleep(HEARTBEAT_SECONDS)


def interrupt() -> None:
    """Cancel all work under a heartbeat in this process, which is about to end."""
    for task in _at_work:
        task.cancel()


@contextmanager
def _interruptible() -> Iterator[asyncio.Task[Any]]:
    task = asyncio.current_task()
    assert task is not None
    outermost = task not in _at_work
    _at_work.add(task)
    try:
        yield task
    finally:
        if outermost:
            _at_work.discard(task)


async def _end(pulse: asyncio.Task[None]) -> None:
    pulse.cancel()
    await asyncio.gather(pulse, return_exceptions=True)


async def _give_back(hold: Hold[Any]) -> None:
    with suppress(LostClaim, *DATABASE_AWAY):
        async with transaction(SERVICE) as session:
            await write(session, hold, claim=None, due_at=datetime.now(UTC))


def _column(model: type[SQLModel], name: str) -> Any:
    return inspect(model).columns[name]
