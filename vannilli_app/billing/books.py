"""Writing the ledger of one person, who is locked meanwhile: whoever else spends or grants comes afterwards.

Opening the books first ends what has expired by then, so that no expired credit is ever spent.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.billing import balance_queries, ledger, queries
from vannilli_app.billing.schemas import Left, Video
from vannilli_app.errors import NotFound
from vannilli_app.models import CreditEntry, User


@dataclass
class Books:
    """A person's books at `now`: the only writer of `credits_remaining` and `credit_debt`."""

    session: AsyncSession
    user: User
    now: datetime

    @property
    def balance(self) -> int:
        return self.user.credits_remaining

    @property
    def owed(self) -> int:
        return self.user.credit_debt

    async def available(self) -> int:
        """What is there less what is set aside for running work."""
        return self.user.credits_remaining - await queries.reserved(self.session, self.user.id)

    async def grants(self) -> list[Left]:
        return await left(self.session, self.user.id)

    async def add(
        self,
        amount: int,
        *,
        kind: str,
        reference: str,
        cents: int = 0,
        expires_at: datetime | None = None,
        grant_reference: str | None = None,
        reason: str | None = None,
        video: Video | None = None,
    ) -> bool:
        """Book credits that come, and pay from them what is owed; False when this `reference` was booked before.

        `grant_reference` names the purchase to which credits come back.
        """
        if await queries.entry_by_reference(self.session, reference):
            return False
        await self._write(
            grant_reference=grant_reference,
            amount=amount,
            kind=kind,
            reference=reference,
            cents=cents,
            expires_at=expires_at,
            reason=reason,
            video=video,
        )
        await self.settle_debt(f"debt:{reference}", reference)
        if expires_at is not None and expires_at <= self.now:
            await self.end_expired()
        return True

    async def take(
        self,
        amount: int,
        *,
        kind: str,
        reference: str,
        debt: int = 0,
        grant_reference: str | None = None,
        reason: str | None = None,
        video: Video | None = None,
    ) -> None:
        """Book credits that go, out of the grant that is named or else what expires soonest; `debt` is owed beside."""
        _, cents = ledger.take(await self.grants(), amount, grant_reference)
        await self._write(
            amount=-amount,
            kind=kind,
            reference=reference,
            cents=-cents,
            debt=debt,
            grant_reference=grant_reference,
            reason=reason,
            video=video,
        )

    async def take_back(
        self, amount: int, *, kind: str, reference: str, grant_reference: str, reason: str | None = None
    ) -> None:
        """Book back credits whose money went back: what is there and not set aside, and the rest as a debt."""
        if amount == 0:
            return
        there = min(amount, await self.available())
        await self.take(
            there,
            kind=kind,
            reference=reference,
            debt=amount - there,
            grant_reference=grant_reference,
            reason=reason,
        )

    async def settle_debt(self, reference: str, grant_reference: str | None = None) -> None:
        """Pay what is owed from what is available, as far as it goes."""
        paid = min(self.owed, await self.available()) if self.owed else 0
        if paid > 0:
            await self.take(
                paid, kind="debt", reference=reference, debt=-paid, grant_reference=grant_reference
            )

    async def end_expired(self) -> None:
        """Book out every credit whose period is over and that no running work was promised."""
        grants = await self.grants()
        if all(one.expires_at is None or one.expires_at > self.now for one in grants):
            return
        reserved = await queries.reserved(self.session, self.user.id)
        for grant_reference, amount in ledger.expired(grants, reserved, self.now):
            times = await queries.count_expiries(self.session, grant_reference)
            await self.take(
                amount,
                kind="expiry",
                reference=f"expiry:{grant_reference}:{times + 1}",
                grant_reference=grant_reference,
            )

    async def _write(
        self,
        *,
        amount: int,
        kind: str,
        reference: str,
        cents: int,
        debt: int = 0,
        expires_at: datetime | None = None,
        grant_reference: str | None = None,
        reason: str | None = None,
        video: Video | None = None,
    ) -> None:
        self.user.credits_remaining += amount
        self.user.credit_debt += debt
        self.user.updated_at = self.now
        self.session.add(self.user)
        self.session.add(
            CreditEntry(
                user_id=self.user.id,
                amount=amount,
                cents=cents,
                debt=debt,
                kind=kind,
                reference=reference,
                grant_reference=grant_reference,
                reason=reason,
                expires_at=expires_at,
                tier=video.tier if video else None,
                provider=video.provider if video else None,
                balance_after=self.user.credits_remaining,
                created_at=self.now,
            )
        )
        await self.session.flush()


async def open_books(session: AsyncSession, user_id: UUID, now: datetime) -> Books:
    """Lock the person, end what has expired, and give their books; needs the service's role. Raises NotFound."""
    user = await queries.lock_person(session, user_id)
    if user is None:
        raise NotFound
    books = Books(session, user, now)
    await books.end_expired()
    return books


async def left(session: AsyncSession, user_id: UUID) -> list[Left]:
    """What is left of each grant of a person."""
    return ledger.left(await balance_queries.lines_since_empty(session, user_id))
