"""Connections to PostgreSQL that wait for it as seldom as they can.

What begins a transaction goes with its first statement, and what ends one may go with it too: to wait for an answer
takes a process longer than what most statements do.
"""

from collections.abc import Iterable
from typing import Any, Self

import psycopg
from psycopg.abc import Params, Query
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow


class Connection(psycopg.AsyncConnection[TupleRow]):
    """While it has a `beginning`, no statement is sent outside a transaction that began so, nor after `ending`."""

    beginning: tuple[str, ...] = ()
    ending: tuple[str, ...] = ()


class Cursor(psycopg.AsyncClientCursor[TupleRow]):
    """Merges values into statements here, by libpq's rules: PostgreSQL takes values apart for one statement alone."""

    async def execute(self, query: Any, params: Params | None = None, **given: Any) -> Self:
        """Send a statement, the first of a transaction together with what begins it."""
        connection = self._owner
        if not self._begins:
            return await super().execute(query, params, **given)
        statement = self.mogrify(query, params)
        await super().execute("; ".join((*connection.beginning, statement, *connection.ending)), **given)
        for _ in connection.beginning:  # whose answers come first
            self.nextset()
        return self

    async def executemany(
        self, query: Query, params_seq: Iterable[Params], *, returning: bool = False
    ) -> None:
        """Send a statement for each of the values: as many messages, so what begins the transaction is one too."""
        if self._begins:
            await super().execute("; ".join(self._owner.beginning))
        await super().executemany(query, params_seq, returning=returning)

    @property
    def _owner(self) -> Connection:
        assert isinstance(self.connection, Connection)
        return self.connection

    @property
    def _begins(self) -> bool:
        idle = self.connection.pgconn.transaction_status == TransactionStatus.IDLE
        return idle and self._owner.beginning != ()
