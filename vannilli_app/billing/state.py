"""A person's credits, for pages."""

from dataclasses import dataclass

import reflex as rx

from vannilli_app.accounts.state import person_of
from vannilli_app.billing import service
from vannilli_app.billing.schemas import Entry
from vannilli_app.db import as_user, transaction


@dataclass
class Line:
    """One line of the ledger in words."""

    id: str
    day: str
    words: str
    amount: str
    balance: str


class CreditsState(rx.State):
    """What is there, what is set aside, and every credit that came or went."""

    available: int = 0
    reserved: int = 0
    lines: rx.Field[list[Line]] = rx.field(default_factory=list)
    cursor: str = ""
    loaded: bool = False

    @rx.event
    async def load(self):
        """The balance and the first page of the ledger."""
        identity = await person_of(self)
        if identity is None:
            return
        async with transaction(as_user(identity.user_id)) as session:
            balance = await service.balance(session, identity.user_id)
            page = await service.history(session, identity.user_id)
        self.available, self.reserved = balance.available, balance.reserved
        self.lines, self.cursor, self.loaded = (
            [_line(entry) for entry in page.items],
            page.next_cursor or "",
            True,
        )

    @rx.event
    async def more(self):
        """Older lines, below."""
        identity = await person_of(self)
        if identity is None:
            return
        async with transaction(as_user(identity.user_id)) as session:
            page = await service.history(session, identity.user_id, cursor=self.cursor)
        self.lines += [_line(entry) for entry in page.items]
        self.cursor = page.next_cursor or ""


def _line(entry: Entry) -> Line:
    return Line(
        id=str(entry.id),
        day=f"{entry.created_at:%-d %b %Y}",
        words=entry.words,
        amount=f"{entry.amount:+d}".replace("-", "\N{MINUS SIGN}"),
        balance=str(entry.balance_after),
    )
