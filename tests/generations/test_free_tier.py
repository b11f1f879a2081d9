"""What counts against the free tier's limit, and what does not undo it."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from uuid import UUID, uuid4

import psycopg
import pytest

from vannilli_app.accounts.schemas import Client
from vannilli_app.config import Settings
from vannilli_app.db import SERVICE, Database, transaction
from vannilli_app.errors import Forbidden
from vannilli_app.generations import free_tier

NOW = datetime(2026, 11, 28, 22, 0, tzinfo=UTC)
SOMEWHERE = Client(ip_address("192.0.2.1"))
ELSEWHERE = Client(ip_address("192.0.2.2"))


async def use(who: UUID, device: str | None, client: Client, now: datetime = NOW) -> None:
    async with transaction(SERVICE) as session:
        await free_tier.use(session, who, device, client, 1, now)


@pytest.mark.parametrize(
    ("same_account", "device", "client"),
    [
        (True, None, ELSEWHERE),
        (False, "the device", ELSEWHERE),
        (False, "another", SOMEWHERE),
        (False, None, SOMEWHERE),
    ],
)
async def test_account_device_and_address_each_count(
    database: Database, same_account: bool, device: str | None, client: Client
) -> None:
    who = uuid4()
    await use(who, "the device", SOMEWHERE)
    with pytest.raises(Forbidden) as refusal:
        await use(who if same_account else uuid4(), device, client, NOW + timedelta(hours=23))
    assert refusal.value.extra["available_at"] == (NOW + timedelta(days=1)).isoformat()


async def test_whoever_shares_nothing_and_whoever_waited_a_day_may_start(database: Database) -> None:
    who = uuid4()
    await use(who, "the device", SOMEWHERE)
    await use(uuid4(), "another", ELSEWHERE)
    await use(uuid4(), None, Client())  # an address that is not known is nobody else's
    await use(uuid4(), None, Client())
    await use(who, "the device", SOMEWHERE, NOW + timedelta(days=1, seconds=1))


async def test_one_household_of_ipv6_is_one_address(database: Database) -> None:
    await use(uuid4(), None, Client(ip_address("2001:db8:1:2::1")))
    with pytest.raises(Forbidden):
        await use(uuid4(), None, Client(ip_address("2001:db8:1:2:ffff::9")))
    await use(uuid4(), None, Client(ip_address("2001:db8:1:3::1")))


async def test_a_refusal_counts_nothing_and_rows_name_nobody_and_go_after_a_day(
    database: Database, environment: Settings
) -> None:
    who = uuid4()
    await use(who, "the device", SOMEWHERE)
    with pytest.raises(Forbidden):
        await use(who, "a third", ELSEWHERE)
    with psycopg.connect(environment.database_url) as owner:
        rows = owner.execute("SELECT f::text, key FROM free_uses f").fetchall()
        assert len(rows) == 3
        assert all(len(key) == 64 for _, key in rows)
        assert not [row for row, _ in rows if str(who) in row or "192.0.2" in row or "device" in row]
    async with transaction(SERVICE) as session:
        await free_tier.forget(session, NOW + timedelta(days=1, seconds=1))
    with psycopg.connect(environment.database_url) as owner:
        assert owner.execute("SELECT count(*) FROM free_uses").fetchone() == (0,)
